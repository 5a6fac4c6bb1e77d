using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>Partitions activity by account: columns in, one array out in which every shard's events stand together and in log order.</summary>
/// <remarks>
/// A radix partition in two passes over what lies in cache: one packs and counts, one moves. Accounts are dealt by ordinal:
/// shard = ordinal mod shards, and no result depends on it. One instance serves one thread, one group of events after another.
/// </remarks>
public sealed class EventDealer
{
    // A bit of a word for each event; all of it stays in the first-level cache.
    private const int PieceEvents = 64;
    private const int Lanes = 8;

    private readonly EventFrame _frame;
    private readonly PackedEvent[] _piece = new PackedEvent[PieceEvents];
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
    public void Take(ActivityColumns events)
    {
        int count = events.Count;
        if (_packed.Length < _count + (2 * count)) Reserve(_count + (2 * count));
        for (int start = 0; start < count; start += PieceEvents)
        {
            int end = Math.Min(start + PieceEvents, count);
            int from = start;
            for (ulong odd = Pack(events, start, end); odd != 0; odd &= odd - 1)
            {
                int at = start + BitOperations.TrailingZeroCount(odd);
                Append(events, from, at, start);
                AppendOdd(events, at);
                from = at + 1;
            }

            Append(events, from, end, start);
        }
    }

    /// <summary>Packs a piece, eight events at a time.</summary>
    /// <returns>Those that do not fit, a bit each.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong Pack(ActivityColumns events, int start, int end)
    {
        // Columns of one length; what is left of eight is packed one by one.
        ref long position = ref MemoryMarshal.GetReference(events.Position.AsSpan(start, end - start));
        ref byte kind = ref MemoryMarshal.GetReference(events.Kind.AsSpan(start, end - start));
        ref int account = ref MemoryMarshal.GetReference(events.Account.AsSpan(start, end - start));
        ref int target = ref MemoryMarshal.GetReference(events.Target.AsSpan(start, end - start));
        ref long value = ref MemoryMarshal.GetReference(events.Value.AsSpan(start, end - start));
        ref long occurredAtMs = ref MemoryMarshal.GetReference(events.OccurredAtMs.AsSpan(start, end - start));
        ref PackedEvent piece = ref MemoryMarshal.GetArrayDataReference(_piece);
        Vector256<ulong> openedAt = Vector256.Create((ulong)_frame.OpenedAt), startMs = Vector256.Create((ulong)_frame.StartMs);
        ulong odd = 0;
        int i = 0;
        unchecked
        {
            for (; i + Lanes <= end - start; i += Lanes)
            {
                Vector128<ushort> kinds = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref kind, i))).AsByte());
                Vector256<uint> codes = Vector256.Create(Vector128.WidenLower(kinds), Vector128.WidenUpper(kinds));
                Vector256<uint> locals = Vector256.LoadUnsafe(ref account, (nuint)i).AsUInt32() >>> _shift;
                Vector256<uint> targets = Vector256.LoadUnsafe(ref target, (nuint)i).AsUInt32();
                (Vector256<uint> who, int half) = (PackedEvent.Who(codes, locals), i + (Lanes / 2));
                ulong lower = PackedEvent.Pack(
                    Vector256.WidenLower(who), Vector256.WidenLower(targets),
                    Vector256.LoadUnsafe(ref position, (nuint)i).AsUInt64() - openedAt,
                    Vector256.LoadUnsafe(ref occurredAtMs, (nuint)i).AsUInt64() - startMs,
                    Vector256.LoadUnsafe(ref value, (nuint)i).AsUInt64(), ref Unsafe.Add(ref piece, i));
                ulong upper = PackedEvent.Pack(
                    Vector256.WidenUpper(who), Vector256.WidenUpper(targets),
                    Vector256.LoadUnsafe(ref position, (nuint)half).AsUInt64() - openedAt,
                    Vector256.LoadUnsafe(ref occurredAtMs, (nuint)half).AsUInt64() - startMs,
                    Vector256.LoadUnsafe(ref value, (nuint)half).AsUInt64(), ref Unsafe.Add(ref piece, half));
                odd |= (lower | (upper << (Lanes / 2))) << i;
            }
        }

        return i == end - start ? odd : odd | (ulong.MaxValue >> (64 - (end - start)) & (ulong.MaxValue << i));
    }

    /// <summary>Appends packed events of a piece that fit, where their shards are fed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Append(ActivityColumns events, int from, int to, int start)
    {
        // Room for two entries an event was made sure of; shards are masked.
        ref long position = ref MemoryMarshal.GetArrayDataReference(events.Position);
        ref int account = ref MemoryMarshal.GetArrayDataReference(events.Account);
        ref PackedEvent piece = ref MemoryMarshal.GetArrayDataReference(_piece);
        ref PackedEvent packed = ref MemoryMarshal.GetArrayDataReference(_packed);
        ref ushort shardOf = ref MemoryMarshal.GetArrayDataReference(_shardOf);
        ref int counts = ref MemoryMarshal.GetArrayDataReference(_counts);
        ref long fedFrom = ref MemoryMarshal.GetArrayDataReference(_from);
        nint taken = _count;
        int mask = _mask;
        unchecked
        {
            for (nint i = from; i < to; i++)
            {
                int shard = Unsafe.Add(ref account, i) & mask;

                // No branch: which shards are fed is as good as random from event to event.
                int fed = Unsafe.Add(ref position, i) >= Unsafe.Add(ref fedFrom, (nint)shard) ? 1 : 0;
                Unsafe.Add(ref packed, taken) = Unsafe.Add(ref piece, i - start);
                Unsafe.Add(ref shardOf, taken) = (ushort)shard;
                Unsafe.Add(ref counts, (nint)shard) += fed;
                taken += fed;
            }
        }

        _count = (int)taken;
    }

    /// <summary>Appends an event whose value follows, or that lies in the frame.</summary>
    private void AppendOdd(ActivityColumns events, int index)
    {
        int shard = events.Account[index] & _mask;
        if (events.Position[index] < _from[shard]) return;
        uint local = (uint)(events.Account[index] >> _shift);
        (long at, long timeMs, long value) = (events.Position[index] - _frame.OpenedAt, events.OccurredAtMs[index] - _frame.StartMs, events.Value[index]);
        if (!PackedEvent.Fits(at, timeMs))
        {
            Append(shard, PackedEvent.OfWide(local, _frame.AddWide(ShardEvent.From(events, index))));
            return;
        }

        Append(shard, new PackedEvent(local, events.Kind[index], events.Target[index], (uint)at, (int)timeMs, value));
        if (!PackedEvent.Fits(value)) Append(shard, PackedEvent.OfValue(local, (uint)at, value));
    }

    private void Append(int shard, PackedEvent entry)
    {
        (_packed[_count], _shardOf[_count]) = (entry, (ushort)shard);
        _counts[shard]++;
        _count++;
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
}
