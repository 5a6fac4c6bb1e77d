using System.Threading.Channels;
using Akka.Actor;
using Ledger.Core.Contributions;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>One shard of a window: keeps its accounts' activity in columns and judges it at the end.</summary>
/// <remarks>
/// Holds nothing that is not in the log: after a crash the supervisor restarts it, it takes up its last snapshot,
/// and asks to be fed from that snapshot's position.
/// </remarks>
internal sealed class ShardActor : ReceiveActor
{
    private const int ChunksPerSnapshot = 16;

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
        ShardSnapshots.Snapshot snapshot = _setup.Snapshots.Load(_shard, _setup.FromPosition);
        foreach (EventChunk chunk in snapshot.Chunks) _buffer.Add(chunk);
        _epoch = _setup.Snapshots.NextEpoch(_shard);
        Signal(new ShardReady(_shard, _epoch, snapshot.NextPosition));
    }

    private void Take(ShardChunk chunk)
    {
        _setup.BeforeChunk?.Invoke(_shard);
        _buffer.Add(chunk.Events);
        if (chunk.Events.IsFull && _buffer.Chunks.Count % ChunksPerSnapshot == 0)
            _setup.Snapshots.Save(_shard, _buffer.Chunks);
    }

    private void Fold()
    {
        _setup.BeforeChunk?.Invoke(_shard);
        Signal(new ShardFolded(_shard, _epoch, _buffer.Fold(_setup.Context), _buffer.Chunks));
    }

    // The channel is unbounded and holds a few signals per shard, so this never fails while the fold runs.
    private void Signal(ShardSignal signal) => _setup.Signals.TryWrite(signal);
}

/// <summary>What every shard of a fold shares.</summary>
/// <param name="Context">The window's facts and rules.</param>
/// <param name="Shards">How many shards the window has.</param>
/// <param name="FromPosition">Where the window's events start.</param>
/// <param name="Snapshots">Where shards leave their state.</param>
/// <param name="Signals">To the feeder.</param>
/// <param name="BeforeChunk">Called before each message is handled; fault tests make it throw.</param>
internal sealed record ShardSetup(
    FoldContext Context, int Shards, long FromPosition, ShardSnapshots Snapshots, ChannelWriter<ShardSignal> Signals, Action<int>? BeforeChunk);
