using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>Up to 64 of an account's events in columns, as plain ones are judged, and bits that tell which of them are what. None lies in the frame.</summary>
/// <remarks>
/// What can be told of an event by itself is told for eight at a time and without a branch: nothing about the next event of an account is
/// foreseen by the one before. Enough events that their looks at memory overlap, few enough that all of it stays in the first-level cache.
/// </remarks>
internal sealed class PlainBlock(SubjectTable subjects, OwnerSlot[] slots, KindState[] kinds)
{
    /// <summary>Most events.</summary>
    public const int Size = 64;

    /// <summary>A key of the plain set has the kind in the bits above the video.</summary>
    public const int TargetBits = 27;

    // Before the first event: farther from any than an interval is long, and within reach of a subtraction.
    private const int LongBefore = int.MinValue / 2;

    private const int Lanes = 8;

    private readonly ulong[] _first = new ulong[Size];
    private readonly uint[] _targets = new uint[Size];
    private readonly int[] _times = new int[Size + 1]; // that of the event before, then the block's

    /// <summary>By event: the card of its video.</summary>
    public uint[] Cards { get; } = new uint[Size];

    /// <summary>By event: its key, the kind above the video.</summary>
    public uint[] Keys { get; } = new uint[Size];

    /// <summary>By event: where the set of keys would have its key.</summary>
    public int[] Places { get; } = new int[Size];

    /// <summary>By event: its key when it counts unless something before it speaks against it, otherwise zero.</summary>
    public uint[] Entries { get; } = new uint[Size];

    /// <summary>By event, after <see cref="Enter"/>: what stood in the set where its key belongs.</summary>
    public uint[] Held { get; } = new uint[Size];

    /// <summary>Views of videos that were there all day.</summary>
    public ulong Viewed { get; private set; }

    /// <inheritdoc cref="Viewed"/>
    public ulong Liked { get; private set; }

    /// <inheritdoc cref="Viewed"/>
    public ulong Shared { get; private set; }

    /// <summary>Comments on such videos.</summary>
    public ulong Comments { get; private set; }

    /// <summary>All of those.</summary>
    public ulong Plain => Viewed | Liked | Shared;

    /// <summary>Events of every other kind, and on videos that need more looking at.</summary>
    public ulong Whole { get; private set; }

    /// <summary>Views that are too short.</summary>
    public ulong Short { get; private set; }

    /// <summary>Plain events within the interval of their kind behind the event before, whatever that is.</summary>
    public ulong Close { get; private set; }

    /// <summary>Whether the account's events so far stand in the order of their times: then no event is too fast that is not close.</summary>
    public bool Ordered { get; private set; }

    /// <summary>Announces the next account.</summary>
    public void Begin()
    {
        Ordered = true;
        _times[Size] = LongBefore;
    }

    /// <summary>Milliseconds of an event after the window's start.</summary>
    public int TimeOf(int index) => _times[index + 1];

    /// <summary>Lays out the account's next events and asks for what judging them looks at.</summary>
    /// <param name="events">At most <see cref="Size"/>.</param>
    /// <param name="self">The account's dense number, or −1.</param>
    /// <param name="mask">Of the set of keys.</param>
    public void Lay(ReadOnlySpan<PackedEvent> events, int self, int mask)
    {
        _times[0] = _times[Size];
        TakeCards(events);
        Sort(events.Length, self, mask);
    }

