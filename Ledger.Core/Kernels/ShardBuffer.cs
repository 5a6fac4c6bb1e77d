using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ledger.Core.Kernels;

/// <summary>One shard's activity of a window, folded account by account.</summary>
/// <remarks>Slices are handed over, never changed afterwards, so a snapshot of the shard is the list of its slices.</remarks>
public sealed class ShardBuffer
{
    private readonly List<EventSlice> _slices = [];
    private readonly int _shard;
    private readonly int _shardsShift;

    /// <param name="shard">Which shard, from 0.</param>
    /// <param name="shards">How many there are: a power of two.</param>
    public ShardBuffer(int shard, int shards)
    {
        if (!BitOperations.IsPow2(shards)) throw new ArgumentOutOfRangeException(nameof(shards), "the number of shards is a power of two");
        _shard = shard;
        _shardsShift = BitOperations.Log2((uint)shards);
    }

    /// <summary>Entries held: events, and values of their own.</summary>
    public int Count { get; private set; }

    /// <summary>The slices so far: the shard's snapshot.</summary>
    public IReadOnlyList<EventSlice> Slices => _slices;

    /// <summary>Takes the next slice.</summary>
    public void Add(EventSlice slice)
    {
        _slices.Add(slice);
        Count += slice.Count;
    }

    /// <summary>Lets go of every slice.</summary>
    public void Clear()
    {
        _slices.Clear();
        Count = 0;
    }

    /// <summary>Appends one account's events, whole, in log order.</summary>
    public void Collect(int account, EventFrame frame, List<ShardEvent> to)
    {
        int local = account >> _shardsShift;
        foreach (EventSlice slice in _slices)
        {
            for (int i = 0; i < slice.Count; i++)
            {
                if (slice.Events[i].Local == local && !slice.Events[i].IsValue) to.Add(PackedEvent.At(slice.Events, i, account, frame));
            }
        }
    }

    /// <summary>Judges everything held. The buffer may be folded again and gives the same.</summary>
    /// <param name="judge">A judge of the window that nobody else uses meanwhile.</param>
    /// <param name="names">Names of the log: one more than the largest ordinal.</param>
    /// <param name="frame">What the events are relative to.</param>
    /// <param name="counts">Whether the totals are to tell what was judged, for <see cref="ControlCounts"/>.</param>
    public ShardTotals Fold(AccountJudge judge, int names, EventFrame frame, bool counts = false)
    {
        ShardTotals totals = new();
        int locals = (names >> _shardsShift) + 1;
        int[] ends = ArrayPool<int>.Shared.Rent(locals);
        PackedEvent[] sorted = ArrayPool<PackedEvent>.Shared.Rent(Count);
        SortByAccount(ends.AsSpan(0, locals), sorted);
        int start = 0;
        for (int local = 0; local < locals; local++)
        {
            int end = ends[local];
            ReadOnlySpan<PackedEvent> mine = sorted.AsSpan(start..end);
            start = end;
            if (mine.IsEmpty) continue;
            int account = (local << _shardsShift) | _shard;
            judge.Expect(((local + 1) << _shardsShift) | _shard);
            judge.Judge(account, mine, frame, totals);
            if (counts) totals.NoteJudged(account, mine, frame);
        }

        judge.Finish(totals);
        ArrayPool<PackedEvent>.Shared.Return(sorted);
        ArrayPool<int>.Shared.Return(ends);
        return totals;
    }

    /// <summary>A counting sort, which is stable: within an account the log's order stays. Leaves behind where each account ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortByAccount(Span<int> next, Span<PackedEvent> sorted)
    {
        next.Clear();
        ref int counts = ref MemoryMarshal.GetReference(next);
        ref PackedEvent to = ref MemoryMarshal.GetReference(sorted);
        unchecked
        {
            // Accounts of the shard's own, so within the counts. Slices lie far apart: as one is counted the next is asked for.
            for (int slice = 0; slice < _slices.Count; slice++)
            {
                ReadOnlySpan<PackedEvent> events = _slices[slice].Events;
                ReadOnlySpan<PackedEvent> ahead = slice + 1 < _slices.Count ? _slices[slice + 1].Events : default;
                for (int i = 0; i < events.Length; i++) Unsafe.Add(ref counts, (nint)events[i].Local)++;
                for (int i = 0; i < ahead.Length; i += PackedEvent.PerCacheLine) Prefetch.Far(in ahead[i]);
            }

            int start = 0;
            foreach (ref int count in next) (count, start) = (start, start + count);
            foreach (EventSlice slice in _slices)
            {
                foreach (ref readonly PackedEvent e in slice.Events)
                {
                    ref int at = ref Unsafe.Add(ref counts, (nint)e.Local);
                    ref PackedEvent place = ref Unsafe.Add(ref to, (nint)at);
                    Prefetch.Far(in Unsafe.Add(ref place, PackedEvent.PerCacheLine));
                    place = e;
                    at++;
                }
            }
        }
    }
}
