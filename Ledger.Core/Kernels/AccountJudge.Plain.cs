using System.Numerics;
using System.Runtime.CompilerServices;
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

    private readonly uint _minLetters;
    private ulong[] _cards = new ulong[256];
    private uint[] _seen = new uint[1024];
    private ShardEvent[] _whole = [];

    /// <summary>Judges the events of <paramref name="account"/>, which stand in <paramref name="events"/> alone and in log order.</summary>
    /// <remarks>Gives what judging the whole events gives.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Judge(int account, ReadOnlySpan<PackedEvent> events, EventFrame frame, ShardTotals totals)
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

        Begin(account, totals);
        int plain = Gather(events, out int comments, out int values);

        // Each event that goes the long way adds three keys at most; a plain comment one for its text and one as an own reply.
        _keys.Reset((3 * (events.Length - plain - values)) + (2 * comments));
        JudgePlain(events, ResetSeen(plain), frame, totals);
        End(totals);
    }

    private bool IsPlain(int account, ReadOnlySpan<PackedEvent> events, EventFrame frame)
    {
        AccountFacts facts = At(_context.Directory.Accounts, account, AccountFacts.Unknown);
        return facts.OpenedAt < _context.OpenedAt
            && facts.SuspendedAt > events[^1].PositionIn(frame)
            && _context.Window.Number - (long)facts.OpenedDay >= _rules.MinAgeDays
            && _context.Retractions.Of(account).Count == 0
            && _owners.Cards.Length <= 1 << PlainTargetBits;
    }

    /// <summary>Looks up the card of each event's video: the looks are independent, so their cache misses overlap. Zero sends an event the long way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Gather(ReadOnlySpan<PackedEvent> events, out int comments, out int values)
    {
        if (_cards.Length < events.Length) _cards = new ulong[Math.Max(events.Length, _cards.Length * 2)];
        ReadOnlySpan<ulong> known = _owners.Cards;
        Span<ulong> cards = _cards.AsSpan(0, events.Length);
        int plain = 0;
        comments = 0;
        values = 0;
        unchecked
        {
            for (int i = 0; i < cards.Length && i < events.Length; i++)
            {
                ref readonly PackedEvent e = ref events[i];
                int kind = e.KindCode;
                ulong card = ((PlainKinds >> kind) & 1) != 0 && (uint)e.Target < (uint)known.Length ? known[e.Target] : 0;
                cards[i] = card;
                plain += card != 0 ? 1 : 0;
                comments += kind == (int)EventKind.Commented ? 1 : 0;
                values += e.IsValue ? 1 : 0;
            }
        }

        return plain;
    }

    /// <summary>Empties the set of plain keys, at most a quarter full, so that most keys are found or missed at the first look. Returns its mask.</summary>
    private int ResetSeen(int plain)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, plain) * 4);
        if (_seen.Length < size) _seen = new uint[size];
        else _seen.AsSpan(0, size).Clear();
        return size - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void JudgePlain(ReadOnlySpan<PackedEvent> events, int mask, EventFrame frame, ShardTotals totals)
    {
        ReadOnlySpan<ulong> cards = _cards.AsSpan(0, events.Length);
        Span<uint> seen = _seen.AsSpan(0, mask + 1);
        KindState[] kinds = _kinds;
        PairTable pairs = _pairs;
        int self = _owners.IndexOf(_account);
        int teamSpace = _teamSpace;
        ulong count = 0, repeat = 0, tooFast = 0, overCap = 0, trivial = 0;
        unchecked
        {
            for (int i = 0; i < cards.Length && i < events.Length; i++)
            {
                ref readonly PackedEvent e = ref events[i];
                ulong card = cards[i];
                int owner = SubjectTable.OwnerOf(card);
                if (card == 0 || owner == self)
                {
                    if (e.IsValue) continue;
                    ShardEvent whole = PackedEvent.At(events, i, _account, frame);
                    JudgeOne(whole, SubjectOf(whole, _context.Directory.Contents), totals);
                    continue;
                }

                int kind = e.KindCode;
                uint key = ((uint)kind << PlainTargetBits) | (uint)e.Target;
                int slot = (int)((key * 0x9e3779b1u) >> 7) & mask;
                while (seen[slot] != 0 && seen[slot] != key) slot = (slot + 1) & mask;
                if (seen[slot] != 0)
                {
                    repeat++;
                    continue;
                }

                // One branch for what is rare; which of it comes first is asked when it comes.
                ref KindState state = ref kinds[kind];
                long atMs = frame.StartMs + e.TimeMs;
                long value = PackedEvent.ValueAt(events, i);
                bool isTooFast = state.Counted != 0 & Distance(atMs, state.LastMs) < state.MinIntervalMs;
                bool isOverCap = state.Counted >= state.Cap;
                if (isTooFast | isOverCap | (ulong)value < (SubjectTable.SecondsToView(card) & state.ViewMask))
                {
                    if (isTooFast) tooFast++;
                    else if (isOverCap) overCap++;
                    else trivial++;
                    continue;
                }

                if (kind == (int)EventKind.Commented && !TakeText(e.Target, value, card))
                {
                    trivial++;
                    continue;
                }

                seen[slot] = key;
                count++;
                state.Counted++;
                state.LastMs = atMs;
                ref PairTable.Pair pair = ref pairs.Of(owner);
                pair.RawMicro += state.WeightMicro;
                pair.Kinds |= state.PairBit;
                if (teamSpace >= 0 && _context.Directory.Contents[e.Target].Space == teamSpace) pair.TeamRawMicro += state.WeightMicro;
            }
        }

        totals.Verdicts[(int)Verdict.Counted] += count;
        totals.Verdicts[(int)Verdict.Repeat] += repeat;
        totals.Verdicts[(int)Verdict.TooFast] += tooFast;
        totals.Verdicts[(int)Verdict.OverCap] += overCap;
        totals.Verdicts[(int)Verdict.Trivial] += trivial;
    }

    /// <summary>Whether a comment's text is one and is new; then it counts, and is a reply of one's own in one's own space.</summary>
    private bool TakeText(int target, long value, ulong card)
    {
        if (ActivityColumns.CommentLetters(value) < _minLetters
            || !_keys.Add(((ulong)CommentTextKeys << 56) | (unchecked((ulong)value) & KeyMask))) return false;
        if (SubjectTable.IsGuest(card) && ProviderOf(_context.Directory.Contents[target].Space) == _account) AddOwnReply(value);
        return true;
    }
}
