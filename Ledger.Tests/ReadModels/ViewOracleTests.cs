using System.Globalization;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Accounts;
using Ledger.Projections.ReadModels.Contents;
using Ledger.Projections.ReadModels.Ranks;
using Ledger.Projections.ReadModels.Rulesets;
using Ledger.Projections.ReadModels.Spaces;
using Ledger.Projections.ReadModels.Statements;
using Ledger.Projections.ReadModels.Supply;
using Ledger.Projections.ReadModels.Windows;
using Xunit;

namespace Ledger.Tests.ReadModels;

/// <summary>Guaranteed: what views answer is what the log says when it is read from the first event on, plainly, or what the window's replay gives.</summary>
public sealed class ViewOracleTests : IDisposable
{
    private const int Days = 4;
    private const int Page = 7;

    private readonly ViewHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    public static TheoryData<int> Seeds => [21, 22, 23, 24];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_view_answers_what_the_log_says(int seed)
    {
        await using InMemoryEventLog log = new();
        using ReadModelStore store = await ReadModelStore.OpenAsync(_harness.Folder, log);
        using RewardLedger ledger = await _harness.OpenAsync(log, store, snapshots: false);
        await ViewHarness.LiveAsync(ledger, new RandomLife(seed), Days, 300, () => ledger.CatchUpAsync());
        await ledger.FinalizeDueAsync();
        RecordedEvent[] events = [.. log.ReadAllAsync(0).ToBlockingEnumerable()];
        using ViewReader views = store.Read();
        Assert.Equal(log.Head, views.Position);

        Accounts(events, ledger, views);
        Spaces(events, views);
        Contents(events, views);
        Windows(events, views);
        Rulesets(events, views);
        Supply(ledger, views);
        for (int day = 0; day < Days - 1; day++) await StatementsAndRanksAsync(ledger, RandomLife.FirstDay.Plus(day), views);
        Assert.Empty(views.StatementLines(RandomLife.FirstDay.Plus(Days - 1), -1, 1));
    }

