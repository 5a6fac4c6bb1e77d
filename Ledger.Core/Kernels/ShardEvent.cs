using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>One activity event as its judge sees it: everything that a verdict may depend on, at once.</summary>
/// <remarks>A fold moves events packed in 16 bytes (<see cref="PackedEvent"/>) and makes this of those that need a closer look.</remarks>
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
