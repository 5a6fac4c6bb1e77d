using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Ledger.Benchmarks.Fold;
using Ledger.Benchmarks.Ingest;
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
    private const int Runs = 15;
    private const double Goal = 1.05;

    /// <summary>The two folds alone, over a log of their own, in a process of their own.</summary>
    public static void Run(long events) => ReplayBench.InFolder(directory =>
    {
        ReplayBench.Child("actors-build", directory, events.ToString(CultureInfo.InvariantCulture));
        ReplayBench.Child("actors-run", directory);
    });

    public static async Task RunAsync(string folder)
    {
        using ActorSystem system = ActorSystem.Create("bench", "akka.loglevel = OFF");
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenReadOnlyAsync(folder);
        LedgerState state = new(log.Names);
        FoldOptions options = new();
        await new WindowCloser(new WindowFold(system, log, options), log).AdvanceAsync(state, log.Head, null, null, null, default);
        UnixMs end = ClusterBench.Window.Next.Start;
        state.Apply(new RecordedEvent(log.Head, 0, new NewEvent(default, end, end, ClusterBench.Window, new WindowSealed(ClusterBench.Window))));

        List<double> on = [], without = [];
        Digest? expected = null;
        for (int run = -WarmUps; run < Runs; run++)
        {
            // Whoever comes second finds memory that the first has touched: each does every other time.
            double first = await MeasureAsync(actors: run % 2 == 0), second = await MeasureAsync(actors: run % 2 != 0);
            if (run < 0) continue;
            on.Add(run % 2 == 0 ? first : second);
            without.Add(run % 2 == 0 ? second : first);
        }

        double[] pairs = [.. on.Zip(without, (a, b) => a / b).Order()];
        Print($"actors: fold of {log.Head:N0} events from the log, medians of {Runs} pairs: {Figures.Median(on):F2} s on actors, {Figures.Median(without):F2} s without, {pairs[Runs / 2]:F3} times as long (goal {Goal}; {pairs[0]:F2} to {pairs[^1]:F2}); sheets equal");
        await system.Terminate();

        async Task<double> MeasureAsync(bool actors)
        {
            long started = Stopwatch.GetTimestamp();
            FoldContext context = state.ContextOfPending();
            ContributionSheet sheet = actors ? await new WindowFold(system, log, options).FoldAsync(context) : await FoldAsync(context, log, options);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Digest digest = SheetDigest.Of(sheet, log.Names);
            return (expected ??= digest) == digest ? seconds : throw new InvalidOperationException("the two folds differ");
        }
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
