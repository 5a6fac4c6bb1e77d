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
    private const int BatchesPerGroup = 8;

    // A thread more than there are cores would be a dealer and a judge more, each with tables of its own.
    private static readonly ParallelOptions EachCore = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    // As a replay has it: the memory of one fold after another.
    private static readonly GroupRoom Room = new(BatchesPerGroup * ColumnWorkload.Batch);

    public static void Run(long events)
    {
        ColumnWorkload workload = new(events, accounts: 100_000, videos: 200_000);
        ActivityColumns[] input = [.. workload.Batches().Select(Copy)];
        int shards = WindowFold.ShardsFor(events, workload.Names.Count);
        List<double> rates = [];
        for (int run = 0; run < WarmUps + Runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            ContributionSheet sheet = Fold(workload, input, shards);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (run >= WarmUps) rates.Add(events / seconds / 1e6);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"fold columns: {events:N0} events in {seconds:F3} s = {events / seconds / 1e6:F1} M events/s; counted {sheet.Verdicts[0]:N0}{(run < WarmUps ? " (warm-up)" : "")}"));
        }

        rates.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"fold columns: median {rates[Runs / 2]:F1}, best {rates[^1]:F1} M events/s over {Runs} runs; {shards} shards, {Environment.ProcessorCount} cores"));
    }

    internal static ContributionSheet Fold(ColumnWorkload workload, ActivityColumns[] input, int count)
    {
        long started = Stopwatch.GetTimestamp();
        FoldContext context = workload.Context();
        EventFrame frame = new(context.OpenedAt, context.Window.Start.Value);
        int names = context.Directory.Names.Count;
        ActivityColumns[][] groups = [.. input.Chunk(BatchesPerGroup)];
        (PackedEvent[] Events, int[] Starts)[] dealt = new (PackedEvent[], int[])[groups.Length];
        Parallel.For(0, groups.Length, EachCore, () => new EventDealer(count, names, frame), (group, _, dealer) =>
        {
            foreach (ActivityColumns batch in groups[group]) dealer.Take(batch);
            dealt[group] = dealer.Deal(Room.Rent);
            return dealer;
        }, _ => { });
        double partitioned = Stopwatch.GetElapsedTime(started).TotalSeconds;
        SheetMerge merge = new(context);
        JudgePool judges = new(context);
        Parallel.For(0, count, EachCore, shard =>
        {
            ShardBuffer buffer = new(shard, count);
            foreach ((PackedEvent[] events, int[] starts) in dealt) buffer.Add(new EventSlice(events, starts[shard], starts[shard + 1] - starts[shard]));
            AccountJudge judge = judges.Rent();
            ShardTotals totals = buffer.Fold(judge, names, frame);
            judges.Return(judge);
            lock (merge) merge.Add(totals);
        });
        double judged = Stopwatch.GetElapsedTime(started).TotalSeconds;
        ContributionSheet sheet = merge.ToSheet();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  deal {partitioned:F3} s, judge and add up {judged - partitioned:F3} s, sheet {Stopwatch.GetElapsedTime(started).TotalSeconds - judged:F3} s"));
        Room.Recycle();
        return sheet;
    }

    private static ActivityColumns Copy(ActivityColumns batch)
    {
        ActivityColumns copy = new(batch.Count);
        for (int i = 0; i < batch.Count; i++) copy.AddFrom(batch, i);
        return copy;
    }
}
