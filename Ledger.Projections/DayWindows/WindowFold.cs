using System.Numerics;
using Akka.Actor;
using Ledger.Core.Contributions;
using Ledger.Core.Kernels;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>Folds a window's activity from the log into its sheet, on shard actors.</summary>
/// <remarks>
/// The result depends on the log and the context alone: not on shards, passes, threads, batches or restarts.
/// Memory is bounded by <see cref="FoldOptions.EventsPerPassMax"/>: a larger window is read several times, each time for some of its shards,
/// in the memory of the first.
/// </remarks>
public sealed class WindowFold(IActorRefFactory factory, IEventLog log, FoldOptions options) : IWindowFold, IPartFold
{
    /// <inheritdoc/>
    public Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default) =>
        FoldAsync(context, null, progress, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<int, SheetMerge>> FoldPartsAsync(FoldContext context, WindowParts parts, CancellationToken cancel = default) =>
        FoldPartsAsync(context, parts, null, null, cancel);

    /// <summary>The same, counting what was judged for whoever compares it with the log.</summary>
    internal async Task<ContributionSheet> FoldAsync(FoldContext context, ControlCounts? judged, IProgress<int>? progress, CancellationToken cancel)
    {
        IReadOnlyDictionary<int, SheetMerge> whole = await FoldPartsAsync(context, WindowParts.Whole, judged, progress, cancel).ConfigureAwait(false);
        return whole[0].ToSheet();
    }

    private async Task<IReadOnlyDictionary<int, SheetMerge>> FoldPartsAsync(
        FoldContext context, WindowParts parts, ControlCounts? judged, IProgress<int>? progress, CancellationToken cancel)
    {
        Dictionary<int, SheetMerge> sheets = parts.Numbers.ToDictionary(part => part, _ => new SheetMerge(context));
        long events = context.SealedAt - context.OpenedAt;
        int shards = options.Shards ?? ShardsFor(events, context.Directory.Names.Count);
        int[] wanted = parts.Shards(shards);
        int passes = (int)Math.Min(wanted.Length, PassesFor(events * wanted.Length / shards, options.EventsPerPassMax, log.RereadsCheaply));
        LogFeed feed = new(log, ActivityScope.Of(context), shards, options.EventsPerGroup);
        ShardFold fold = new(new JudgePool(context), context.Directory.Names.Count, context.SealedAt, Add, Counts: judged is not null);
        for (int pass = 0; pass < passes; pass++)
        {
            int done = pass;
            int[] mine = [.. wanted.Where((_, index) => index % passes == done)];
            Action<long> report = position => progress?.Report((int)(((done * events) + (position - context.OpenedAt)) * 1000 / Math.Max(1, events * passes)));
            ShardSetup setup = new(shards, ActivityScope.Of(context).Frame(), new ShardSnapshots.Snapshot(0, [], context.OpenedAt), options.BeforeChunk, Kept: null);
            await using (WindowShards actors = new(factory, setup, mine, context.Window.ToString()))
            {
                await actors.FeedAsync(feed, context.SealedAt, null, report, cancel).ConfigureAwait(false);
                await actors.FoldAsync(feed, mine, fold, cancel).ConfigureAwait(false);
            }

            feed.Recycle();
        }

        return sheets;

        void Add(int shard, ShardTotals totals)
        {
            sheets[parts.PartOf(shard)].Add(totals);
            judged?.Add(totals);
        }
    }

    /// <summary>As few as memory allows; but one that would be more than half full is two, where reading again takes less than the memory would.</summary>
    internal static long PassesFor(long events, int perPassMax, bool rereadsCheaply)
    {
        long passes = 1 + (events / perPassMax);
        return passes == 1 && rereadsCheaply && events > perPassMax / 2 ? 2 : passes;
    }

    /// <summary>A power of two: enough that every core has work, a shard's events stay near it and its accounts can be numbered.</summary>
    internal static int ShardsFor(long events, int names) =>
        (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((ulong)Math.Max(events / FoldOptions.EventsPerShard, names / PackedEvent.LocalsMax) + 1), 16, 16_384);
}

/// <summary>How a fold uses the machine; no result depends on it.</summary>
public sealed record FoldOptions
{
    /// <summary>
    /// Events per shard that a shard count is chosen for, at most. Each shard hands over a row per creator that its accounts met, so many
    /// small ones are mostly handing over; larger ones leave the cache while they are sorted.
    /// </summary>
    internal const int EventsPerShard = 200_000;

    /// <summary>Shards per window, a power of two; chosen from the window's size when null.</summary>
    public int? Shards { get; init; }

    /// <summary>Events held at once, in 16 bytes each and 16 more for a value of its own.</summary>
    public int EventsPerPassMax { get; init; } = 100 << 20;

    /// <summary>Events that are partitioned together: what one worker reads at a time. The block that two groups share is decoded for both.</summary>
    public int EventsPerGroup { get; init; } = 1 << 18;

    /// <summary>Called by a shard before each message; fault tests make it throw.</summary>
    internal Action<int>? BeforeChunk { get; init; }
}
