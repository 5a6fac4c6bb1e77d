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
public sealed class WindowFold(IActorRefFactory actors, IEventLog log, FoldOptions options)
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Folds everything of the window between the position where it opened and its seal.</summary>
    /// <param name="context">The window's facts and rules.</param>
    /// <param name="openedAt">Position of the window's opening.</param>
    /// <param name="progress">Told the share of the work done, in thousandths.</param>
    /// <param name="cancel">Stops the fold; nothing is left behind.</param>
    /// <exception cref="LogFaultException">The log is damaged, or a shard failed again and again.</exception>
    public async Task<ContributionSheet> FoldAsync(
        FoldContext context, long openedAt, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        long events = context.SealedAt - openedAt;
        int shards = options.Shards ?? ShardsFor(events);
        int passes = (int)Math.Min(shards, 1 + (events / options.EventsPerPassMax));
        SheetMerge sheet = new();
        FeedBuffers buffers = new(shards);
        for (int pass = 0; pass < passes; pass++)
        {
            int[] mine = [.. Enumerable.Range(0, shards).Where(shard => shard % passes == pass)];
            int done = pass;
            Action<long> report = position => progress?.Report((int)(((done * events) + (position - openedAt)) * 1000 / Math.Max(1, events * passes)));
            await FoldPassAsync(context, openedAt, shards, mine, buffers, sheet, report, cancel).ConfigureAwait(false);
        }

        return sheet.ToSheet(context.Directory);
    }

    /// <summary>A power of two: enough that every core has work, few enough that what each shard tallies of creators is filled many times over.</summary>
    internal static int ShardsFor(long events) =>
        (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((ulong)(events / FoldOptions.EventsPerShard) + 1), 4, 4096);

    private async Task FoldPassAsync(
        FoldContext context, long openedAt, int shards, int[] mine, FeedBuffers buffers, SheetMerge sheet, Action<long> report, CancellationToken cancel)
    {
        Channel<ShardSignal> signals = Channel.CreateUnbounded<ShardSignal>(new UnboundedChannelOptions { SingleReader = true });
        ShardSetup setup = new(context, shards, openedAt, new ShardSnapshots(), signals.Writer, options.BeforeChunk);
        IActorRef window = actors.ActorOf(Props.Create(() => new WindowActor(setup, mine)));
        try
        {
            IReadOnlyList<EventChunk>?[] done = new IReadOnlyList<EventChunk>?[shards];
            Dictionary<int, ShardReady> hungry = [];
            int folded = 0;
            while (folded < mine.Length)
            {
                // Everyone who is waiting is fed in one reading of the log; at first that is every shard of the pass.
                ShardSignal signal = await signals.Reader.ReadAsync(cancel).ConfigureAwait(false);
                do
                {
                    switch (signal)
                    {
                        case ShardReady ready:
                            hungry[ready.Shard] = ready;
                            break;
                        case ShardFolded result:
                            if (done[result.Shard] is not null) break;
                            done[result.Shard] = result.Chunks;
                            sheet.Add(result.Totals);
                            folded++;
                            break;
                        case ShardLost lost:
                            throw new LogFaultException("fold-failed", $"shard {lost.Shard} of window {context.Window} {lost.Reason}");
                    }
                }
                while (signals.Reader.TryRead(out signal!));

                bool allStarted = setup.Snapshots.Started >= mine.Length;
                if (hungry.Count == 0 || !allStarted) continue;
                Feed(context, hungry, window, buffers, report, cancel);
                hungry.Clear();
            }

            await window.GracefulStop(StopTimeout).ConfigureAwait(false);
            foreach (int shard in mine)
            {
                foreach (EventChunk chunk in done[shard]!) buffers.Recycle(chunk);
            }
        }
        catch
        {
            await window.GracefulStop(StopTimeout).ConfigureAwait(false);
            throw;
        }
    }

    private void Feed(
        FoldContext context, Dictionary<int, ShardReady> hungry, IActorRef window, FeedBuffers buffers, Action<long> report, CancellationToken cancel)
    {
        long from = hungry.Values.Min(ready => ready.FromPosition);
        buffers.Begin(hungry.Values);
        foreach (LogBlock block in log.ReadBlocks(from, context.SealedAt, new BlockRequest(Rows: true, Columns: true, context.Window), cancel))
        {
            cancel.ThrowIfCancellationRequested();
            buffers.Scatter(MergeRows(context, block, buffers.Merged), Send);
            report(block.FirstPosition + block.Count);
        }

        buffers.Flush(Send);
        foreach (ShardReady ready in hungry.Values) window.Tell(new FoldShard(ready.Shard, ready.Epoch));

        void Send(int shard, int epoch, EventChunk chunk) => window.Tell(new ShardChunk(shard, epoch, chunk));
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
            bool knownRefund = row.Payload is TipRefunded refund && context.Retractions.KnowsTip(refund);
            ActivityRows.Add(merged, context.Directory.Names, row, knownRefund);
        }

        while (column < block.Activity.Count) merged.AddFrom(block.Activity, column++);
        return merged;
    }
}

/// <summary>How a fold uses the machine; no result depends on it.</summary>
public sealed record FoldOptions
{
    /// <summary>Events per shard that a shard count is chosen for. Measured: with four times fewer, the shards' tallies cost more than the caches save.</summary>
    internal const int EventsPerShard = 640_000;

    /// <summary>Shards per window, a power of two; chosen from the window's size when null.</summary>
    public int? Shards { get; init; }

    /// <summary>Events held at once, in 32 bytes each: one GiB.</summary>
    public int EventsPerPassMax { get; init; } = 32 << 20;

    /// <summary>Called by a shard before each message; fault tests make it throw.</summary>
    internal Action<int>? BeforeChunk { get; init; }
}
