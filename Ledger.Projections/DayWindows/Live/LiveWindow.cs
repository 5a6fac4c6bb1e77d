using Akka.Actor;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows.Live;

/// <summary>The shards of an open window, kept up with the log, with their snapshot beside it.</summary>
/// <remarks>
/// What is held in memory is what came since the last part of the snapshot, <see cref="LiveOptions.EventsPerPart"/> events and one feeding at most.
/// Members may be called from any thread; they take turns. After a failure it is of no more use and is to be disposed.
/// </remarks>
internal sealed class LiveWindow : IAsyncDisposable
{
    private static readonly TimeSpan TellWithin = TimeSpan.FromSeconds(10);

    private readonly IEventLog _log;
    private readonly LiveOptions _options;
    private readonly ActivityScope _scope;
    private readonly KeptActivity _kept;
    private readonly WindowShards _shards;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<EventSlice>[] _since; // by shard: what is fed and not in the snapshot
    private readonly SortedDictionary<long, TipRefunded> _unknownRefunds;
    private readonly LogFeed _feed;
    private long _sinceCount;
    private bool _isSpent;

    private LiveWindow(
        IActorRefFactory actors, IEventLog log, LiveOptions options, ActivityScope scope, WindowParts parts, EventFrame frame, KeptActivity kept, SortedDictionary<long, TipRefunded> unknownRefunds)
    {
        (_log, _options, Parts, _kept, _unknownRefunds) = (log, options, parts, kept, unknownRefunds);
        _scope = scope with { UnknownRefund = Note };
        _since = [.. Enumerable.Range(0, kept.Shards).Select(_ => new List<EventSlice>())];
        _feed = new LogFeed(log, _scope, kept.Shards, options.EventsPerGroup);
        ShardSetup setup = new(kept.Shards, frame, new ShardSnapshots.Snapshot(kept.Parts, [], kept.To), options.BeforeChunk, kept);
        _shards = new WindowShards(actors, setup, parts.Shards(kept.Shards), scope.Window.ToString());
    }

    /// <summary>Position of the window's opening.</summary>
    public long OpenedAt => _scope.OpenedAt;

    /// <summary>The parts of the window that are kept up with.</summary>
    public WindowParts Parts { get; }

    /// <summary>Everything before this position is with the shards.</summary>
    public long FedTo => _shards.FedTo;

