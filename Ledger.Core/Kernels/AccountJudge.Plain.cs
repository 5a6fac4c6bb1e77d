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
    private readonly uint _minLetters;
    private readonly PlainBlock _block;
    private uint[] _seen = new uint[1024];
    private ShardEvent[] _whole = [];

    /// <summary>Judges the events of <paramref name="account"/>, which stand in <paramref name="events"/> alone and in log order.</summary>
    /// <param name="account">The account's ordinal.</param>
    /// <param name="events">Its events of the window.</param>
    /// <param name="frame">What the events are relative to.</param>
    /// <param name="totals">What it adds to.</param>
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

        Begin(account, events.Length, totals);
        JudgePlain(events, ResetSeen(events.Length), frame, totals);
        End(totals);
    }

    /// <summary>Asks for what is looked up of an account before its events are: it is likely the next to be judged.</summary>
    public void Expect(int account)
    {
        ReadOnlySpan<AccountFacts> facts = _context.Directory.Accounts;
        if ((uint)account < (uint)facts.Length) Prefetch.Near(in facts[account]);
        _owners.Expect(account);
    }

    private bool IsPlain(int account, ReadOnlySpan<PackedEvent> events, EventFrame frame)
    {
        AccountFacts facts = At(_context.Directory.Accounts, account, AccountFacts.Unknown);
        return facts.OpenedAt < _context.OpenedAt
            && facts.SuspendedAt > events[^1].PositionIn(frame)
            && _context.Window.Number - (long)facts.OpenedDay >= _rules.MinAgeDays
            && _context.Retractions.Of(account).Count == 0
            && _owners.Cards.Length is > 0 and <= 1 << PlainBlock.TargetBits
            && !HasWide(events, frame);
    }

    // What lies in the frame is judged whole, and its key would be looked for among the others.
    private static bool HasWide(ReadOnlySpan<PackedEvent> events, EventFrame frame)
    {
        if (frame.WideCount == 0) return false;
        foreach (ref readonly PackedEvent e in events)
        {
            if (e.IsWide) return true;
        }

        return false;
    }

    /// <summary>Empties the set of plain keys, at most a quarter full, so that most keys are found or missed at the first look. Returns its mask.</summary>
    private int ResetSeen(int keys)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, keys) * 4);
        if (_seen.Length < size) _seen = new uint[size];
        else _seen.AsSpan(0, size).Clear();
        return size - 1;
    }

    /// <summary>Block by block: laid out, and with it asked for what judging it will look at, then judged.</summary>
    private void JudgePlain(ReadOnlySpan<PackedEvent> events, int mask, EventFrame frame, ShardTotals totals)
    {
        int self = _owners.IndexOf(_account);
        _block.Begin();
        for (int from = 0; from < events.Length; from += PlainBlock.Size)
        {
            int count = Math.Min(PlainBlock.Size, events.Length - from);
            _block.Lay(events.Slice(from, count), self, mask);
            JudgeBlock(events[from..], count, mask, frame, totals);
        }
    }

    /// <summary>What depends on the events before it is judged one by one; what stands between, all at once where nothing there can.</summary>
    private void JudgeBlock(ReadOnlySpan<PackedEvent> events, int count, int mask, EventFrame frame, ShardTotals totals)
    {
        bool atOnce = _block.Ordered && IsFarFromCap(EventKind.Viewed) && IsFarFromCap(EventKind.Liked) && IsFarFromCap(EventKind.Shared);
        int from = 0;
        for (ulong alone = _block.Whole | (atOnce ? _block.Close : 0); alone != 0; alone &= alone - 1)
        {
            int index = BitOperations.TrailingZeroCount(alone);
            JudgeRange(events, from, index, atOnce, mask, totals);
            from = index + 1;
            if (((_block.Whole >> index) & 1) == 0)
            {
                JudgeRange(events, index, from, atOnce: false, mask, totals);
                continue;
            }

            ShardEvent whole = PackedEvent.At(events, index, _account, frame);
            JudgeOne(whole, SubjectOf(whole, _context.Directory.Contents), totals);
        }

        JudgeRange(events, from, count, atOnce, mask, totals);
    }

    private bool IsFarFromCap(EventKind kind) => _kinds[(int)kind].Counted + (ulong)PlainBlock.Size <= _kinds[(int)kind].Cap;

    /// <summary>Kinds do not know of each other, so comments may be judged after the rest.</summary>
    private void JudgeRange(ReadOnlySpan<PackedEvent> events, int from, int to, bool atOnce, int mask, ShardTotals totals)
    {
        if (from == to) return;
        ulong range = PlainBlock.Range(from, to);
        ulong plain = _block.Plain & range, comments = _block.Comments & range;
        ulong counted = atOnce ? JudgeAtOnce(from, to, plain, mask, totals) : JudgeInTurn(events, plain, mask, totals);
        if (comments != 0) counted |= JudgeInTurn(events, comments, mask, totals);
        _pairs.AddAll(counted, _block, _kinds, _slots, _creators);
        if (_teamSpace >= 0) CountForTeam(events, counted);
    }

    /// <summary>Judges plain events none of which is too fast or over its cap: what is left to ask is whether a key is new, and views are long enough.</summary>
    /// <returns>Those that count.</returns>
    private ulong JudgeAtOnce(int from, int to, ulong plain, int mask, ShardTotals totals)
    {
        ref uint seen = ref MemoryMarshal.GetArrayDataReference(_seen);
        ulong taken = plain & _block.Enter(from, to, ref seen);
        ulong trivial = plain & ~taken & _block.Short;
        ulong counted = plain & ~taken & ~_block.Short;
        ulong repeats = 0;
        for (; taken != 0; taken &= taken - 1)
        {
            int i = BitOperations.TrailingZeroCount(taken);
            ulong bit = 1UL << i;
            ref uint slot = ref SlotOf(ref seen, _block.Keys[i], mask);
            if (slot != 0)
            {
                repeats |= bit;
            }
            else if ((_block.Short & bit) != 0)
            {
                trivial |= bit;
            }
            else
            {
                slot = _block.Keys[i];
                counted |= bit;
            }
        }

        totals.Verdicts[(int)Verdict.Repeat] += (ulong)BitOperations.PopCount(repeats);
        totals.Verdicts[(int)Verdict.Trivial] += (ulong)BitOperations.PopCount(trivial);
        totals.Verdicts[(int)Verdict.Counted] += (ulong)BitOperations.PopCount(counted);
        Note(EventKind.Viewed, counted & _block.Viewed);
        Note(EventKind.Liked, counted & _block.Liked);
        Note(EventKind.Shared, counted & _block.Shared);
        return counted;
    }

    private void Note(EventKind kind, ulong counted)
    {
        if (counted == 0) return;
        ref KindState state = ref _kinds[(int)kind];
        state.Counted += (uint)BitOperations.PopCount(counted);
        state.LastMs = _block.TimeOf(BitOperations.Log2(counted));
    }

    /// <summary>Judges events with cards one after another, reason by reason.</summary>
    /// <returns>Those that count.</returns>
    private ulong JudgeInTurn(ReadOnlySpan<PackedEvent> events, ulong which, int mask, ShardTotals totals)
    {
        ulong counted = 0;
        for (; which != 0; which &= which - 1)
        {
            int i = BitOperations.TrailingZeroCount(which);
            uint key = _block.Keys[i];
            ref KindState state = ref _kinds[key >> PlainBlock.TargetBits];
            ref uint slot = ref SlotOf(ref MemoryMarshal.GetArrayDataReference(_seen), key, mask);
            Verdict verdict = slot != 0 ? Verdict.Repeat
                : state.IsTooFast(_block.TimeOf(i)) ? Verdict.TooFast
                : state.Counted >= state.Cap ? Verdict.OverCap
                : IsWorthless(events, i) ? Verdict.Trivial : Verdict.Counted;
            totals.Verdicts[(int)verdict]++;
            if (verdict != Verdict.Counted) continue;
            slot = key;
            state.Counted++;
            state.LastMs = _block.TimeOf(i);
            counted |= 1UL << i;
        }

        return counted;
    }

    private bool IsWorthless(ReadOnlySpan<PackedEvent> events, int index) =>
        ((_block.Comments >> index) & 1) != 0
            ? !TakeText(events[index].Target, PackedEvent.ValueAt(events, index), _block.Cards[index])
            : ((_block.Short >> index) & 1) != 0;

    /// <summary>Adds up what of it was done in the team's space.</summary>
    private void CountForTeam(ReadOnlySpan<PackedEvent> events, ulong counted)
    {
        ReadOnlySpan<ContentFacts> contents = _context.Directory.Contents;
        for (; counted != 0; counted &= counted - 1)
        {
            int i = BitOperations.TrailingZeroCount(counted);
            if (contents[events[i].Target].Space != _teamSpace) continue;
            _pairs.AddTeam(_slots[SubjectTable.OwnerOf(_block.Cards[i])], _kinds[events[i].KindCode].WeightMicro);
        }
    }

    /// <summary>The place that holds the key, or the free one where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref uint SlotOf(ref uint seen, uint key, int mask)
    {
        int slot = KeyPlace.Of(key, mask);
        while (Unsafe.Add(ref seen, slot) is var held && held != 0 && held != key) slot = (slot + 1) & mask;
        return ref Unsafe.Add(ref seen, slot);
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
