using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Validity;

namespace Ledger.Core.Kernels;

// The short way for what nearly all activity is: an account that was there the whole window and took nothing back, acting on videos that
// were there the whole window. The order of reasons is that of VerdictOf; whatever is not as plain as that is handed to it.
public sealed partial class AccountJudge
{
    private const uint PlainKinds = (1u << (int)EventKind.Viewed) | (1u << (int)EventKind.Liked) | (1u << (int)EventKind.Commented) | (1u << (int)EventKind.Shared);

    // A key of the plain set: kind in the top bits, video below.
    private const int PlainTargetBits = 27;

    // Enough that their looks at memory overlap, few enough that all of it lies in the first-level cache.
    private const int BlockEvents = 64;

    private readonly uint _minLetters;
    private readonly uint[] _cards = new uint[BlockEvents];
    private uint[] _seen = new uint[1024];
    private ShardEvent[] _whole = [];

    /// <summary>Judges the events of <paramref name="account"/>, which stand in <paramref name="events"/> alone and in log order.</summary>
    /// <param name="account">The account's ordinal.</param>
    /// <param name="events">Its events of the window.</param>
    /// <param name="next">What will be judged next: their videos' cards are fetched meanwhile.</param>
    /// <param name="frame">What the events are relative to.</param>
    /// <param name="totals">What it adds to.</param>
    /// <remarks>Gives what judging the whole events gives.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Judge(int account, ReadOnlySpan<PackedEvent> events, ReadOnlySpan<PackedEvent> next, EventFrame frame, ShardTotals totals)
    {
        if (!IsPlain(account, events, frame))
        {
            if (_whole.Length < events.Length) _whole = new ShardEvent[Math.Max(events.Length, _whole.Length * 2)];
            int count = 0;
            for (int i = 0; i < events.Length; i++)
            {
                if (!events[i].IsValue) _whole[count++] = PackedEvent.At(events, i, account, frame);
            }

            Judge(account, _whole.AsSpan(0, count), totals);
            return;
        }

        Begin(account, events.Length, totals);
        JudgePlain(events, next, ResetSeen(events.Length), frame, totals);
        End(totals);
    }

    private bool IsPlain(int account, ReadOnlySpan<PackedEvent> events, EventFrame frame)
    {
        AccountFacts facts = At(_context.Directory.Accounts, account, AccountFacts.Unknown);
        return facts.OpenedAt < _context.OpenedAt
            && facts.SuspendedAt > events[^1].PositionIn(frame)
            && _context.Window.Number - (long)facts.OpenedDay >= _rules.MinAgeDays
            && _context.Retractions.Of(account).Count == 0
            && _owners.Cards.Length is > 0 and <= 1 << PlainTargetBits;
    }

