using Ledger.Core.Accounting;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Core.Validity;
using Ledger.Tests.Support;
using Xunit;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Tests.Payouts;

/// <summary>Windows of so many accounts that their rows are cut into pieces for several cores come out as they did when one core went over all of them.</summary>
public sealed class LargeCloseTests
{
    private const int Accounts = 25_000;
    private const int Windows = 3;

    private readonly Directory _directory = new(new NameTable());

    [Fact]
    public void Statements_journals_states_and_roots_of_windows_in_pieces()
    {
        for (int i = 0; i < Accounts; i++) _directory.Names.Intern($"account-{i * 7919L % Accounts}");
        PayoutState state = PayoutState.Initial;
        List<string> lines = [];
        for (int day = 0; day < Windows; day++)
        {
            // More wallets every day: what was earned without one moves; some share one, and some differ in their last bytes only.
            for (int i = day; i < Accounts; i += 7) Link(i, new WalletAddress((UInt128)(uint)(i / 3 % 700) * 0x9E3779B97F4A7C15 << 40, (uint)(i % 3)));
            WindowResult result = WindowRules.Compute(Inputs(day, state));
            RewardLeaf[] leaves = result.Next.Payees.Leaves(PayeeNames.Domain(Ruleset.Default.Settlement));
            lines.Add($"window {day}: {result.Statement.Count} lines of {result.Statement.AccountCount} accounts, {result.Statement.Total.BaseUnits} base units; {leaves.Length} payees");
            lines.Add($"statement {result.Statement.Digest}");
            lines.Add($"journal {JournalEntry.DigestOf(CloseEntries.Of(World.FirstDay.Plus(day), result, TokenAmount.Zero, TokenAmount.Zero, 0), _directory.Names)}");
            lines.Add($"state {result.Next.DigestOf(_directory.Names)}");
            lines.Add($"root {RewardTree.Build(leaves).Root}");
            state = result.Next;
        }

        VectorFile.Match("window-close-large.txt", string.Join('\n', [.. lines, string.Empty]));
    }

    private void Link(int account, WalletAddress wallet)
    {
        WalletLinked linked = new(new AccountId(_directory.Names.Text(account)), wallet);
        _directory.Apply(new RecordedEvent(0, 0, new NewEvent(new EventId(1), UnixMs.Epoch, UnixMs.Epoch, World.FirstDay, linked)));
    }

    private WindowInputs Inputs(int day, PayoutState state) => new()
    {
        SealedAt = long.MaxValue,
        Window = World.FirstDay.Plus(day),
        Ruleset = Ruleset.Default,
        Sheet = Sheet(day),
        Roster = Roster(),
        Directory = _directory,
        State = state,
        Fund = TokenAmount.FromWe(125_000_000),
        TopUps = TokenAmount.Zero,
        Gifts = [],
    };

    /// <summary>Some accounts are missing each day, others each other day.</summary>
    private ContributionSheet Sheet(int day)
    {
        int[] rows = Canonical([.. Enumerable.Range(0, Accounts).Where(i => (i + day) % 11 != 0)]);
        int[] creators = [.. rows.Where(i => (i + day) % 9 < 2)];
        uint[] Counts(uint modulus) => [.. creators.Select(i => (uint)((i * 31) + day) % modulus)];
        return new ContributionSheet
        {
            Account = rows,
            PointsMicro = [.. rows.Select(i => 700_000L * (((i * 13) + day) % 131))],
            TeamPointsMicro = [.. rows.Select(i => i % 3 == 0 ? 900_000L * (i % 97) : 0)],
            Creator = creators,
            Posts = Counts(4),
            BroadcastMinutes = Counts(60),
            OwnReplies = Counts(7),
            NetFollowers = [.. creators.Select(i => (i % 50) - 10)],
            Viewers = Counts(1_000),
            Likers = Counts(100),
            Commenters = Counts(20),
            Tippers = Counts(5),
            Sharers = Counts(8),
            CategoryCreatorIndex = [.. Enumerable.Range(0, creators.Length)],
            Category = [.. creators.Select(i => i % 3 == 0 ? "dance" : "music")],
            CategoryPosts = [.. creators.Select(i => 1 + ((uint)i % 3))],
            Metrics = [.. WindowClosed.MetricNames.Select((_, metric) => (ulong)(Accounts + (metric * day)))],
            Verdicts = new ulong[Verdicts.Count],
        };
    }

    /// <summary>A team of four for every hundred accounts; the space has the name of its provider.</summary>
    private TeamRoster Roster()
    {
        int[] providers = Canonical([.. Enumerable.Range(0, Accounts / 100).Select(team => team * 100)]);
        return new TeamRoster(
            providers,
            providers,
            [.. providers.Select(provider => Canonical([provider + 3, provider + 6, provider + 50]))],
            [.. providers.Select(provider => (uint)(provider % 30) * 100)]);
    }

    private int[] Canonical(int[] ordinals) => Array.ConvertAll(CanonicalOrder.Of(ordinals, _directory.Names), i => ordinals[i]);
}
