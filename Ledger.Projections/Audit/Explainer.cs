using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Core.Validity;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.ByAccount;

namespace Ledger.Projections.Audit;

/// <summary>Answers a person: what counted, what did not and why, and how it became points, rank and tokens.</summary>
public static class Explainer
{
    /// <summary>An account's window.</summary>
    /// <exception cref="KeyNotFoundException"><c>unknown-account</c> or <c>unknown-window</c>.</exception>
    public static async Task<AccountExplanation> AccountAsync(
        RewardLedger ledger, AccountId account, Day window, IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default)
    {
        int ordinal = ledger.Log.Names.Find(account.Value);
        if (ordinal < 0) throw new KeyNotFoundException($"unknown-account: the log never mentions '{account}'");
        WindowReplay replay = await ledger.ReplayAsync(window, progress, cancel).ConfigureAwait(false);
        ClosedWindow close = replay.Close;
        AccountActivity activity = replay.IsFinal
            ? await ledger.ActivityAsync(close, ordinal, progress, cancel).ConfigureAwait(false)
            : AccountActivity.Collect(ledger.Log, close.Context, ordinal, cancel);
        return Explain(replay, ordinal, activity);
    }

    /// <summary>One event's verdict and its actor's window.</summary>
    /// <exception cref="KeyNotFoundException"><c>unknown-event</c>.</exception>
    public static async Task<EventExplanation> EventAsync(
        RewardLedger ledger, EventId id, IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default)
    {
        RecordedEvent e = await ledger.Log.FindAsync(id, cancel).ConfigureAwait(false)
            ?? throw new KeyNotFoundException($"unknown-event: no event {id} is in the log");
        if (e.Payload is not ActivityPayload activity) return new EventExplanation(e, null, null);
        AccountExplanation account = await AccountAsync(ledger, activity.Actor, e.Event.Window, progress, cancel).ConfigureAwait(false);

        // After the seal of its window an event is in the log and counts nowhere; it has no verdict then.
        return new EventExplanation(e, account.Events.FirstOrDefault(j => j.Position == e.Position), account);
    }

    private static AccountExplanation Explain(WindowReplay replay, int account, AccountActivity activity)
    {
        ClosedWindow close = replay.Close;
        NameTable names = close.Context.Directory.Names;
        ShardEvent[] mine = [.. activity.Events];
        Verdict[] verdicts = new Verdict[mine.Length];
        AccountJudge judge = new(close.Context);
        judge.Judge(account, mine, new ShardTotals(), verdicts);

        JudgedEvent[] events = new JudgedEvent[mine.Length];
        for (int i = 0; i < events.Length; i++)
        {
            ShardEvent e = mine[i];
            events[i] = new JudgedEvent(e.Position, activity.Ids[i].ToString(), e.Kind, e.Target >= 0 ? names.Text(e.Target) : null,
                UnixMs.From(e.OccurredAtMs), verdicts[i], verdicts[i] == Verdict.Counted ? close.Context.Rules.WeightMicro[(int)e.Kind] : 0);
        }

        int row = Array.IndexOf(close.Sheet.Account, account);
        return new AccountExplanation
        {
            Account = names.Text(account),
            Window = close.Window,
            IsFinal = replay.IsFinal,
            Events = events,
            Pairs = [.. judge.PointsByOwner().Select(p => new PairPoints(p.Owner < 0 ? null : names.Text(p.Owner), p.RawMicro, p.DampedMicro))],
            PointsMicro = row < 0 ? 0 : close.Sheet.PointsMicro[row],
            TeamPointsMicro = row < 0 ? 0 : close.Sheet.TeamPointsMicro[row],
            Poa = Poa(close, account, names),
            Poc = Poc(close.Result.Poc, account, names),
            Lines = Lines(close.Result.Statement, account),
            Cumulative = Cumulative(close, account),
            Wallet = close.Context.Directory.WalletOf(account, close.Context.SealedAt)?.ToString(),
        };
    }

    private static PoaExplanation? Poa(ClosedWindow close, int account, NameTable names)
    {
        PoaResult poa = close.Result.Poa;
        TeamRoster roster = close.Open.Roster;
        int team = roster.TeamOf(account);
        int row = poa.RowOf(account, team);
        if (row < 0) return null;
        int[] people = team < 0 ? [account] : [roster.Providers[team], .. roster.Members[team]];
        long quota = close.Open.Ruleset.Poa.QuotaMicro;
        return new PoaExplanation(
            team < 0 ? null : names.Text(roster.Spaces[team]),
            names.Text(poa.Head[row]),
            [.. people.Select(person => Member(person))],
            quota,
            Q32.FromRaw(poa.Output[row]),
            Q32.FromRaw(poa.Optimum(row)),
            poa.Ratio(row),
            Q32.FromRaw(poa.Factor[row]),
            TokenAmount.FromBaseUnits(poa.Entitlement[row]),
            TokenAmount.FromBaseUnits(poa.Paid[row]));

        TeamMember Member(int person)
        {
            int at = Array.IndexOf(close.Sheet.Account, person);
            long points = at < 0 ? 0 : team < 0 ? close.Sheet.PointsMicro[at] : close.Sheet.TeamPointsMicro[at];
            TokenAmount paid = Lines(close.Result.Statement, person).Where(l => l.Rule != PayoutRule.Poc).Aggregate(TokenAmount.Zero, (sum, l) => sum + l.Amount);
            return new TeamMember(names.Text(person), points, Q32.FromRaw(PoaRule.Effort(points, quota)), points >= quota, paid);
        }
    }

    private static PocExplanation? Poc(PocResult poc, int account, NameTable names)
    {
        int index = Array.FindIndex(poc.Entrants, e => e.Account == account);
        if (index < 0) return null;
        PocEntrant entrant = poc.Entrants[index];
        return new PocExplanation(entrant, poc.Groups[entrant.Group], [.. poc.Members(entrant.Group)
            .Select(i => poc.Entrants[i])
            .OrderByDescending(e => e.ScoreMicro)
            .Select(e => new PocRival(names.Text(e.Account), e.ScoreMicro, e.Chance, TokenAmount.FromBaseUnits(e.Paid)))]);
    }

    private static List<(PayoutRule Rule, TokenAmount Amount)> Lines(RewardStatement statement, int account)
    {
        List<(PayoutRule Rule, TokenAmount Amount)> lines = [];
        for (int i = statement.Account.IndexOf(account); i >= 0 && i < statement.Count && statement.Account[i] == account; i++)
            lines.Add((statement.Rule[i], TokenAmount.FromBaseUnits(statement.Amount[i])));
        return lines;
    }

    /// <summary>What the account's payee has: its wallet's total when it has one, else what it earned without one.</summary>
    private static TokenAmount Cumulative(ClosedWindow close, int account)
    {
        Payees payees = close.Result.Next.Payees;
        if (close.Context.Directory.WalletOf(account, close.Context.SealedAt) is { } wallet)
        {
            foreach (WalletPayee payee in payees.Wallets)
            {
                if (payee.Wallet == wallet) return TokenAmount.FromBaseUnits(payee.Cumulative);
            }
        }

        foreach (UnlinkedPayee payee in payees.Unlinked)
        {
            if (payee.Account == account) return TokenAmount.FromBaseUnits(payee.Cumulative);
        }

        return TokenAmount.Zero;
    }
}
