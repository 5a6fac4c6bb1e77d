using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>One activity event on its way from columns to its account's judge: 16 bytes, since a window's events are the most memory that a fold touches.</summary>
/// <remarks>
/// Position and time are relative to a <see cref="EventFrame"/>; the account is the number within its shard. A value that does not fit its
/// nine bits, as a comment's text, follows as an entry of its own, with the account, so that sorting keeps it there. What else does not fit
/// (a time days off the window's day, a position four billion after its opening) lies in the frame, under a kind of its own.
/// <code>
/// first word:  kind 5, account 22, time 28 (as many milliseconds before the window's start as behind), value 9
/// second word: target 32, position 32
/// value entry: kind 5 (30), account 22, position 32; then the value, 64
/// </code>
/// </remarks>
public readonly struct PackedEvent
{
    /// <summary>Entries that a cache line holds.</summary>
    internal const int PerCacheLine = 4;

    /// <summary>Most accounts of one shard.</summary>
    public const int LocalsMax = 1 << LocalBits;

    private const int KindBits = 5, LocalBits = 22, TimeBits = 28, ValueBits = 9;
    private const int TimeShift = KindBits + LocalBits, ValueShift = TimeShift + TimeBits;
    private const uint KindMask = (1u << KindBits) - 1, LocalMask = (1u << LocalBits) - 1, TimeMask = (1u << TimeBits) - 1;
    private const int TimeBias = 1 << (TimeBits - 1);
    private const ulong FollowedValue = (1 << ValueBits) - 1;
    private const uint ValueKind = KindMask - 1, WideKind = KindMask;

    private readonly ulong _first;
    private readonly ulong _second;

    private PackedEvent(ulong first, ulong second) => (_first, _second) = (first, second);

    /// <param name="local">The account's number within its shard.</param>
    /// <param name="kind">The kind's code.</param>
    /// <param name="target">What it acts on, as an ordinal, or −1.</param>
    /// <param name="position">After the window's opening.</param>
    /// <param name="timeMs">After the window's start; <see cref="Fits(long, long)"/>.</param>
    /// <param name="value">See <see cref="ActivityColumns.Value"/>; one that does not fit must follow, <see cref="OfValue"/>.</param>
    public PackedEvent(uint local, byte kind, int target, uint position, int timeMs, long value)
    {
        unchecked
        {
            ulong inline = Fits(value) ? (ulong)value : FollowedValue;
            _first = kind | ((ulong)local << KindBits) | ((ulong)(uint)(timeMs + TimeBias) << TimeShift) | (inline << ValueShift);
            _second = (uint)target | ((ulong)position << 32);
        }
    }

    /// <summary>The account's number within its shard.</summary>
    public int Local => unchecked((int)((uint)(_first >> KindBits) & LocalMask));

    /// <summary>The kind's code; 30 for the value of the event before it, 31 for an event that lies in the frame.</summary>
    public int KindCode => unchecked((int)((uint)_first & KindMask));

    /// <summary>Whether this is no event, but the value of the one before.</summary>
    public bool IsValue => KindCode == ValueKind;

    /// <summary>What it acts on, as an ordinal, or −1.</summary>
    public int Target => unchecked((int)_second);

    /// <summary>Milliseconds after the window's start.</summary>
    public int TimeMs => unchecked((int)((uint)(_first >> TimeShift) & TimeMask) - TimeBias);

    /// <summary>Whether position and time, relative to the frame, fit.</summary>
    public static bool Fits(long position, long timeMs) => unchecked((ulong)position <= uint.MaxValue & (ulong)(timeMs + TimeBias) <= TimeMask);

    /// <summary>Whether a value needs no entry of its own.</summary>
    public static bool Fits(long value) => unchecked((ulong)value) < FollowedValue;

    /// <summary>The entry behind an event whose value does not fit.</summary>
    public static PackedEvent OfValue(uint local, uint position, long value) =>
        new(ValueKind | ((ulong)local << KindBits) | ((ulong)position << TimeShift), unchecked((ulong)value));

    /// <summary>An event that lies in the frame.</summary>
    public static PackedEvent OfWide(uint local, int index) => new(local, (byte)WideKind, -1, (uint)index, 0, 0);

    /// <summary>See <see cref="ActivityColumns.Value"/>; of the event at an index.</summary>
    public static long ValueAt(ReadOnlySpan<PackedEvent> events, int index)
    {
        ulong inline = events[index]._first >> ValueShift;
        return unchecked((long)(inline != FollowedValue ? inline : events[index + 1]._second));
    }

    /// <summary>The event at an index, whole; values of their own are none.</summary>
    public static ShardEvent At(ReadOnlySpan<PackedEvent> events, int index, int account, EventFrame frame)
    {
        ref readonly PackedEvent e = ref events[index];
        return e.KindCode == WideKind
            ? frame.Wide(e.WideIndex)
            : new ShardEvent(e.PositionIn(frame), (byte)e.KindCode, account, e.Target, ValueAt(events, index), frame.StartMs + e.TimeMs);
    }

    /// <summary>Place in the log; a value has its event's.</summary>
    public long PositionIn(EventFrame frame) => unchecked(KindCode switch
    {
        (int)WideKind => frame.Wide(WideIndex).Position,
        (int)ValueKind => frame.OpenedAt + (uint)(_first >> TimeShift),
        _ => frame.OpenedAt + (uint)(_second >> 32),
    });

    private int WideIndex => unchecked((int)(_second >> 32));
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

/// <summary>A run of one shard's packed events in log order, within an array that holds other shards' too; not changed while a fold holds it.</summary>
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
