using System.Threading.Channels;
using Akka.Actor;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>One shard of a window: keeps its accounts' activity and judges it at the end.</summary>
/// <remarks>
/// Holds nothing that is not in the log: after a crash the supervisor restarts it, it takes up its last snapshot,
/// and asks to be fed from that snapshot's position.
/// </remarks>
internal sealed class ShardActor : ReceiveActor
{
    private const int SlicesPerSnapshot = 16;

    private readonly ShardSetup _setup;
    private readonly int _shard;
    private readonly ShardBuffer _buffer;
    private int _epoch;

    public ShardActor(ShardSetup setup, int shard)
    {
        _setup = setup;
        _shard = shard;
        _buffer = new ShardBuffer(shard, setup.Shards);
        Receive<ShardChunk>(chunk => chunk.Epoch == _epoch, Take);
        Receive<FoldShard>(fold => fold.Epoch == _epoch, _ => Fold());
        Receive<ShardChunk>(_ => { });
        Receive<FoldShard>(_ => { });
    }

    protected override void PreStart()
    {
        ShardSnapshots.Snapshot snapshot = _setup.Snapshots.Load(_shard, _setup.Frame.OpenedAt);
        foreach (EventSlice slice in snapshot.Slices) _buffer.Add(slice);
        _epoch = _setup.Snapshots.NextEpoch(_shard);
        Signal(new ShardReady(_shard, _epoch, snapshot.NextPosition));
    }

    private void Take(ShardChunk chunk)
    {
        _setup.BeforeChunk?.Invoke(_shard);
        _buffer.Add(chunk.Events);
        if (_buffer.Slices.Count % SlicesPerSnapshot == 0)
            _setup.Snapshots.Save(_shard, _buffer.Slices, chunk.Events.Events[^1].PositionIn(_setup.Frame) + 1);
    }

    private void Fold()
    {
        _setup.BeforeChunk?.Invoke(_shard);
        AccountJudge judge = _setup.Judges.Rent();
        ShardTotals totals = _buffer.Fold(judge, _setup.Names, _setup.Frame);

        // A judge that threw may hold half a shard; only one that finished is used again.
        _setup.Judges.Return(judge);
        Signal(new ShardFolded(_shard, _epoch, totals));
    }

    // The channel is unbounded and holds a few signals per shard, so this never fails while the fold runs.
    private void Signal(ShardSignal signal) => _setup.Signals.Writer.TryWrite(signal);
}

/// <summary>What every shard of a pass shares.</summary>
/// <param name="Shards">How many shards the window has.</param>
/// <param name="Names">Names of the log when the fold began.</param>
/// <param name="Frame">What the shards' events are relative to.</param>
/// <param name="Judges">Judges to rent.</param>
/// <param name="Snapshots">Where shards leave their state.</param>
/// <param name="Signals">To the feeder.</param>
/// <param name="BeforeChunk">Called before each message is handled; fault tests make it throw.</param>
internal sealed record ShardSetup(
    int Shards, int Names, EventFrame Frame, JudgePool Judges, ShardSnapshots Snapshots, Channel<ShardSignal> Signals, Action<int>? BeforeChunk);
