using System.Diagnostics;
using System.Globalization;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Core.Validity;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Benchmarks.Payouts;

/// <summary>How long the rules and the statement of a window with many payees take; first window and a following one.</summary>
public static class CloseBenchmark
{
    /// <summary>Prints one line per window.</summary>
    /// <param name="accounts">Active accounts, nearly all in teams of one.</param>
    public static void Run(int accounts)
    {
        WindowInputs inputs = Inputs(accounts, walletEvery: 2);
        for (int day = 0; day < 3; day++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            WindowResult result = WindowRules.Compute(inputs);
            double rulesMs = watch.Elapsed.TotalMilliseconds;
            RewardTree tree = RewardTree.Build(result.Next.Payees.Leaves(PayeeNames.Domain(Ruleset.Default.Settlement)));
            double treeMs = watch.Elapsed.TotalMilliseconds - rulesMs;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"close: {accounts} accounts, {result.Statement.Count} lines, {tree.LeafCount} payees, window {day + 1}: rules and statement {rulesMs:0} ms, reward tree {treeMs:0} ms"));
            inputs = inputs with { Window = inputs.Window.Next, State = result.Next };
        }
    }

    /// <summary>A first window of so many accounts.</summary>
    /// <param name="accounts">How many.</param>
    /// <param name="walletEvery">One in so many has a wallet.</param>
    internal static WindowInputs Inputs(int accounts, int walletEvery)
    {
        Directory directory = new(new NameTable());
        for (int i = 0; i < accounts; i++) directory.Names.Intern($"account-{(i * 7919L) % accounts}");
        int spaces = directory.Names.Count;
        for (int i = 0; i < accounts / 100; i++) directory.Names.Intern($"space-{i:0000000}");
        for (int i = 0; i < accounts; i += walletEvery)
        {
            WalletLinked linked = new(new AccountId(directory.Names.Text(i)), new WalletAddress((UInt128)(uint)i * 0x9E3779B97F4A7C15 << 32, (uint)i));
            directory.Apply(new RecordedEvent(0, 0, new NewEvent(new EventId(1), UnixMs.Epoch, UnixMs.Epoch, Day.FromNumber(1), linked)));
        }

        return new WindowInputs
        {
            SealedAt = long.MaxValue,
            Window = Day.FromNumber(20_000),
            Ruleset = Ruleset.Default,
            Sheet = Sheet(directory.Names, accounts),
            SheetDigest = default,
            Roster = Roster(directory.Names, accounts, spaces),
            Directory = directory,
            State = PayoutState.Initial,
            Fund = TokenAmount.FromWe(125_000_000),
            TopUps = TokenAmount.Zero,
            Gifts = [],
        };
    }

    private static ContributionSheet Sheet(NameTable names, int accounts)
    {
        int[] all = [.. Enumerable.Range(0, accounts)];
        int[] order = CanonicalOrder.Of(all, names);
        int[] creators = [.. order.Where(i => i % 10 == 0)];
        uint[] Counts(uint modulus) => [.. creators.Select(i => (uint)i % modulus)];
        return new ContributionSheet
        {
            Account = order,
            PointsMicro = [.. order.Select(i => 1_000_000L * (1 + (i % 97)))],
            TeamPointsMicro = [.. order.Select(i => i % 50 == 0 ? 1_000_000L * (1 + (i % 97)) : 0)],
            Creator = creators,
            Posts = [.. creators.Select(i => 1 + ((uint)i % 3))],
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
            Metrics = [.. WindowClosed.MetricNames.Select(_ => (ulong)accounts)],
            Verdicts = new ulong[Verdicts.Count],
        };
    }

    /// <summary>A team of five for every hundred accounts.</summary>
    private static TeamRoster Roster(NameTable names, int accounts, int spaces)
    {
        int teams = accounts / 1_000;
        return new TeamRoster(
            [.. Enumerable.Range(0, teams).Select(t => spaces + t)],
            [.. Enumerable.Range(0, teams).Select(t => t * 250)],
            [.. Enumerable.Range(0, teams).Select(t => Canonical([.. Enumerable.Range(1, 4).Select(m => (t * 250) + (m * 50))], names))],
            [.. Enumerable.Range(0, teams).Select(_ => 2_000u)]);
    }

    private static int[] Canonical(int[] ordinals, NameTable names) => Array.ConvertAll(CanonicalOrder.Of(ordinals, names), i => ordinals[i]);
}