    /// <summary>Empties the set of plain keys, at most a quarter full, so that most keys are found or missed at the first look. Returns its mask.</summary>
    private int ResetSeen(int keys)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, keys) * 4);
        if (_seen.Length < size) _seen = new uint[size];
        else _seen.AsSpan(0, size).Clear();
        return size - 1;
    }

    /// <summary>Block by block: first the memory that judging it will look at is asked for, then it is judged.</summary>
    private void JudgePlain(ReadOnlySpan<PackedEvent> events, ReadOnlySpan<PackedEvent> next, int mask, EventFrame frame, ShardTotals totals)
    {
        for (int from = 0; from < events.Length; from += BlockEvents)
        {
            int count = Math.Min(BlockEvents, events.Length - from);
            if (from < next.Length) FetchCards(next.Slice(from, Math.Min(BlockEvents, next.Length - from)));
            TakeCards(events.Slice(from, count));
            JudgeBlock(events[from..], count, mask, frame, totals);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FetchCards(ReadOnlySpan<PackedEvent> events)
    {
        ReadOnlySpan<uint> known = _owners.Cards;
        foreach (ref readonly PackedEvent e in events) Prefetch.Far(in known[(int)Math.Min(unchecked((uint)e.Target), (uint)known.Length - 1)]);
    }

    /// <summary>Looks up the card of each event's video and asks for its owner's slot. Zero sends an event the long way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeCards(ReadOnlySpan<PackedEvent> events)
    {
        ReadOnlySpan<uint> known = _owners.Cards;
        ReadOnlySpan<OwnerSlot> slots = _slots;
        Span<uint> cards = _cards;
        for (int i = 0; i < events.Length && i < cards.Length; i++)
        {
            ref readonly PackedEvent e = ref events[i];
            uint target = unchecked((uint)e.Target);
            uint card = ((PlainKinds >> e.KindCode) & 1) != 0 && target < (uint)known.Length ? known[(int)target] : 0;
            cards[i] = card;
            Prefetch.Near(in slots[(int)Math.Min(unchecked((uint)SubjectTable.OwnerOf(card)), (uint)slots.Length - 1)]);
        }
    }

    // Whatever is rare is a call, so that what is not keeps to the registers. Nothing is checked against bounds again: a card is one of
    // the window's, whose owner has a slot; the mask is the set's; kinds with a card are below the kinds' count.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void JudgeBlock(ReadOnlySpan<PackedEvent> events, int count, int mask, EventFrame frame, ShardTotals totals)
    {
        ref readonly uint cards = ref MemoryMarshal.GetArrayDataReference(_cards);
        ref uint seen = ref MemoryMarshal.GetArrayDataReference(_seen);
        ref KindState kinds = ref MemoryMarshal.GetArrayDataReference(_kinds);
        ref OwnerSlot slots = ref MemoryMarshal.GetArrayDataReference(_slots);
        int self = _owners.IndexOf(_account);
        long startMs = frame.StartMs;
        ulong counted = 0;
        unchecked
        {
            for (int i = 0; i < count; i++)
            {
                uint card = Unsafe.Add(ref Unsafe.AsRef(in cards), i);
                int owner = SubjectTable.OwnerOf(card);
                if (owner < 0 | owner == self)
                {
                    if (!events[i].IsValue) JudgeWhole(events, i, frame, totals);
                    continue;
                }

                ref readonly PackedEvent e = ref events[i];
                int kind = e.KindCode;
                uint key = ((uint)kind << PlainTargetBits) | (uint)e.Target;
                ref uint slot = ref SlotOf(ref seen, key, mask);
                if (slot != 0)
                {
                    totals.Verdicts[(int)Verdict.Repeat]++;
                    continue;
                }

                // One branch for what is rare; which of it comes first is asked when it comes.
                ref KindState state = ref Unsafe.Add(ref kinds, kind);
                long atMs = startMs + e.TimeMs;
                ulong value = (ulong)PackedEvent.ValueAt(events, i);
                bool isTooFast = state.Counted != 0 & Distance(atMs, state.LastMs) < state.MinIntervalMs;
                if (isTooFast | state.Counted >= state.Cap | value < (SubjectTable.SecondsToView(card) & state.ViewMask))
                {
                    totals.Verdicts[(int)(isTooFast ? Verdict.TooFast : state.Counted >= state.Cap ? Verdict.OverCap : Verdict.Trivial)]++;
                    continue;
                }

                if (kind == (int)EventKind.Commented && !TakeText(e.Target, (long)value, card))
                {
                    totals.Verdicts[(int)Verdict.Trivial]++;
                    continue;
                }

                slot = key;
                counted++;
                state.Counted++;
                state.LastMs = atMs;
                ref OwnerSlot given = ref Unsafe.Add(ref slots, owner);
                ref PairTable.Pair pair = ref _pairs.Of(ref given, owner);
                pair.RawMicro += state.WeightMicro;
                _creators.Add(ref given, owner, (pair.Kinds & state.PairBit) == 0 ? state.One : 0);
                pair.Kinds |= state.PairBit;
                if (_teamSpace >= 0 && _context.Directory.Contents[e.Target].Space == _teamSpace) pair.TeamRawMicro += state.WeightMicro;
            }
        }

        totals.Verdicts[(int)Verdict.Counted] += counted;
    }

    /// <summary>The place that holds the key, or the free one where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref uint SlotOf(ref uint seen, uint key, int mask)
    {
        int slot = (int)(unchecked(key * 0x9e3779b1u) >> 7) & mask;
        while (Unsafe.Add(ref seen, slot) is var held && held != 0 && held != key) slot = (slot + 1) & mask;
        return ref Unsafe.Add(ref seen, slot);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void JudgeWhole(ReadOnlySpan<PackedEvent> events, int index, EventFrame frame, ShardTotals totals)
    {
        ShardEvent whole = PackedEvent.At(events, index, _account, frame);
        JudgeOne(whole, SubjectOf(whole, _context.Directory.Contents), totals);
    }

    /// <summary>Whether a comment's text is one and is new; then it counts, and is a reply of one's own in one's own space.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TakeText(int target, long value, uint card)
    {
        if (ActivityColumns.CommentLetters(value) < _minLetters
            || !_keys.Add(((ulong)CommentTextKeys << 56) | (unchecked((ulong)value) & KeyMask))) return false;
        if (SubjectTable.IsGuest(card) && ProviderOf(_context.Directory.Contents[target].Space) == _account) AddOwnReply(value);
        return true;
    }
}
