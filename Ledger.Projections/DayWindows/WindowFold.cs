using System.Numerics;
using System.Threading.Channels;
using Akka.Actor;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>Folds a window's activity from the log into its sheet, on shard actors.</summary>
/// <remarks>
/// The result depends on the log and the context alone: not on shards, passes, threads, batches or restarts.
/// Memory is bounded by <see cref="FoldOptions.EventsPerPassMax"/>: a larger window is read several times, each time for some of its shards.
/// </remarks>
public sealed class WindowFold(IActorRefFactory actors, IEventLog log, FoldOptions options) : IWindowFold
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        SheetMerge sheet = new(context);
        await FoldShardsAsync(context, _ => sheet, progress, cancel).ConfigureAwait(false);
        return sheet.ToSheet();
    }

    /// <summary>Folds some of the window's parts: part p of n has the shards whose number leaves p when divided by n.</summary>
    /// <param name="context">The window's facts and rules.</param>
    /// <param name="parts">Which parts.</param>
    /// <param name="partCount">How many there are.</param>
    /// <param name="cancel">Stops the fold; nothing is left behind.</param>
    /// <returns>The parts in the order asked for.</returns>
    public async Task<IReadOnlyList<SheetMerge>> FoldPartsAsync(FoldContext context, IReadOnlyList<int> parts, int partCount, CancellationToken cancel)
    {
        Dictionary<int, SheetMerge> sheets = parts.ToDictionary(part => part, _ => new SheetMerge(context));
        await FoldShardsAsync(context, shard => sheets.GetValueOrDefault(shard % partCount), null, cancel).ConfigureAwait(false);
        return [.. parts.Select(part => sheets[part])];
    }

    /// <param name="context">The window's facts and rules.</param>
    /// <param name="sheetOf">The sheet that a shard is added to; null for a shard that is left out.</param>
    /// <param name="progress">Told the share of the work done, in thousandths.</param>
    /// <param name="cancel">Stops the fold.</param>
    private async Task FoldShardsAsync(FoldContext context, Func<int, SheetMerge?> sheetOf, IProgress<int>? progress, CancellationToken cancel)
    {
        long events = context.SealedAt - context.OpenedAt;
        int shards = options.Shards ?? ShardsFor(events);
        int[] wanted = [.. Enumerable.Range(0, shards).Where(shard => sheetOf(shard) is not null)];
        int passes = (int)Math.Min(wanted.Length, 1 + (events * wanted.Length / shards / options.EventsPerPassMax));
        int names = context.Directory.Names.Count;
        JudgePool judges = new(context);
        LogFeed feed = new(log, context, shards, names, options.EventsPerGroup);
        for (int pass = 0; pass < passes; pass++)
        {
            int done = pass;
            int[] mine = [.. wanted.Where((_, index) => index % passes == done)];
            Action<long> report = position => progress?.Report((int)(((done * events) + (position - context.OpenedAt)) * 1000 / Math.Max(1, events * passes)));
            ShardSetup setup = new(
                shards, names, new EventFrame(context.OpenedAt, context.Window.Start.Value), judges, new ShardSnapshots(),
                Channel.CreateUnbounded<ShardSignal>(new UnboundedChannelOptions { SingleReader = true }), options.BeforeChunk);
            await FoldPassAsync(context, setup, mine, feed, sheetOf, report, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>A power of two: enough that every core has work and a shard's events stay in its cache.</summary>
    internal static int ShardsFor(long events) =>
        (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((ulong)(events / FoldOptions.EventsPerShard) + 1), 16, 16_384);

    private async Task FoldPassAsync(
        FoldContext context, ShardSetup setup, int[] mine, LogFeed feed, Func<int, SheetMerge?> sheetOf, Action<long> report, CancellationToken cancel)
    {
        ChannelReader<ShardSignal> signals = setup.Signals.Reader;
        IActorRef window = actors.ActorOf(Props.Create(() => new WindowActor(setup, mine)));
        try
        {
            bool[] done = new bool[setup.Shards];
            Dictionary<int, ShardReady> hungry = [];
            int folded = 0;
            while (folded < mine.Length)
            {
                // Everyone who is waiting is fed in one reading of the log; at first that is every shard of the pass.
                ShardSignal signal = await signals.ReadAsync(cancel).ConfigureAwait(false);
                do
                {
                    switch (signal)
                    {
                        case ShardReady ready:
                            hungry[ready.Shard] = ready;
                            break;
                        case ShardFolded result:
                            if (done[result.Shard]) break;
                            done[result.Shard] = true;
                            sheetOf(result.Shard)!.Add(result.Totals);
                            folded++;
                            break;
                        case ShardLost lost:
                            throw new LogFaultException("fold-failed", $"shard {lost.Shard} of window {context.Window} {lost.Reason}");
                    }
                }
                while (signals.TryRead(out signal!));

                bool allStarted = setup.Snapshots.Started >= mine.Length;
                if (hungry.Count == 0 || !allStarted) continue;
                await FeedAsync(setup, hungry, setup.Shards / mine.Length, window, feed, report, cancel).ConfigureAwait(false);
                hungry.Clear();
            }
        }
        finally
        {
            await window.GracefulStop(StopTimeout).ConfigureAwait(false);
        }

        feed.Recycle();
    }

    private static async Task FeedAsync(
        ShardSetup setup, Dictionary<int, ShardReady> hungry, int sparsity, IActorRef window, LogFeed feed, Action<long> report, CancellationToken cancel)
    {
        long[] from = new long[setup.Shards];
        Array.Fill(from, long.MaxValue);
        foreach (ShardReady ready in hungry.Values) from[ready.Shard] = ready.FromPosition;
        await feed.RunAsync(
            from, setup.Frame, sparsity, (shard, slice) => window.Tell(new ShardChunk(shard, hungry[shard].Epoch, slice)), report, cancel).ConfigureAwait(false);
        foreach (ShardReady ready in hungry.Values) window.Tell(new FoldShard(ready.Shard, ready.Epoch));
    }

    /// <summary>Puts the block's activity rows of the window among its columns, in log order.</summary>
    internal static ActivityColumns MergeRows(FoldContext context, LogBlock block, ActivityColumns merged)
    {
        bool any = false;
        foreach (RecordedEvent row in block.Rows) any |= row.Payload is ActivityPayload && row.Event.Window == context.Window;
        if (!any) return block.Activity;

        merged.Clear();
        int column = 0;
        foreach (RecordedEvent row in block.Rows)
        {
            if (row.Payload is not ActivityPayload || row.Event.Window != context.Window) continue;
            while (column < block.Activity.Count && block.Activity.Position[column] < row.Position) merged.AddFrom(block.Activity, column++);
            bool knownRefund = row.Payload is TipRefunded refund && context.Retractions.KnowsTip(refund, context.SealedAt);
            ActivityRows.Add(merged, context.Directory.Names, row, knownRefund);
        }

        while (column < block.Activity.Count) merged.AddFrom(block.Activity, column++);
        return merged;
    }
}

/// <summary>How a fold uses the machine; no result depends on it.</summary>
public sealed record FoldOptions
{
    /// <summary>Events per shard that a shard count is chosen for.</summary>
    internal const int EventsPerShard = 40_000;

    /// <summary>Shards per window, a power of two; chosen from the window's size when null.</summary>
    public int? Shards { get; init; }

    /// <summary>Events held at once, in 24 bytes each.</summary>
    public int EventsPerPassMax { get; init; } = 50 << 20;

    /// <summary>Events that are partitioned together: what one worker reads at a time.</summary>
    public int EventsPerGroup { get; init; } = 1 << 17;

    /// <summary>Called by a shard before each message; fault tests make it throw.</summary>
    internal Action<int>? BeforeChunk { get; init; }
}
