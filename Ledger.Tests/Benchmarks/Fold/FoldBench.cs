using System.Diagnostics;
using System.Globalization;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Projections.DayWindows;

namespace Ledger.Benchmarks.Fold;

/// <summary>The fold alone: events already in columns, dealt to shards, judged on all cores, merged to a sheet.</summary>
internal static class FoldBench
{
    private const int Shards = 64;

    public static void Run(long events)
    {
        ColumnWorkload workload = new(events, accounts: 100_000, videos: 200_000);
        ActivityColumns[] input = [.. workload.Batches().Select(Copy)];
        FeedBuffers feed = new(Shards);
        for (int run = 0; run < 5; run++)
        {
            long started = Stopwatch.GetTimestamp();
            ContributionSheet sheet = Fold(workload, input, feed);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"fold columns: {events:N0} events in {seconds:F3} s = {events / seconds / 1e6:F1} M events/s; counted {sheet.Verdicts[0]:N0}; {Environment.ProcessorCount} cores{(run == 0 ? " (warm-up)" : "")}"));
        }
    }

    private static ContributionSheet Fold(ColumnWorkload workload, ActivityColumns[] input, FeedBuffers feed)
    {
        long started = Stopwatch.GetTimestamp();
        ShardBuffer[] shards = [.. Enumerable.Range(0, Shards).Select(shard => new ShardBuffer(shard, Shards))];
        feed.Begin(Enumerable.Range(0, Shards).Select(shard => new ShardReady(shard, 1, 0)));
        foreach (ActivityColumns batch in input) feed.Scatter(batch, (shard, _, chunk) => shards[shard].Add(chunk));
        feed.Flush((shard, _, chunk) => shards[shard].Add(chunk));
        double dealt = Stopwatch.GetElapsedTime(started).TotalSeconds;
        ShardTotals[] totals = new ShardTotals[Shards];
        Parallel.For(0, Shards, shard => totals[shard] = shards[shard].Fold(workload.Context));
        double judged = Stopwatch.GetElapsedTime(started).TotalSeconds;
        ContributionSheet sheet = SheetMerge.Merge(totals, workload.Context.Directory);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  deal {dealt:F3} s, judge {judged - dealt:F3} s, merge {Stopwatch.GetElapsedTime(started).TotalSeconds - judged:F3} s"));
        foreach (EventChunk chunk in shards.SelectMany(s => s.Chunks)) feed.Recycle(chunk);
        return sheet;
    }

    private static ActivityColumns Copy(ActivityColumns batch)
    {
        ActivityColumns copy = new(batch.Count);
        for (int i = 0; i < batch.Count; i++) copy.AddFrom(batch, i);
        return copy;
    }
}
