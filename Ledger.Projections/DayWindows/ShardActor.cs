using System.Threading.Channels;
using Akka.Actor;
using Ledger.Core.Kernels;
using Ledger.Projections.DayWindows.Live;

namespace Ledger.Projections.DayWindows;

/// <summary>One shard of a window: keeps its accounts' activity and judges it when asked.</summary>
/// <remarks>
/// Holds nothing that is not in the log: after a crash the supervisor restarts it, it takes up its last snapshot,
/// and asks to be fed from that snapshot's position.
/// </remarks>
internal sealed class ShardActor : UntypedActor
{
    private readonly ShardSetup _setup;
    private readonly int _shard;
    private readonly ShardBuffer _buffer;
    private int _keptParts;
    private int _unsaved; // slices since the last snapshot
    private int _epoch;

    public ShardActor(ShardSetup setup, int shard)
    {
        _setup = setup;
        _shard = shard;
        _buffer = new ShardBuffer(shard, setup.Shards);
    }

    protected override void OnReceive(object message)
    {
        if (message is not ShardOrder order || order.Epoch != _epoch) return;
        switch (order)
        {
            case ShardChunk chunk:
                Take(chunk);
                break;
            case FoldShard fold:
                Fold(fold.Fold);
                break;
            case ShardKept kept:
                LetGo(kept);
                break;
            case CollectAccount collect:
                Collect(collect);
                break;
        }
    }

    protected override void PreStart()
    {
        ShardSnapshots.Snapshot snapshot = _setup.Snapshots.Load(_shard);
        _keptParts = snapshot.KeptParts;
        foreach (EventSlice slice in snapshot.Slices) _buffer.Add(slice);
        _epoch = _setup.Snapshots.NextEpoch(_shard);
        Signal(new ShardReady(_shard, _epoch, snapshot.NextPosition, Self));
    }

    private void Take(ShardChunk chunk)
    {
        _setup.BeforeChunk?.Invoke(_shard);
        foreach (EventSlice slice in chunk.Slices) _buffer.Add(slice);
        _unsaved += chunk.Slices.Length;
        if (_unsaved >= ShardChunk.SlicesMax) Save(chunk.Slices[^1].Events[^1].PositionIn(_setup.Frame) + 1);
    }

    private void LetGo(ShardKept kept)
    {
        _keptParts = kept.Parts;
        _buffer.Clear();
        Save(kept.NextPosition);
    }

    private void Fold(ShardFold fold)
    {
        _setup.BeforeChunk?.Invoke(_shard);
        using KeptActivity.Reading? kept = _setup.Kept?.Read(_shard, _keptParts);
        AccountJudge judge = fold.Judges.Rent();
        ShardTotals totals = Before(fold.Before, kept).Fold(judge, fold.Names, _setup.Frame, fold.Counts);

        // A judge that threw may hold half a shard; only one that finished is used again.
        fold.Judges.Return(judge);
        try
        {
            fold.Take(_shard, totals);
            Signal(new ShardFolded(_shard, _epoch, fold));
        }
        catch (Exception e)
        {
            // Half added cannot be taken back: the fold ends, where a restart would leave out the other half.
            Signal(new ShardLost(_shard, $"cannot be added: {e.Message}"));
        }
    }

    /// <summary>A question is no reason to restart: whoever asked is told what is wrong.</summary>
    private void Collect(CollectAccount order)
    {
        try
        {
            using KeptActivity.Reading? kept = _setup.Kept?.Read(_shard, _keptParts);
            List<ShardEvent> events = [];
            Before(order.Before, kept).Collect(order.Account, _setup.Frame, events);
            Sender.Tell(new AccountCollected(events, null));
        }
        catch (Exception e)
        {
            Sender.Tell(new AccountCollected(null, e));
        }
    }

    private ShardBuffer Before(long position, KeptActivity.Reading? kept)
    {
        // All of it, as at every close of a window that was read for it.
        if (kept is null && (_buffer.Count == 0 || _buffer.Slices[^1].Events[^1].PositionIn(_setup.Frame) < position)) return _buffer;
        ShardBuffer before = new(_shard, _setup.Shards);
        foreach (EventSlice slice in kept?.Slices ?? []) before.Add(slice.Before(position, _setup.Frame));
        foreach (EventSlice slice in _buffer.Slices) before.Add(slice.Before(position, _setup.Frame));
        return before;
    }

    private void Save(long nextPosition)
    {
        _setup.Snapshots.Save(_shard, new ShardSnapshots.Snapshot(_keptParts, [.. _buffer.Slices], nextPosition));
        _unsaved = 0;
    }

    // The channel is unbounded and holds a few signals per shard, so this never fails while the window's shards live.
    private void Signal(ShardSignal signal) => _setup.Signals.Writer.TryWrite(signal);
}

/// <summary>What the shards of a window share.</summary>
/// <param name="Shards">How many shards the window has.</param>
/// <param name="Frame">What the shards' events are relative to.</param>
/// <param name="First">Every shard's snapshot at first.</param>
/// <param name="BeforeChunk">Called before each message is handled; fault tests make it throw.</param>
/// <param name="Kept">What is kept of them outside; null when nothing ever is.</param>
internal sealed record ShardSetup(
    int Shards, EventFrame Frame, ShardSnapshots.Snapshot First, Action<int>? BeforeChunk, KeptActivity? Kept)
{
    /// <summary>Where shards leave their state.</summary>
    public ShardSnapshots Snapshots { get; } = new(First);

    /// <summary>To the feeder.</summary>
    public Channel<ShardSignal> Signals { get; } = Channel.CreateUnbounded<ShardSignal>(new UnboundedChannelOptions { SingleReader = true });
}
