using System.Numerics;
using Ledger.Core.Contributions;
using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>One shard's activity of a window: full chunks of columns in log order, folded account by account.</summary>
/// <remarks>
/// Chunks are handed over, never changed afterwards, so a snapshot of the shard is the list of its chunks.
/// Accounts are dealt to shards by ordinal: shard = ordinal mod shards, and no result depends on it.
/// </remarks>
public sealed class ShardBuffer
{
    /// <summary>Events per chunk: small enough that many shards can each have one open.</summary>
    public const int ChunkEvents = 1 << ChunkShift;

    private const int ChunkShift = 11;

    private readonly List<ActivityColumns> _chunks = [];
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
    public IReadOnlyList<ActivityColumns> Chunks => _chunks;

    /// <summary>Takes the next chunk. All but the last are full.</summary>
    /// <exception cref="InvalidOperationException">A chunk came after one that was not full.</exception>
    public void Add(ActivityColumns chunk)
    {
        if (Count != _chunks.Count << ChunkShift) throw new InvalidOperationException("only a shard's last chunk may be partly filled");
        _chunks.Add(chunk);
        Count += chunk.Count;
    }

    /// <summary>Judges everything held. The buffer may be folded again and gives the same.</summary>
    public ShardTotals Fold(FoldContext context)
    {
        ShardTotals totals = new();
        (int[] starts, int[] order) = GroupByAccount();
        AccountJudge judge = new(context);
        ActivityColumns events = new(ChunkEvents);
        for (int local = 0; local + 1 < starts.Length; local++)
        {
            ReadOnlySpan<int> mine = order.AsSpan(starts[local]..starts[local + 1]);
            if (mine.IsEmpty) continue;
            Gather(mine, events);
            judge.Judge((local << _shardsShift) | _shard, events, totals);
        }

        return totals;
    }

    /// <summary>A counting sort, which is stable: within an account the log's order stays.</summary>
    private (int[] Starts, int[] Order) GroupByAccount()
    {
        int locals = 0;
        foreach (ActivityColumns chunk in _chunks)
        {
            foreach (int account in chunk.Account.AsSpan(0, chunk.Count)) locals = Math.Max(locals, (account >> _shardsShift) + 1);
        }

        int[] starts = new int[locals + 1];
        foreach (ActivityColumns chunk in _chunks)
        {
            foreach (int account in chunk.Account.AsSpan(0, chunk.Count)) starts[(account >> _shardsShift) + 1]++;
        }

        for (int local = 0; local < locals; local++) starts[local + 1] += starts[local];
        int[] next = starts[..locals];
        int[] order = new int[Count];
        int index = 0;
        foreach (ActivityColumns chunk in _chunks)
        {
            foreach (int account in chunk.Account.AsSpan(0, chunk.Count)) order[next[account >> _shardsShift]++] = index++;
        }

        return (starts, order);
    }

    private void Gather(ReadOnlySpan<int> indexes, ActivityColumns events)
    {
        events.SetCount(indexes.Length);
        Span<long> position = events.Position.AsSpan(0, indexes.Length);
        Span<byte> kind = events.Kind.AsSpan(0, indexes.Length);
        Span<int> target = events.Target.AsSpan(0, indexes.Length);
        Span<long> value = events.Value.AsSpan(0, indexes.Length);
        Span<long> occurredAtMs = events.OccurredAtMs.AsSpan(0, indexes.Length);
        for (int i = 0; i < indexes.Length; i++)
        {
            ActivityColumns chunk = _chunks[indexes[i] >> ChunkShift];
            int at = indexes[i] & (ChunkEvents - 1);
            position[i] = chunk.Position[at];
            kind[i] = chunk.Kind[at];
            target[i] = chunk.Target[at];
            value[i] = chunk.Value[at];
            occurredAtMs[i] = chunk.OccurredAtMs[at];
        }
    }
}
