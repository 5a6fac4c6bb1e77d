using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
    public void FeedFrom(long[] fromByShard)
    {
        if (fromByShard.Length != _counts.Length) throw new ArgumentException($"{fromByShard.Length} positions for {_counts.Length} shards", nameof(fromByShard));
        _from = fromByShard;
    }

    /// <summary>Takes the next events of the group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(ActivityColumns events)
    {
        int count = events.Count;
        if (_packed.Length < _count + (2 * count)) Reserve(_count + (2 * count));

        // Columns of one length and room for two entries an event, both made sure of above; shards are masked.
        ref long position = ref MemoryMarshal.GetReference(events.Position.AsSpan(0, count));
        ref byte kind = ref MemoryMarshal.GetReference(events.Kind.AsSpan(0, count));
        ref int account = ref MemoryMarshal.GetReference(events.Account.AsSpan(0, count));
        ref int target = ref MemoryMarshal.GetReference(events.Target.AsSpan(0, count));
        ref long value = ref MemoryMarshal.GetReference(events.Value.AsSpan(0, count));
        ref long occurredAtMs = ref MemoryMarshal.GetReference(events.OccurredAtMs.AsSpan(0, count));
        ref PackedEvent packed = ref MemoryMarshal.GetReference(_packed.AsSpan(_count));
        ref ushort shardOf = ref MemoryMarshal.GetReference(_shardOf.AsSpan(_count));
        ref int counts = ref MemoryMarshal.GetArrayDataReference(_counts);
        ref long from = ref MemoryMarshal.GetArrayDataReference(_from);
        (int mask, int shift, long openedAt, long startMs) = (_mask, _shift, _frame.OpenedAt, _frame.StartMs);
        int taken = 0;
        unchecked
        {
            for (nint i = 0; i < count; i++)
            {
                int shard = Unsafe.Add(ref account, i) & mask;
                uint local = (uint)(Unsafe.Add(ref account, i) >> shift);
                long place = Unsafe.Add(ref position, i);
                long at = place - openedAt;
                long timeMs = Unsafe.Add(ref occurredAtMs, i) - startMs;
                long worth = Unsafe.Add(ref value, i);

                // No branch: which shards are fed is as good as random from event to event.
                int fed = place >= Unsafe.Add(ref from, shard) ? 1 : 0;
                Unsafe.Add(ref packed, taken) = new PackedEvent(local, Unsafe.Add(ref kind, i), Unsafe.Add(ref target, i), (uint)at, (int)timeMs, worth);
                Unsafe.Add(ref shardOf, taken) = (ushort)shard;
                Unsafe.Add(ref counts, shard) += fed;
                taken += fed;
                if (PackedEvent.Fits(worth) & PackedEvent.Fits(at, timeMs) || fed == 0) continue;
                if (!PackedEvent.Fits(at, timeMs))
                {
                    Unsafe.Add(ref packed, taken - 1) = Wide(events, (int)i, local);
                    continue;
                }

                Unsafe.Add(ref packed, taken) = PackedEvent.OfValue(local, (uint)at, worth);
                Unsafe.Add(ref shardOf, taken) = (ushort)shard;
                Unsafe.Add(ref counts, shard)++;
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
        if (room.Count < _count) throw new ArgumentException($"room for {room.Count} entries, {_count} are needed", nameof(rent));
        int[] starts = new int[_counts.Length + 1];
        starts[0] = room.Offset;
        for (int shard = 0; shard < _counts.Length; shard++) starts[shard + 1] = starts[shard] + _counts[shard];
        int[] next = _counts;
        starts.AsSpan(0, next.Length).CopyTo(next);

        // The entries counted above, so each lands within the room.
        ref PackedEvent dealt = ref MemoryMarshal.GetArrayDataReference(room.Array!);
        ref PackedEvent packed = ref MemoryMarshal.GetArrayDataReference(_packed);
        ref ushort shardOf = ref MemoryMarshal.GetArrayDataReference(_shardOf);
        ref int to = ref MemoryMarshal.GetArrayDataReference(next);
        for (nint i = 0; i < _count; i++)
        {
            ref int at = ref Unsafe.Add(ref to, Unsafe.Add(ref shardOf, i));
            ref PackedEvent place = ref Unsafe.Add(ref dealt, at);
            Prefetch.Near(in Unsafe.Add(ref place, PackedEvent.PerCacheLine));
            place = Unsafe.Add(ref packed, i);
            at = unchecked(at + 1);
        }

        _counts.AsSpan().Clear();
        _count = 0;
        return (room.Array!, starts);
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
