using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>One activity event inside a shard: 32 bytes, so that dealing it to a shard and sorting it to its account each touch one cache line.</summary>
/// <remarks>Columns are how activity comes in and how totals go out; between the two every field of an event is needed at once.</remarks>
public readonly struct ShardEvent
{
    // Kind in the top byte: positions stay below 2^56.
    private readonly ulong _kindAndPosition;

    public ShardEvent(long position, byte kind, int account, int target, long value, long occurredAtMs)
    {
        _kindAndPosition = ((ulong)kind << 56) | (ulong)position;
        Account = account;
        Target = target;
        Value = value;
        OccurredAtMs = occurredAtMs;
    }

    /// <summary>Place in the log.</summary>
    public long Position => (long)(_kindAndPosition & 0x00ff_ffff_ffff_ffff);

    public EventKind Kind => (EventKind)(byte)(_kindAndPosition >> 56);

    /// <summary>Who did it, as an ordinal.</summary>
    public int Account { get; }

    /// <summary>What it acts on, as an ordinal, or −1.</summary>
    public int Target { get; }

    /// <summary>See <see cref="ActivityColumns.Value"/>.</summary>
    public long Value { get; }

    public long OccurredAtMs { get; }

    /// <summary>Entry <paramref name="index"/> of columns.</summary>
    public static ShardEvent From(ActivityColumns columns, int index) => new(
        columns.Position[index], columns.Kind[index], columns.Account[index], columns.Target[index], columns.Value[index], columns.OccurredAtMs[index]);
}

/// <summary>A run of a shard's events in log order; handed over once and not changed while a fold holds it.</summary>
public sealed class EventChunk
{
    /// <summary>Events of a full chunk.</summary>
    public const int Capacity = 2048;

    // Pinned, so that the collector does not copy what lives as long as the fold; not cleared, because Count says what is written.
    private readonly ShardEvent[] _events = GC.AllocateUninitializedArray<ShardEvent>(Capacity, pinned: true);

    /// <summary>Events held.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    public ReadOnlySpan<ShardEvent> Events => _events.AsSpan(0, Count);

    public void Add(in ShardEvent e) => _events[Count++] = e;

    /// <summary>Forgets its events, so that it can be filled again. Only for a chunk that nobody else holds any more.</summary>
    public void Clear() => Count = 0;
}
