using System.Numerics;
using System.Runtime.CompilerServices;
using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>Partitions activity by account: columns in, one array out in which every shard's events stand together and in log order.</summary>
/// <remarks>
/// A radix partition in two passes over what lies in cache: one packs and counts, one moves. Accounts are dealt by ordinal:
/// shard = ordinal mod shards, and no result depends on it. One instance serves one thread, one group of events after another.
/// </remarks>
public sealed class EventDealer
{
    private readonly EventFrame _frame;
    private readonly int _mask;
    private readonly int _shift;
    private readonly int[] _counts;
    private long[] _from;
    private PackedEvent[] _packed = [];
    private ushort[] _shardOf = [];
    private int _count;

    /// <param name="shards">A power of two, at most 65,536.</param>
    /// <param name="names">Names of the log: one more than the largest ordinal.</param>
    /// <param name="frame">The window's.</param>
    public EventDealer(int shards, int names, EventFrame frame)
    {
        if (!BitOperations.IsPow2(shards) || shards > ushort.MaxValue + 1) throw new ArgumentOutOfRangeException(nameof(shards), "a power of two, at most 65,536");
        _frame = frame;
        _mask = shards - 1;
        _shift = BitOperations.Log2((uint)shards);
        if (names >> _shift >= PackedEvent.LocalsMax) throw new ArgumentOutOfRangeException(nameof(shards), $"{names} names are too many for {shards} shards");
        _counts = new int[shards];
        _from = new long[shards];
    }

    /// <summary>Where each shard's feeding starts; events before are passed over. <see cref="long.MaxValue"/> passes a shard over altogether.</summary>
    public void FeedFrom(long[] fromByShard) => _from = fromByShard;

    /// <summary>Takes the next events of the group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(ActivityColumns events)
    {
        int count = events.Count;
        if (_packed.Length < _count + (2 * count)) Reserve(_count + (2 * count));

        ReadOnlySpan<long> position = events.Position.AsSpan(0, count);
        ReadOnlySpan<byte> kind = events.Kind.AsSpan(0, count);
        ReadOnlySpan<int> account = events.Account.AsSpan(0, count);
        ReadOnlySpan<int> target = events.Target.AsSpan(0, count);
        ReadOnlySpan<long> value = events.Value.AsSpan(0, count);
        ReadOnlySpan<long> occurredAtMs = events.OccurredAtMs.AsSpan(0, count);
        Span<PackedEvent> packed = _packed.AsSpan(_count);
        Span<ushort> shardOf = _shardOf.AsSpan(_count);
        int[] counts = _counts;
        long[] from = _from;
        (int mask, int shift, long openedAt, long startMs) = (_mask, _shift, _frame.OpenedAt, _frame.StartMs);
        int taken = 0;
        unchecked
        {
            for (int i = 0; i < position.Length; i++)
            {
                int shard = account[i] & mask;
                uint local = (uint)(account[i] >> shift);
                long at = position[i] - openedAt;
                long timeMs = occurredAtMs[i] - startMs;

                // No branch: which shards are fed is as good as random from event to event.
                int fed = position[i] >= from[shard] ? 1 : 0;
                packed[taken] = new PackedEvent(local, kind[i], target[i], (uint)at, (int)timeMs, value[i]);
                shardOf[taken] = (ushort)shard;
                counts[shard] += fed;
                taken += fed;
                if (PackedEvent.Fits(value[i]) & PackedEvent.Fits(at, timeMs) || fed == 0) continue;
                if (!PackedEvent.Fits(at, timeMs))
                {
                    packed[taken - 1] = Wide(events, i, local);
                    continue;
                }

                packed[taken] = PackedEvent.OfValue(local, (uint)at, value[i]);
                shardOf[taken] = (ushort)shard;
                counts[shard]++;
                taken++;
            }
        }

        _count += taken;
    }

    /// <summary>Ends the group: its entries by shard, and where in the array each shard's begin.</summary>
    /// <param name="rent">Gives room for at least so many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (PackedEvent[] Events, int[] Starts) Deal(Func<int, ArraySegment<PackedEvent>> rent)
    {
        ArraySegment<PackedEvent> room = rent(_count);
        int[] starts = new int[_counts.Length + 1];
        starts[0] = room.Offset;
        for (int shard = 0; shard < _counts.Length; shard++) starts[shard + 1] = starts[shard] + _counts[shard];
        int[] next = _counts;
        starts.AsSpan(0, next.Length).CopyTo(next);
        PackedEvent[] dealt = room.Array!;
        ReadOnlySpan<PackedEvent> packed = _packed.AsSpan(0, _count);
        ReadOnlySpan<ushort> shardOf = _shardOf.AsSpan(0, _count);
        for (int i = 0; i < packed.Length && i < shardOf.Length; i++) dealt[next[shardOf[i]]++] = packed[i];
        _counts.AsSpan().Clear();
        _count = 0;
        return (dealt, starts);
    }

    // Not cleared, and in few steps: a page of new memory is dear, and what is never used is never touched.
    private void Reserve(int entries)
    {
        int capacity = Math.Max(entries, (int)Math.Min(_packed.Length * 4L, Array.MaxLength));
        PackedEvent[] packed = GC.AllocateUninitializedArray<PackedEvent>(capacity);
        ushort[] shardOf = GC.AllocateUninitializedArray<ushort>(capacity);
        _packed.AsSpan(0, _count).CopyTo(packed);
        _shardOf.AsSpan(0, _count).CopyTo(shardOf);
        (_packed, _shardOf) = (packed, shardOf);
    }

    private PackedEvent Wide(ActivityColumns events, int index, uint local) => PackedEvent.OfWide(local, _frame.AddWide(ShardEvent.From(events, index)));
}
