using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using Ledger.Core.Events;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>Deals a stream of activity to shards, in chunks.</summary>
internal sealed class FeedBuffers(int shards)
{
    // Below this, waking a second thread costs more than it saves.
    private const int ParallelEventsMin = 2048;

    private readonly EventChunk?[] _open = new EventChunk?[shards];
    private readonly long[] _from = new long[shards];
    private readonly int[] _epochs = new int[shards];
    private readonly int _mask = BitOperations.IsPow2(shards) ? shards - 1 : throw new ArgumentOutOfRangeException(nameof(shards), "a power of two");

    private readonly ConcurrentBag<EventChunk> _free = [];

    /// <summary>Takes back a chunk that no actor holds any more, for the next pass: a window larger than memory is folded in the memory of one pass.</summary>
    public void Recycle(EventChunk chunk)
    {
        chunk.Clear();
        _free.Add(chunk);
    }

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

    /// <summary>Deals events out; a shard's chunk is sent when it is full. Even and odd shards are dealt side by side when there is enough to deal.</summary>
    public void Scatter(ActivityColumns events, Action<int, int, EventChunk> send)
    {
        if (shards == 1 || events.Count < ParallelEventsMin) Deal(events, send, 0, 0);
        else Parallel.Invoke(() => Deal(events, send, 1, 0), () => Deal(events, send, 1, 1));
    }

    /// <summary>Deals the events of shards whose number, masked with <paramref name="stripeMask"/>, is <paramref name="stripe"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Deal(ActivityColumns events, Action<int, int, EventChunk> send, int stripeMask, int stripe)
    {
        ReadOnlySpan<long> position = events.Position.AsSpan(0, events.Count);
        ReadOnlySpan<byte> kind = events.Kind.AsSpan(0, events.Count);
        ReadOnlySpan<int> account = events.Account.AsSpan(0, events.Count);
        ReadOnlySpan<int> target = events.Target.AsSpan(0, events.Count);
        ReadOnlySpan<long> value = events.Value.AsSpan(0, events.Count);
        ReadOnlySpan<long> occurredAtMs = events.OccurredAtMs.AsSpan(0, events.Count);
        for (int i = 0; i < position.Length; i++)
        {
            int shard = account[i] & _mask;
            if ((shard & stripeMask) != stripe || position[i] < _from[shard]) continue;
            EventChunk chunk = _open[shard] ??= _free.TryTake(out EventChunk? free) ? free : new EventChunk();
            chunk.Add(new ShardEvent(position[i], kind[i], account[i], target[i], value[i], occurredAtMs[i]));
            if (!chunk.IsFull) continue;
            _open[shard] = null;
            send(shard, _epochs[shard], chunk);
        }
    }

    /// <summary>Sends what is left.</summary>
    public void Flush(Action<int, int, EventChunk> send)
    {
        for (int shard = 0; shard < _open.Length; shard++)
        {
            if (_open[shard] is { } chunk) send(shard, _epochs[shard], chunk);
            _open[shard] = null;
        }
    }
}