    private static void Accounts(RecordedEvent[] events, RewardLedger ledger, ViewReader views)
    {
        Dictionary<string, TokenAmount> balances = ledger.State.Books.Balances.List(ledger.Log.Names).ToDictionary(b => b.Name, b => b.Balance, StringComparer.Ordinal);
        string[] ids = [.. events.Select(e => e.Payload switch
        {
            AccountOpened x => x.Account.Value,
            AccountSuspended x => x.Account.Value,
            WalletLinked x => x.Account.Value,
            _ => null,
        }).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        List<AccountRow> rows = Pages<AccountRow>(after => views.Accounts(after?.Account ?? "", Page));
        Assert.Equal(ids, rows.Select(r => r.Account));
        foreach (AccountRow row in rows)
        {
            RecordedEvent? opened = First<AccountOpened>(events, x => x.Account.Value == row.Account);
            RecordedEvent? suspended = First<AccountSuspended>(events, x => x.Account.Value == row.Account);
            RecordedEvent? linked = events.LastOrDefault(e => e.Payload is WalletLinked x && x.Account.Value == row.Account);
            TokenAmount available = balances.GetValueOrDefault($"account:{row.Account}:available");
            AccountRow expected = new(row.Account, opened?.Position, opened?.Event.RecordedAt.Value, suspended?.Position, ((AccountSuspended?)suspended?.Payload)?.Reason,
                ((WalletLinked?)linked?.Payload)?.Wallet, linked?.Position, available, TokenAmount.Zero);
            Assert.Equal(expected, row);
            Assert.Equal(expected, views.Account(new AccountId(row.Account)));
        }

        Assert.Null(views.Account(new AccountId("nobody")));
    }

    private static void Spaces(RecordedEvent[] events, ViewReader views)
    {
        foreach (SpaceRow row in Pages<SpaceRow>(after => views.Spaces(after?.Space ?? "", 2)))
        {
            RecordedEvent? opened = First<SpaceOpened>(events, x => x.Space.Value == row.Space);
            uint? provider = Last<ProviderShareSet>(events, x => x.Space.Value == row.Space)?.ShareBps, promoter = Last<PromoterShareSet>(events, x => x.Space.Value == row.Space)?.ShareBps;
            Assert.Equal(new SpaceRow(row.Space, opened?.Position, ((SpaceOpened?)opened?.Payload)?.Provider.Value, provider, promoter), row);
            Assert.Equal(row, views.Space(new SpaceId(row.Space)));

            SortedDictionary<string, MemberRow> members = new(StringComparer.Ordinal);
            foreach (RecordedEvent e in events)
            {
                if (e.Payload is MemberInvited i && i.Space.Value == row.Space)
                    members[i.Member.Value] = members.TryGetValue(i.Member.Value, out MemberRow? was) ? was with { InvitedAt = was.InvitedAt ?? e.Position } : new MemberRow(row.Space, i.Member.Value, e.Position, null);
                if (e.Payload is MemberApproved a && a.Space.Value == row.Space)
                    members[a.Member.Value] = members.TryGetValue(a.Member.Value, out MemberRow? was) ? was with { ApprovedAt = was.ApprovedAt ?? e.Position } : new MemberRow(row.Space, a.Member.Value, null, e.Position);
                if (e.Payload is MemberLeft l && l.Space.Value == row.Space) members.Remove(l.Member.Value);
            }

            List<MemberRow> found = Pages<MemberRow>(after => views.Members(new SpaceId(row.Space), after?.Account ?? "", 2));
            Assert.Equal(members.Values, found);
            foreach (MemberRow member in found) Assert.Contains(member, Pages<MemberRow>(after => views.Memberships(new AccountId(member.Account), after?.Space ?? "", 2)));
        }
    }

    private static void Contents(RecordedEvent[] events, ViewReader views)
    {
        List<ContentRow> rows = Pages<ContentRow>(after => views.Contents(after?.Content ?? "", 3));
        Assert.Equal(events.Select(e => (e.Payload as VideoPublished)?.Content.Value ?? (e.Payload as ContentDeleted)?.Content.Value).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), rows.Select(r => r.Content));
        foreach (ContentRow row in rows)
        {
            RecordedEvent? first = First<VideoPublished>(events, x => x.Content.Value == row.Content);
            VideoPublished? video = (VideoPublished?)first?.Payload;
            long? deleted = First<ContentDeleted>(events, x => x.Content.Value == row.Content)?.Position;
            Assert.Equal(new ContentRow(row.Content, first?.Position, first?.Event.OccurredAt.Value, video?.Account.Value, video?.Space.Value, video?.Category, video?.DurationSeconds, video?.Cid?.ToString(), deleted), row);
        }

        foreach (IGrouping<string?, ContentRow> space in rows.Where(r => r.Space is not null).GroupBy(r => r.Space, StringComparer.Ordinal))
            Assert.Equal(space, Pages<ContentRow>(after => views.ContentsOf(new SpaceId(space.Key!), after?.Content ?? "", 2)));
        foreach (IGrouping<string?, ContentRow> owner in rows.Where(r => r.Owner is not null).GroupBy(r => r.Owner, StringComparer.Ordinal))
            Assert.Equal(owner, Pages<ContentRow>(after => views.ContentsOf(new AccountId(owner.Key!), after?.Content ?? "", 2)));
    }

    private static void Windows(RecordedEvent[] events, ViewReader views)
    {
        List<WindowRow> rows = Pages<WindowRow>(after => views.Windows(after?.Window, 2));
        Assert.Equal(events.Select(e => e.Payload).OfType<WindowOpened>().Select(o => o.Window).OrderDescending(), rows.Select(r => r.Window));
        foreach (WindowRow row in rows)
        {
            Assert.Equal(First<WindowOpened>(events, x => x.Window == row.Window)!.Position, row.OpenedAt);
            Assert.Equal(First<WindowSealed>(events, x => x.Window == row.Window)?.Position, row.SealedAt);
            RecordedEvent? closed = First<WindowClosed>(events, x => x.Window == row.Window), issued = First<StatementIssued>(events, x => x.Window == row.Window);
            Assert.Equal(closed?.Position, row.ClosedAt);
            Assert.Equal(issued?.Position, row.IssuedAt);
            Assert.Equal(issued?.Payload, row.Issued);
            if (closed is not null) Assert.True(RecordedNumbers.Same(closed.Payload, row.Closed!));
            Assert.Equal(First<StatementFinalized>(events, x => x.Window == row.Window)?.Position, row.FinalAt);
            Assert.Equal(row.FinalAt is not null ? "final" : issued is not null ? "closed" : "open", row.State);
        }
    }

