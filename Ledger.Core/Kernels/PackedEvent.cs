using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>One activity event on its way from columns to its account's judge: 24 bytes, so that dealing and sorting it touch one cache line.</summary>
/// <remarks>
/// Position and time are relative to a <see cref="EventFrame"/>. The account is the number within its shard. What does not fit
/// (a time weeks off the window's day, a position four billion after its opening) lies in the frame, under a kind of its own.
/// </remarks>
public readonly struct PackedEvent
{
    /// <summary>Most accounts of one shard.</summary>
    public const int LocalsMax = 1 << (32 - KindBits);

    private const int KindBits = 5;
    private const uint KindMask = (1 << KindBits) - 1;
    private const uint WideKind = KindMask;

    private readonly uint _accountAndKind;
    private readonly uint _position;
    private readonly int _timeMs;

    public PackedEvent(uint local, byte kind, int target, uint position, int timeMs, long value)
    {
        _accountAndKind = (local << KindBits) | kind;
        Target = target;
        _position = position;
        _timeMs = timeMs;
        Value = value;
    }

    /// <summary>The account's number within its shard.</summary>
    public int Local => (int)(_accountAndKind >> KindBits);

    /// <summary>The kind's code; 31 for an event that lies in the frame.</summary>
    public int KindCode => (int)(_accountAndKind & KindMask);

    /// <summary>What it acts on, as an ordinal, or −1.</summary>
    public int Target { get; }

    /// <summary>Milliseconds after the window's start.</summary>
    public int TimeMs => _timeMs;

    /// <summary>See <see cref="ActivityColumns.Value"/>.</summary>
    public long Value { get; }

    /// <summary>The same event, whole.</summary>
    public ShardEvent Unpack(int account, EventFrame frame) => KindCode == WideKind
        ? frame.Wide((int)Value)
        : new ShardEvent(frame.OpenedAt + _position, (byte)KindCode, account, Target, Value, frame.StartMs + _timeMs);

    /// <summary>An event that lies in the frame.</summary>
    public static PackedEvent OfWide(uint local, int index) => new(local, (byte)WideKind, -1, 0, 0, index);

    /// <summary>Place in the log.</summary>
    public long PositionIn(EventFrame frame) => KindCode == WideKind ? frame.Wide((int)Value).Position : frame.OpenedAt + _position;
}

/// <summary>What packed events of one window are relative to, and the few that did not fit. Safe for several threads.</summary>
public sealed class EventFrame(long openedAt, long startMs)
{
    private readonly Lock _gate = new();
    private readonly List<ShardEvent> _wide = [];

    /// <summary>Position of the window's opening.</summary>
    public long OpenedAt => openedAt;

    /// <summary>Start of the window's day.</summary>
    public long StartMs => startMs;

    /// <summary>How many did not fit so far.</summary>
    public int WideCount
    {
        get
        {
            lock (_gate) return _wide.Count;
        }
    }

    public ShardEvent Wide(int index)
    {
        lock (_gate) return _wide[index];
    }

    public int AddWide(in ShardEvent e)
    {
        lock (_gate)
        {
            _wide.Add(e);
            return _wide.Count - 1;
        }
    }
}

/// <summary>A run of one shard's events in log order, within an array that holds other shards' too; not changed while a fold holds it.</summary>
public readonly record struct EventSlice(PackedEvent[] Array, int Start, int Count)
{
    public ReadOnlySpan<PackedEvent> Events => Array.AsSpan(Start, Count);

    /// <summary>Those of its events that stand before a position of the log.</summary>
    public EventSlice Before(long position, EventFrame frame)
    {
        if (Count == 0 || Events[^1].PositionIn(frame) < position) return this;
        (int low, int high) = (0, Count - 1);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Events[middle].PositionIn(frame) < position) low = middle + 1;
            else high = middle;
        }

        return this with { Count = low };
    }
}
