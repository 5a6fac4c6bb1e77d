using System.Diagnostics;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Core.Validity;
using Ledger.Projections.DayWindows;
using Ledger.Projections.Ingest;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Benchmarks.Payouts;

/// <summary>How long the close of a window with many payees takes, from its sheet on: rules, journal, statement, digests and reward tree.</summary>
public static class CloseBenchmark
{
    private const int Windows = 9;

    /// <summary>Prints one line per window, and the median of all but the first.</summary>
    /// <param name="accounts">Active accounts, nearly all in teams of one.</param>
    public static void Run(int accounts)
    {
        (LedgerState state, ContributionSheet sheet) = Ledger(accounts);
        List<double> later = [];
        for (int window = 1; window <= Windows; window++)
        {
            Open(state);
            long allocated = GC.GetTotalAllocatedBytes();
            int collections = GC.CollectionCount(0);
            TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime, paused = GC.GetTotalPauseDuration();
            Stopwatch watch = Stopwatch.StartNew();
            WindowResult result = state.ClosePending(sheet, null).Result;
            double ms = watch.Elapsed.TotalMilliseconds;
            processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
            paused = GC.GetTotalPauseDuration() - paused;
            if (window > 1) later.Add(ms);
            Print($"close: {accounts:N0} accounts, {result.Statement.Count:N0} lines, {result.Next.Payees.Count:N0} payees, window {window}: {ms:0} ms ({processor.TotalMilliseconds:0} ms of processor time, {(GC.GetTotalAllocatedBytes() - allocated) >> 20} MiB allocated, {GC.CollectionCount(0) - collections} collections of {paused.TotalMilliseconds:0} ms)");
        }

        later.Sort();
        Print($"close: {accounts:N0} accounts: median {later[later.Count / 2]:0} ms of {later.Count} windows after the first ({later[0]:0}-{later[^1]:0})");
    }

    /// <summary>A ledger of so many accounts, half of them with wallets, and what each of its windows comes to.</summary>
    private static (LedgerState State, ContributionSheet Sheet) Ledger(int accounts)
    {
        WindowInputs inputs = Inputs(accounts, walletEvery: 2);
        NameTable names = inputs.Directory.Names;
        LedgerState state = new(names);
        byte[] document = RulesetDocument.Canonical(inputs.Ruleset);
        Apply(state, LedgerGenesis.Allocations);
        Apply(state, new RulesetAdopted(default, RulesetDocument.HashOf(document), document));
        for (int account = 0; account < accounts; account++)
        {
            if (inputs.Directory.WalletOf(account, inputs.SealedAt) is { } wallet) Apply(state, new WalletLinked(new AccountId(names.Text(account)), wallet));
        }

        for (int team = 0; team < inputs.Roster.Count; team++)
        {
            SpaceId space = new(names.Text(inputs.Roster.Spaces[team]));
            Apply(state, new SpaceOpened(space, new AccountId(names.Text(inputs.Roster.Providers[team]))));
            foreach (int member in inputs.Roster.Members[team]) Apply(state, new MemberApproved(space, new AccountId(names.Text(member))));
        }

        return (state, inputs.Sheet);
    }

    /// <summary>Opens and seals the next window.</summary>
    private static void Open(LedgerState state)
    {
        Day window = state.Payouts.LastWindow?.Next ?? Day.FromNumber(20_000);
        Apply(state, new WindowOpened(window, Ruleset.Default.Hash));
        Apply(state, new WindowSealed(window));
    }

    private static void Apply(LedgerState state, EventPayload payload)
    {
        Day window = Day.FromNumber(1);
        state.Apply(new RecordedEvent(state.Position, 0, new NewEvent(new EventId((UInt128)state.Position + 1), UnixMs.Epoch, UnixMs.Epoch, window, payload)));
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

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