    /// <summary>Puts a range's keys into the set where their places are free.</summary>
    /// <returns>Those whose places are not.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong Enter(int from, int to, ref uint seen)
    {
        ref int places = ref MemoryMarshal.GetArrayDataReference(Places);
        ref uint entries = ref MemoryMarshal.GetArrayDataReference(Entries);
        ref uint held = ref MemoryMarshal.GetArrayDataReference(Held);
        unchecked
        {
            for (nint i = from; i < to; i++)
            {
                ref uint place = ref Unsafe.Add(ref seen, (nint)Unsafe.Add(ref places, i));
                uint there = place;
                Unsafe.Add(ref held, i) = there;
                place = there | (Unsafe.Add(ref entries, i) & (0 - (there == 0 ? 1u : 0u)));
            }

            ulong free = 0;
            for (int i = from & -Lanes; i < to; i += Lanes)
                free |= (ulong)Vector256.Equals(Vector256.LoadUnsafe(ref held, (nuint)i), Vector256<uint>.Zero).ExtractMostSignificantBits() << i;
            return ~free & Range(from, to);
        }
    }

    /// <summary>A bit for each event of a range.</summary>
    public static ulong Range(int from, int to) => unchecked((to == Size ? ulong.MaxValue : (1UL << to) - 1) & (ulong.MaxValue << from));

