using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using Ledger.Core.Contributions;

namespace Ledger.Core.Kernels;

/// <summary>One shard's activity of a window, folded account by account.</summary>
/// <remarks>
/// Chunks are handed over, never changed afterwards, so a snapshot of the shard is the list of its chunks.
/// Accounts are dealt to shards by ordinal: shard = ordinal mod shards, and no result depends on it.
/// </remarks>
public sealed class ShardBuffer
{
    private readonly List<EventChunk> _chunks = [];
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

    /// <summary>Events held.</summary>
    public int Count { get; private set; }

    /// <summary>The chunks so far: the shard's snapshot.</summary>
    public IReadOnlyList<EventChunk> Chunks => _chunks;

    /// <summary>Takes the next chunk.</summary>
    public void Add(EventChunk chunk)
    {
        _chunks.Add(chunk);
        Count += chunk.Count;
    }

    /// <summary>Judges everything held. The buffer may be folded again and gives the same.</summary>
    public ShardTotals Fold(FoldContext context)
    {
        ShardTotals totals = new();
        (int[] starts, ShardEvent[] sorted) = SortByAccount(context.Directory.Names.Count);
        AccountJudge judge = new(context);
        for (int local = 0; local + 1 < starts.Length; local++)
        {
            ReadOnlySpan<ShardEvent> mine = sorted.AsSpan(starts[local]..starts[local + 1]);
            if (!mine.IsEmpty) judge.Judge((local << _shardsShift) | _shard, mine, totals);
        }

        ArrayPool<ShardEvent>.Shared.Return(sorted);
        return totals;
    }

    /// <summary>A counting sort, which is stable: within an account the log's order stays. The sorted array is rented.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int[] Starts, ShardEvent[] Sorted) SortByAccount(int names)
    {
        int locals = (names >> _shardsShift) + 1;
        int[] starts = new int[locals + 1];
        foreach (EventChunk chunk in _chunks)
        {
            foreach (ref readonly ShardEvent e in chunk.Events) starts[(e.Account >> _shardsShift) + 1]++;
        }

        for (int local = 0; local < locals; local++) starts[local + 1] += starts[local];
        int[] next = starts[..locals];
        ShardEvent[] sorted = ArrayPool<ShardEvent>.Shared.Rent(Count);
        foreach (EventChunk chunk in _chunks)
        {
            foreach (ref readonly ShardEvent e in chunk.Events) sorted[next[e.Account >> _shardsShift]++] = e;
        }

        return (starts, sorted);
    }
}
