using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
    internal const uint KindMask = (1u << KindBits) - 1;
    private const uint LocalMask = (1u << LocalBits) - 1, TimeMask = (1u << TimeBits) - 1;
    private const int TimeBias = 1 << (TimeBits - 1);
    private const ulong FollowedValue = (1 << ValueBits) - 1;

    /// <summary>The kind of an entry that is the value of the event before it.</summary>
    internal const uint ValueKind = KindMask - 1;

    private const uint WideKind = KindMask;

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

    /// <summary>Whether this stands for an event that lies in the frame.</summary>
    public bool IsWide => KindCode == WideKind;

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

    /// <summary>Kind, account, time and value in one word.</summary>
    internal ulong First => _first;

    /// <summary>Kinds and accounts of eight events as they stand in their first words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<uint> Who(Vector256<uint> kinds, Vector256<uint> locals) => kinds | (locals << KindBits);

    /// <summary>Packs four events; one that does not fit is as good as not written.</summary>
    /// <param name="who">Of them.</param>
    /// <param name="targets">What they act on.</param>
    /// <param name="at">After the window's opening.</param>
    /// <param name="timesMs">After the window's start.</param>
    /// <param name="values">See <see cref="ActivityColumns.Value"/>.</param>
    /// <param name="to">Where the first is written, the others behind it.</param>
    /// <returns>Those that do not fit, a bit each.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Pack(
        Vector256<ulong> who, Vector256<ulong> targets, Vector256<ulong> at, Vector256<ulong> timesMs, Vector256<ulong> values, ref PackedEvent to)
    {
        unchecked
        {
            Vector256<ulong> times = timesMs + Vector256.Create((ulong)TimeBias);
            Vector256<ulong> first = who | (times << TimeShift) | (values << ValueShift);
            Vector256<ulong> second = targets | (at << 32);
            Vector256<ulong> low = Vector256.Shuffle(first, Vector256.Create(0UL, 0, 1, 1)), high = Vector256.Shuffle(second, Vector256.Create(0UL, 0, 1, 1));
            Vector256<ulong> odd = Vector256.Create(0UL, ulong.MaxValue, 0, ulong.MaxValue);
            ref ulong words = ref Unsafe.As<PackedEvent, ulong>(ref to);
            Vector256.ConditionalSelect(odd, high, low).StoreUnsafe(ref words);
            low = Vector256.Shuffle(first, Vector256.Create(2UL, 2, 3, 3));
            high = Vector256.Shuffle(second, Vector256.Create(2UL, 2, 3, 3));
            Vector256.ConditionalSelect(odd, high, low).StoreUnsafe(ref words, 4);
            Vector256<ulong> beyond = (at >>> 32) | (times >>> TimeBits) | (values >>> ValueBits);
            return (~Vector256.Equals(beyond, Vector256<ulong>.Zero) | Vector256.Equals(values, Vector256.Create(FollowedValue))).ExtractMostSignificantBits();
        }
    }

    /// <summary><see cref="TimeMs"/> of eight events by the halves of their first words.</summary>
    internal static Vector256<int> TimesMs(Vector256<uint> low, Vector256<uint> high) =>
        (((low >>> TimeShift) | (high << (32 - TimeShift))) & Vector256.Create(TimeMask)).AsInt32() - Vector256.Create(TimeBias);

    /// <summary>Values of eight events by the upper halves of their first words; the largest that fits stands for one that follows.</summary>
    internal static Vector256<uint> InlineValues(Vector256<uint> high) => high >>> (ValueShift - 32);

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
        return e.IsWide
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
