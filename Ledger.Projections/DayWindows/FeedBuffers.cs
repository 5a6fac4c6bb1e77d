using System.Numerics;
using Ledger.Core.Events;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>Deals a stream of activity to shards, in chunks.</summary>
internal sealed class FeedBuffers(int shards)
{
    private readonly ActivityColumns?[] _open = new ActivityColumns?[shards];
    private readonly long[] _from = new long[shards];
    private readonly int[] _epochs = new int[shards];
    private readonly int _mask = BitOperations.IsPow2(shards) ? shards - 1 : throw new ArgumentOutOfRangeException(nameof(shards), "a power of two");

    /// <summary>Scratch for a block whose rows and columns are merged.</summary>
    public ActivityColumns Merged { get; } = new();

    /// <summary>Feeds these shards, each from its own position; others are passed over.</summary>
    public void Begin(IEnumerable<ShardReady> hungry)
    {
        Array.Fill(_from, long.MaxValue);
        Array.Clear(_open);
        foreach (ShardReady ready in hungry)
        {
            _from[ready.Shard] = ready.FromPosition;
            _epochs[ready.Shard] = ready.Epoch;
        }
    }

    /// <summary>Deals events out; a shard's chunk is sent when it is full.</summary>
    public void Scatter(ActivityColumns events, Action<int, int, ActivityColumns> send)
    {
        ReadOnlySpan<long> position = events.Position.AsSpan(0, events.Count);
        ReadOnlySpan<int> account = events.Account.AsSpan(0, events.Count);
        for (int i = 0; i < position.Length; i++)
        {
            int shard = account[i] & _mask;
            if (position[i] < _from[shard]) continue;
            ActivityColumns chunk = _open[shard] ??= new ActivityColumns(ShardBuffer.ChunkEvents);
            chunk.AddFrom(events, i);
            if (chunk.Count < ShardBuffer.ChunkEvents) continue;
            _open[shard] = null;
            send(shard, _epochs[shard], chunk);
        }
    }

    /// <summary>Sends what is left.</summary>
    public void Flush(Action<int, int, ActivityColumns> send)
    {
        for (int shard = 0; shard < _open.Length; shard++)
        {
            if (_open[shard] is { } chunk) send(shard, _epochs[shard], chunk);
            _open[shard] = null;
        }
    }
}