    /// <summary>Starts a window's shards, from its snapshot when there is one.</summary>
    /// <param name="actors">Where they are made.</param>
    /// <param name="log">The log.</param>
    /// <param name="options">How.</param>
    /// <param name="scope">The window.</param>
    /// <param name="parts">The parts of it that are kept up with.</param>
    /// <param name="path">Its snapshot's file.</param>
    /// <param name="to">Nothing behind this position is taken from the snapshot.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="IOException">The disk does not take the snapshot.</exception>
    public static async Task<LiveWindow> OpenAsync(IActorRefFactory actors, IEventLog log, LiveOptions options, ActivityScope scope, WindowParts parts, string path, long to, CancellationToken cancel)
    {
        EventFrame frame = scope.Frame();
        KeptActivity kept = await KeptActivity.OpenAsync(path, log, scope, parts, frame, options.Shards, to, cancel).ConfigureAwait(false);
        try
        {
            SortedDictionary<long, TipRefunded> refunds = [];
            foreach (long position in kept.UnknownRefunds)
            {
                await foreach (RecordedEvent e in log.ReadAllAsync(position, cancel: cancel).ConfigureAwait(false))
                {
                    refunds[position] = (TipRefunded)e.Payload;
                    break;
                }
            }

            return new LiveWindow(actors, log, options, scope, parts, frame, kept, refunds);
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }

    /// <summary>Feeds the shards up to a position, and keeps what they hold when it is much.</summary>
    public Task FeedAsync(long to, CancellationToken cancel) => InTurnAsync(
        async () =>
        {
            await FeedInTurnAsync(to, cancel).ConfigureAwait(false);
            return to;
        },
        cancel);

    /// <summary>Parts as of the context's seal; null when the log has shown since what an earlier event depends on, so that only reading it again tells.</summary>
    /// <param name="context">The window's facts and rules.</param>
    /// <param name="parts">Which of <see cref="Parts"/>.</param>
    /// <param name="progress">Told the share of the work done, in thousandths.</param>
    /// <param name="cancel">Stops it.</param>
    public Task<IReadOnlyDictionary<int, SheetMerge>?> FoldPartsAsync(FoldContext context, WindowParts parts, IProgress<int>? progress, CancellationToken cancel) => InTurnAsync<IReadOnlyDictionary<int, SheetMerge>?>(
        async () =>
        {
            await FeedInTurnAsync(context.SealedAt, cancel).ConfigureAwait(false);
            lock (_unknownRefunds)
            {
                if (_unknownRefunds.Any(refund => refund.Key < context.SealedAt && context.Retractions.KnowsTip(refund.Value, context.SealedAt))) return null;
            }

            Dictionary<int, SheetMerge> sheets = parts.Numbers.ToDictionary(part => part, _ => new SheetMerge(context));
            int[] shards = parts.Shards(_kept.Shards);
            int done = 0;
            ShardFold fold = new(new JudgePool(context), context.Directory.Names.Count, context.SealedAt, (shard, totals) =>
            {
                sheets[parts.PartOf(shard)].Add(totals);
                progress?.Report(++done * 1000 / shards.Length);
            });
            await _shards.FoldAsync(_feed, shards, fold, cancel).ConfigureAwait(false);
            return sheets;
        },
        cancel);

    /// <summary>What an account did before a position.</summary>
    public Task<IReadOnlyList<ShardEvent>> ActivityAsync(int account, long before, CancellationToken cancel) => InTurnAsync(
        async () =>
        {
            await FeedInTurnAsync(before, CancellationToken.None).ConfigureAwait(false); // short, and a question that is given up must not tear it
            return await _shards.CollectAsync(account, before, TellWithin, cancel).ConfigureAwait(false);
        },
        cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        _isSpent = true;
        _turn.Release();
        await _shards.DisposeAsync().ConfigureAwait(false);
        _kept.Dispose();
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> act, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isSpent, this);
            return await act().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || _shards.IsTorn)
        {
            _isSpent = true;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task FeedInTurnAsync(long to, CancellationToken cancel)
    {
        do
        {
            long step = Math.Max(FedTo, Math.Min(to, FedTo + _options.PositionsPerFeeding));
            await _shards.FeedAsync(_feed, step, Hold, null, cancel).ConfigureAwait(false);
            if (_sinceCount >= _options.EventsPerPart) await KeepAsync(cancel).ConfigureAwait(false);
        }
        while (FedTo < to);
    }

    private void Hold(int shard, EventSlice slice)
    {
        _since[shard].Add(slice);
        _sinceCount += slice.Count;
    }

    private void Note(RecordedEvent refund)
    {
        lock (_unknownRefunds) _unknownRefunds[refund.Position] = (TipRefunded)refund.Payload;
    }

    private async Task KeepAsync(CancellationToken cancel)
    {
        long[] refunds;
        lock (_unknownRefunds) refunds = [.. _unknownRefunds.Keys.Where(position => position >= _kept.To)];
        await _kept.AppendAsync(_log, FedTo, _since, refunds, cancel).ConfigureAwait(false);
        _shards.Keep(_kept.Parts);
        foreach (List<EventSlice> slices in _since) slices.Clear();
        _sinceCount = 0;
        _feed.Forget(); // the shards let go of what they hold when they come to it
    }
}

/// <summary>How open windows are kept up with the log; no result depends on it.</summary>
public sealed record LiveOptions
{
    /// <summary>Shards of a window, a power of two.</summary>
    public int Shards { get; init; } = 256;

    /// <summary>Events after which a part is added to a window's snapshot: 16 bytes each are held in memory until then, and read again from the log after a restart.</summary>
    public int EventsPerPart { get; init; } = 1 << 20;

    /// <summary>Positions of the log that are read at once.</summary>
    public int PositionsPerFeeding { get; init; } = 1 << 20;

    /// <summary>Events that are partitioned together: what one worker reads at a time.</summary>
    public int EventsPerGroup { get; init; } = 1 << 17;

    /// <summary>Called by a shard before each message; fault tests make it throw.</summary>
    internal Action<int>? BeforeChunk { get; init; }
}