    private static void Rulesets(RecordedEvent[] events, ViewReader views)
    {
        RecordedEvent adopted = First<RulesetAdopted>(events, _ => true)!;
        RulesetRow row = Assert.Single(views.Rulesets(long.MaxValue, 10));
        Assert.Equal(adopted.Position, row.Position);
        Assert.Equal(((RulesetAdopted)adopted.Payload).Hash, row.Hash);
        Assert.Equal(((RulesetAdopted)adopted.Payload).Document, row.Document);
        Assert.Equal(row.Position, views.Ruleset(row.Hash)!.Position);
        Assert.Equal(row.Position, views.RulesetFor(RandomLife.FirstDay)!.Position);
        Assert.Null(views.Ruleset(default));
    }

    private static void Supply(RewardLedger ledger, ViewReader views)
    {
        IReadOnlyList<SupplyRow> rows = views.Supply();
        Dictionary<string, TokenAmount> books = ledger.State.Books.Balances.List(ledger.Log.Names).ToDictionary(b => b.Name, b => b.Balance, StringComparer.Ordinal);
        foreach (SupplyRow row in rows.Where(r => !r.Name.StartsWith("accounts:", StringComparison.Ordinal) && r.Kind != JournalAccountKind.SupplyIssued))
            Assert.Equal(books.GetValueOrDefault(row.Name), row.Balance);
        Assert.Equal(books.Keys.Where(k => !k.StartsWith("account:", StringComparison.Ordinal)).Order(StringComparer.Ordinal), rows.Where(r => !r.Balance.IsZero && !r.Name.StartsWith("accounts:", StringComparison.Ordinal) && r.Kind != JournalAccountKind.SupplyIssued).Select(r => r.Name));
        TokenAmount people = books.Where(b => b.Key.StartsWith("account:", StringComparison.Ordinal)).Aggregate(TokenAmount.Zero, (sum, b) => sum + b.Value);
        Assert.Equal(people, rows.Single(r => r.Name == "accounts:available").Balance);
        (TokenAmount issued, TokenAmount held) = rows.Trial();
        Assert.Equal(TokenAmount.Supply, issued);
        Assert.Equal(TokenAmount.Supply, held);
    }

    private static async Task StatementsAndRanksAsync(RewardLedger ledger, Day window, ViewReader views)
    {
        ClosedWindow close = (await ledger.ReplayAsync(window)).Close;
        NameTable names = ledger.Log.Names;
        StatementLineRow[] expected = [.. Enumerable.Range(0, close.Result.Statement.Count).Select(i => new StatementLineRow(
            window, i, names.Text(close.Result.Statement.Account[i]), close.Result.Statement.Rule[i], TokenAmount.FromBaseUnits(close.Result.Statement.Amount[i])))];
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Pages<StatementLineRow>(after => views.StatementLines(window, after?.Line ?? -1, Page)));
        foreach (string account in expected.Select(l => l.Account).Distinct(StringComparer.Ordinal))
        {
            List<StatementLineRow> lines = Pages<StatementLineRow>(after => views.AccountLines(new AccountId(account), after is null ? null : (after.Window, after.Line), 2));
            Assert.Equal(expected.Where(l => l.Account == account).Reverse(), lines.Where(l => l.Window == window));
            Assert.Equal(lines.OrderByDescending(l => l.Window.Number).ThenByDescending(l => l.Line), lines);
        }

        var popularity = close.Result.Next.Popularity.ByCreator().Select(p => (Creator: names.Text(p.Creator), p.Popularity)).OrderByDescending(p => p.Popularity).ThenBy(p => p.Creator, StringComparer.Ordinal);
        Assert.Equal(popularity.Select((p, i) => new RankRow(window, i + 1, p.Creator, p.Popularity)), Pages<RankRow>(after => views.Ranks(window, after?.Rank ?? 0, 2)));
        Assert.Equal(RandomLife.FirstDay.Plus(Days - 2).ToString(), string.Create(CultureInfo.InvariantCulture, $"{views.LastRanked()}"));
    }

    private static RecordedEvent? First<T>(RecordedEvent[] events, Func<T, bool> which)
        where T : EventPayload => events.FirstOrDefault(e => e.Payload is T payload && which(payload));

    private static T? Last<T>(RecordedEvent[] events, Func<T, bool> which)
        where T : EventPayload => events.Select(e => e.Payload).OfType<T>().LastOrDefault(which);

    /// <summary>All rows, a page at a time.</summary>
    private static List<T> Pages<T>(Func<T?, IReadOnlyList<T>> next)
        where T : class
    {
        List<T> rows = [];
        for (IReadOnlyList<T> page = next(null); page.Count > 0; page = next(rows[^1])) rows.AddRange(page);
        return rows;
    }
}
