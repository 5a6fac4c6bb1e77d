using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Ledger.Benchmarks.Fold;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Benchmarks.Cluster;

/// <summary>The fold of a window on one local actor system beside the same fold without actors, by turns in one process: what mailboxes and supervision cost.</summary>
internal static class ActorsBench
{
    private const int WarmUps = 1;
    private const int Runs = 9;
    private const double Goal = 1.05;

    /// <summary>The two folds alone, over a log of their own, in a process of their own.</summary>
    public static void Run(long events) => ReplayBench.InFolder(directory =>
    {
        ReplayBench.Child("actors-build", directory, events.ToString(CultureInfo.InvariantCulture));
        ReplayBench.Child("actors-run", directory);
    });

    public static async Task RunAsync(string folder)
    {
        using ActorSystem actors = ActorSystem.Create("bench", "akka.loglevel = OFF");
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenReadOnlyAsync(folder);
        LedgerState state = new(log.Names);
        FoldOptions options = new();
        await new WindowCloser(new WindowFold(actors, log, options), log).AdvanceAsync(state, log.Head, null, null, null, default);
        UnixMs end = ClusterBench.Window.Next.Start;
        state.Apply(new RecordedEvent(log.Head, 0, new NewEvent(default, end, end, ClusterBench.Window, new WindowSealed(ClusterBench.Window))));

        List<double> on = [], without = [];
        for (int run = -WarmUps; run < Runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            ContributionSheet a = await new WindowFold(actors, log, options).FoldAsync(state.ContextOfPending());
            double withActors = Stopwatch.GetElapsedTime(started).TotalSeconds;
            started = Stopwatch.GetTimestamp();
            ContributionSheet b = await FoldAsync(state.ContextOfPending(), log, options);
            double alone = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Digest digest = SheetDigest.Of(a, log.Names);
            if (digest != SheetDigest.Of(b, log.Names)) throw new InvalidOperationException("the two folds differ");
            if (run < 0) continue;
            on.Add(withActors);
            without.Add(alone);
        }

        double[] pairs = [.. on.Zip(without, (a, b) => a / b).Order()];
        on.Sort();
        without.Sort();
        Print($"actors: fold of {log.Head:N0} events from the log, median of {Runs}: {on[Runs / 2]:F2} s on actors, {without[Runs / 2]:F2} s without: {on[Runs / 2] / without[Runs / 2]:F3} (goal {Goal}; pair by pair {pairs[Runs / 2]:F3}, {pairs[0]:F2} to {pairs[^1]:F2}); sheets equal");
        await actors.Terminate();
    }

    private static async Task<ContributionSheet> FoldAsync(FoldContext context, IEventLog log, FoldOptions options)
    {
        long events = context.SealedAt - context.OpenedAt;
        int names = context.Directory.Names.Count, shards = WindowFold.ShardsFor(events, names);
        if (events > options.EventsPerPassMax) throw new ArgumentOutOfRangeException(nameof(log), "more events than one pass takes");
        EventFrame frame = new(context.OpenedAt, context.Window.Start.Value);
        ShardBuffer[] buffers = [.. Enumerable.Range(0, shards).Select(shard => new ShardBuffer(shard, shards))];
        LogFeed feed = new(log, ActivityScope.Of(context), shards, options.EventsPerGroup);
        await feed.RunAsync(Enumerable.Repeat(context.OpenedAt, shards).ToArray(), context.SealedAt, frame, 1, (shard, slice) => buffers[shard].Add(slice), _ => { }, default);
        JudgePool judges = new(context);
        SheetMerge merge = new(context);
        Parallel.ForEach(buffers, buffer =>
        {
            AccountJudge judge = judges.Rent();
            ShardTotals totals = buffer.Fold(judge, names, frame);
            judges.Return(judge);
            lock (merge) merge.Add(totals);
        });
        return merge.ToSheet();
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
