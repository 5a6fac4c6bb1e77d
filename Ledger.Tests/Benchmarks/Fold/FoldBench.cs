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
    private const int WarmUps = 4;
    private const int Runs = 9;

    public static void Run(long events)
    {
        ColumnWorkload workload = new(events, accounts: 100_000, videos: 200_000);
        ActivityColumns[] input = [.. workload.Batches().Select(Copy)];
        int shards = WindowFold.ShardsFor(events);
        FeedBuffers feed = new(shards);
        List<double> rates = [];
        for (int run = 0; run < WarmUps + Runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            ContributionSheet sheet = Fold(workload, input, feed, shards);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (run >= WarmUps) rates.Add(events / seconds / 1e6);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"fold columns: {events:N0} events in {seconds:F3} s = {events / seconds / 1e6:F1} M events/s; counted {sheet.Verdicts[0]:N0}{(run < WarmUps ? " (warm-up)" : "")}"));
        }

        rates.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"fold columns: median {rates[Runs / 2]:F1}, best {rates[^1]:F1} M events/s over {Runs} runs; {shards} shards, {Environment.ProcessorCount} cores"));
    }

    private static ContributionSheet Fold(ColumnWorkload workload, ActivityColumns[] input, FeedBuffers feed, int count)
    {
        long started = Stopwatch.GetTimestamp();
        ShardBuffer[] shards = [.. Enumerable.Range(0, count).Select(shard => new ShardBuffer(shard, count))];
        feed.Begin(Enumerable.Range(0, count).Select(shard => new ShardReady(shard, 1, 0)));
        foreach (ActivityColumns batch in input) feed.Scatter(batch, (shard, _, chunk) => shards[shard].Add(chunk));
        feed.Flush((shard, _, chunk) => shards[shard].Add(chunk));
        double dealt = Stopwatch.GetElapsedTime(started).TotalSeconds;
        SheetMerge merge = new();
        Parallel.For(0, count, shard =>
        {
            ShardTotals totals = shards[shard].Fold(workload.Context);
            lock (merge) merge.Add(totals);
        });
        double judged = Stopwatch.GetElapsedTime(started).TotalSeconds;
        ContributionSheet sheet = merge.ToSheet(workload.Context.Directory);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  deal {dealt:F3} s, judge and add up {judged - dealt:F3} s, sheet {Stopwatch.GetElapsedTime(started).TotalSeconds - judged:F3} s"));
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