    /// <summary>Eight values, each one place later, the last of the eight before in front.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Behind(Vector256<int> values, Vector256<int> before) => Vector256.ConditionalSelect(
        Vector256.Create(-1, 0, 0, 0, 0, 0, 0, 0),
        Vector256.Shuffle(before, Vector256.Create(7, 7, 7, 7, 7, 7, 7, 7)),
        Vector256.Shuffle(values, Vector256.Create(0, 0, 1, 2, 3, 4, 5, 6)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeCards(ReadOnlySpan<PackedEvent> events)
    {
        ref uint known = ref MemoryMarshal.GetArrayDataReference(subjects.Cards);
        uint count = (uint)subjects.Cards.Length;
        ref OwnerSlot slot = ref MemoryMarshal.GetArrayDataReference(slots);
        ref ulong first = ref MemoryMarshal.GetArrayDataReference(_first);
        ref uint targets = ref MemoryMarshal.GetArrayDataReference(_targets);
        ref uint cards = ref MemoryMarshal.GetArrayDataReference(Cards);
        unchecked
        {
            for (int i = 0; i < events.Length; i++)
            {
                ref readonly PackedEvent e = ref events[i];
                uint target = (uint)e.Target;
                uint card = target < count ? Unsafe.Add(ref known, (nint)target) : 0;
                Unsafe.Add(ref first, (nint)i) = e.First;
                Unsafe.Add(ref targets, (nint)i) = target;
                Unsafe.Add(ref cards, (nint)i) = card;
                Prefetch.Near(in Unsafe.Add(ref slot, (nint)SubjectTable.OwnerOf(card)));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sort(int count, int self, int mask)
    {
        ref ulong first = ref MemoryMarshal.GetArrayDataReference(_first);
        ref uint targets = ref MemoryMarshal.GetArrayDataReference(_targets);
        ref uint cards = ref MemoryMarshal.GetArrayDataReference(Cards);
        ref uint keys = ref MemoryMarshal.GetArrayDataReference(Keys);
        ref int places = ref MemoryMarshal.GetArrayDataReference(Places);
        ref uint entries = ref MemoryMarshal.GetArrayDataReference(Entries);
        ref int times = ref MemoryMarshal.GetArrayDataReference(_times);
        Vector256<uint> own = Vector256.Create((uint)(self + 1)), within = Vector256.Create((uint)mask);
        Vector256<int> viewMs = Vector256.Create(kinds[(int)EventKind.Viewed].IntervalMs);
        Vector256<int> likeMs = Vector256.Create(kinds[(int)EventKind.Liked].IntervalMs);
        Vector256<int> shareMs = Vector256.Create(kinds[(int)EventKind.Shared].IntervalMs);
        Vector256<int> before = Vector256.Create(times);
        (ulong views, ulong likes, ulong shares, ulong comments, ulong values, ulong shorts, ulong close, ulong back) = (0, 0, 0, 0, 0, 0, 0, 0);
        unchecked
        {
            for (int i = 0; i < count; i += Lanes)
            {
                Vector256<ulong> a = Vector256.LoadUnsafe(ref first, (nuint)i), b = Vector256.LoadUnsafe(ref first, (nuint)(i + (Lanes / 2)));
                Vector256<uint> low = Vector256.Narrow(a, b), high = Vector256.Narrow(a >>> 32, b >>> 32);
                Vector256<uint> card = Vector256.LoadUnsafe(ref cards, (nuint)i);
                Vector256<uint> kind = low & Vector256.Create(PackedEvent.KindMask);
                Vector256<uint> owner = card >>> SubjectTable.OwnerShift;
                Vector256<uint> carded = ~(Vector256.Equals(owner, Vector256<uint>.Zero) | Vector256.Equals(owner, own));
                Vector256<uint> viewed = Vector256.Equals(kind, Vector256.Create((uint)EventKind.Viewed)) & carded;
                Vector256<uint> liked = Vector256.Equals(kind, Vector256.Create((uint)EventKind.Liked)) & carded;
                Vector256<uint> shared = Vector256.Equals(kind, Vector256.Create((uint)EventKind.Shared)) & carded;
                Vector256<uint> commented = Vector256.Equals(kind, Vector256.Create((uint)EventKind.Commented)) & carded;
                Vector256<uint> value = Vector256.Equals(kind, Vector256.Create(PackedEvent.ValueKind));

                // A view of eight minutes or more has a value that follows; what stands in its place is no less than any card asks for.
                Vector256<uint> shorter = Vector256.LessThan(PackedEvent.InlineValues(high), card & Vector256.Create(SubjectTable.SecondsMask)) & viewed;
                Vector256<uint> key = (kind << TargetBits) | Vector256.LoadUnsafe(ref targets, (nuint)i);
                key.StoreUnsafe(ref keys, (nuint)i);
                (((key * KeyPlace.Multiplier) >>> KeyPlace.Shift) & within).AsInt32().StoreUnsafe(ref places, (nuint)i);
                Vector256.AndNot((viewed | liked | shared) & key, shorter).StoreUnsafe(ref entries, (nuint)i);

                // The entry of a value has its event's time, so that the next event is compared with that.
                Vector256<int> time = PackedEvent.TimesMs(low, high);
                time = Vector256.ConditionalSelect(value.AsInt32(), Behind(time, before), time);
                time.StoreUnsafe(ref times, (nuint)i + 1);
                Vector256<int> gap = time - Behind(time, before);
                before = time;
                Vector256<int> interval = (viewed.AsInt32() & viewMs) | (liked.AsInt32() & likeMs) | (shared.AsInt32() & shareMs);

                views |= (ulong)viewed.ExtractMostSignificantBits() << i;
                likes |= (ulong)liked.ExtractMostSignificantBits() << i;
                shares |= (ulong)shared.ExtractMostSignificantBits() << i;
                comments |= (ulong)commented.ExtractMostSignificantBits() << i;
                values |= (ulong)value.ExtractMostSignificantBits() << i;
                shorts |= (ulong)shorter.ExtractMostSignificantBits() << i;
                close |= (ulong)Vector256.LessThan(gap, interval).ExtractMostSignificantBits() << i;
                back |= (ulong)gap.ExtractMostSignificantBits() << i;
            }
        }

        ulong all = Range(0, count);
        (Viewed, Liked, Shared, Comments, Short) = (views & all, likes & all, shares & all, comments & all, shorts & all);
        Whole = all & ~(Plain | Comments | values);
        Close = close & Plain;
        Ordered &= (back & all & ~values) == 0;
        _times[Size] = _times[count];
    }
}

/// <summary>Where an open-addressed set of 32-bit keys looks first.</summary>
internal static class KeyPlace
{
    public const uint Multiplier = 0x9e3779b1;
    public const int Shift = 7;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(uint key, int mask) => unchecked((int)((key * Multiplier) >> Shift) & mask);
}
