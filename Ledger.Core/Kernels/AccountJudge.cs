using System.Runtime.CompilerServices;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Validity;

namespace Ledger.Core.Kernels;

/// <summary>Judges all of one account's activity in a window, in log order, and adds up what counted (reward rules R1 and R2).</summary>
/// <remarks>
/// No verdict depends on another account's activity, so accounts are judged one after another with tables that stay in cache.
/// What could cross accounts (balances, deletions, teams) is settled beforehand in the <see cref="FoldContext"/>.
/// One instance serves one thread. Its loops are compiled at full optimisation at once: a close is over before tiering would have
/// found them hot.
/// </remarks>
public sealed partial class AccountJudge
{
    // Key spaces of the set beside the activity kinds themselves: texts of counted comments, and of own replies.
    private const int CommentTextKeys = 64, OwnReplyKeys = 65;
    private const ulong KeyMask = 0x00ff_ffff_ffff_ffff;

    private readonly FoldContext _context;
    private readonly SubjectTable _owners;
    private readonly ValidityRules _rules;
    private readonly long _startMs;
    private readonly long _sealedAt;
    private readonly KindState[] _kinds;
    private readonly KeySet _keys = new();
    private readonly OwnerSlot[] _slots;
    private readonly PairTable _pairs = new();
    private readonly CreatorTally _creators;
    private Subject[] _subjects = new Subject[256];

    // The account being judged.
    private int _account;
    private int _teamSpace;
    private readonly Dictionary<ulong, long> _takenBack = [];
    private long _openedAt, _suspendedAt;
    private bool _oldEnough;
    private long _bandwidthUsed;
    private long _ownMicro, _ownTeamMicro;
    private uint _ownReplies;

    public AccountJudge(FoldContext context)
    {
        _context = context;
        _owners = context.Subjects;
        _slots = new OwnerSlot[_owners.OwnerCount];
        _creators = new CreatorTally(_slots);
        _rules = context.Rules;
        _sealedAt = context.SealedAt;
        _kinds = KindState.TableOf(_rules);
        _block = new PlainBlock(_owners, _slots, _kinds);
        _startMs = context.Window.Start.Value;
        _minLetters = _rules.MinCommentLetters;
    }

    /// <summary>How the points of the account just judged come about: what it made itself (owner −1, never damped), then what it did to each owner.</summary>
    public IReadOnlyList<(int Owner, long RawMicro, long DampedMicro)> PointsByOwner()
    {
        List<(int Owner, long RawMicro, long DampedMicro)> rows = [];
        if (_ownMicro != 0) rows.Add((-1, _ownMicro, _ownMicro));
        foreach (PairTable.Pair pair in _pairs.Met) rows.Add((_owners.OrdinalOf(pair.Owner), pair.RawMicro, PairDamping.Damp(pair.RawMicro, _rules.PairKneeMicro)));
        return rows;
    }

    /// <summary>Judges the events of <paramref name="account"/>, which stand in <paramref name="events"/> alone and in log order.</summary>
    /// <param name="account">The account's ordinal.</param>
    /// <param name="events">Its events of the window.</param>
    /// <param name="totals">What it adds to.</param>
    /// <param name="verdicts">Takes a verdict per event when not empty.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Judge(int account, ReadOnlySpan<ShardEvent> events, ShardTotals totals, Span<Verdict> verdicts = default)
    {
        Begin(account, events.Length, totals);

        // What is acted on lies anywhere in the directory. Looking all of it up first lets the cache misses overlap.
        if (_subjects.Length < events.Length) _subjects = new Subject[Math.Max(events.Length, _subjects.Length * 2)];
        ReadOnlySpan<ContentFacts> contents = _context.Directory.Contents;
        for (int i = 0; i < events.Length; i++) _subjects[i] = SubjectOf(events[i], contents);
        for (int i = 0; i < events.Length; i++)
        {
            Verdict verdict = JudgeOne(events[i], _subjects[i], totals);
            if (!verdicts.IsEmpty) verdicts[i] = verdict;
        }

        End(totals);
    }

    /// <summary>Hands over what the judged accounts gave to creators. To be called once before the totals are used.</summary>
    public void Finish(ShardTotals totals) => _creators.MoveTo(totals);

    private Verdict JudgeOne(in ShardEvent e, in Subject subject, ShardTotals totals)
    {
        Verdict verdict = VerdictOf(e, subject, out int slot);
        if (verdict == Verdict.Counted) Count(e, subject, slot, totals);
        if (e.Kind == EventKind.Commented && verdict is Verdict.Counted or Verdict.SelfAction) NoteOwnReply(e.Value, subject);
        totals.Verdicts[(int)verdict]++;
        return verdict;
    }

    private void Begin(int account, int events, ShardTotals totals)
    {
        _account = account;
        _teamSpace = _context.Roster.TeamSpaceOf(account);
        NoteRetractions(account);
        AccountFacts facts = At(_context.Directory.Accounts, account, AccountFacts.Unknown);
        _openedAt = facts.OpenedAt;
        _suspendedAt = facts.SuspendedAt;
        _oldEnough = _context.Window.Number - (long)facts.OpenedDay >= _rules.MinAgeDays;
        _bandwidthUsed = 0;
        _ownMicro = 0;
        _ownTeamMicro = 0;
        _ownReplies = 0;
        _keys.Reset();
        _pairs.Reset(events);
        _creators.BeginAccount(totals);
        foreach (ref KindState kind in _kinds.AsSpan()) (kind.Counted, kind.LastMs) = (0, KindState.Never);
    }

    /// <summary>First matching reason in the order of <see cref="Verdict"/>.</summary>
    /// <param name="e">The event.</param>
    /// <param name="subject">What it acts on.</param>
    /// <param name="slot">Where its key belongs in the set, so that counting it needs no second search; −1 when it has none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Verdict VerdictOf(in ShardEvent e, in Subject subject, out int slot)
    {
        slot = -1;
        EventKind kind = e.Kind;
        long position = e.Position;
        if (_openedAt >= position) return Verdict.UnknownAccount;
        if (!subject.Known || (kind == EventKind.TipRefunded && e.Value == 0)) return Verdict.UnknownTarget;
        if (_suspendedAt < position || !_oldEnough) return Verdict.IneligibleAccount;
        if ((subject.Owner == _account && subject.Counterparty) || (kind == EventKind.ShareVisited && e.Value == _account)) return Verdict.SelfAction;
        if (subject.Deleted || IsTakenBack(kind, e.Target, position)) return Verdict.Retracted;
        if (subject.PublishedBefore) return Verdict.Repeat;
        if (HasKey(kind))
        {
            slot = _keys.SlotOf(Key(kind, e.Target, e.Value));
            if (_keys.IsTaken(slot)) return Verdict.Repeat;
        }

        ref readonly KindState state = ref _kinds[(int)kind];
        if (state.IsTooFast(e.OccurredAtMs - _startMs)) return Verdict.TooFast;
        if (state.Counted >= state.Cap) return Verdict.OverCap;
        if (IsTrivial(kind, e.Value, subject)) return Verdict.Trivial;
        if (kind is EventKind.BroadcastMinute or EventKind.PresenceMinute && _keys.Contains(MinuteKey(kind, e.Value))) return Verdict.Overlap;
        if (kind == EventKind.BroadcastMinute && _rules.BandwidthRequired
            && _bandwidthUsed >= _context.Bandwidth.MinutesAt(_account, position)) return Verdict.UnentitledBroadcast;
        return kind.IsPayment() && _context.Unfunded.Contains(position) ? Verdict.Unfunded : Verdict.Counted;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Count(in ShardEvent e, in Subject subject, int slot, ShardTotals totals)
    {
        (EventKind kind, int target, long value) = (e.Kind, e.Target, e.Value);
        if (slot >= 0) _keys.Put(slot, Key(kind, target, value));
        ref KindState state = ref _kinds[(int)kind];
        state.Counted++;
        state.LastMs = e.OccurredAtMs - _startMs;
        switch (kind)
        {
            case EventKind.Commented:
                _keys.Add(((ulong)CommentTextKeys << 56) | (unchecked((ulong)value) & KeyMask));
                break;
            case EventKind.PresenceMinute:
                _keys.Add(MinuteKey(kind, value));
                long bin = value - (_startMs / 60_000);
                if (bin is >= 0 and < ShardTotals.MinutesPerDay) totals.PresentByMinute[bin]++;
                break;
            case EventKind.BroadcastMinute:
                _keys.Add(MinuteKey(kind, value));
                _bandwidthUsed++;
                break;
            case EventKind.VideoPublished:
                (int, int) key = (_account, _context.Directory.Contents[target].Category);
                totals.CategoryPosts[key] = totals.CategoryPosts.GetValueOrDefault(key) + 1;
                break;
        }

        long weight = state.WeightMicro;
        bool inTeam = subject.Space >= 0 && subject.Space == _teamSpace;
        if (!subject.Counterparty)
        {
            _ownMicro += weight;
            if (inTeam) _ownTeamMicro += weight;
            return;
        }

        int owner = _owners.IndexOf(subject.Owner);
        ref OwnerSlot given = ref _slots[owner];
        _creators.Add(ref given, owner, state.NewTo(_pairs.Add(ref given, owner, state)));
        if (inTeam) _pairs.AddTeam(given, weight);
    }

    /// <summary>Replies under one's own videos or in one's own space are the interaction dimension; each text is taken once.</summary>
    private void NoteOwnReply(long value, in Subject subject)
    {
        if (!subject.Deleted && (subject.Owner == _account || ProviderOf(subject.Space) == _account)) AddOwnReply(value);
    }

    private void AddOwnReply(long value)
    {
        if (ActivityColumns.CommentLetters(value) < _rules.MinCommentLetters) return;
        if (_keys.Add(((ulong)OwnReplyKeys << 56) | (unchecked((ulong)value) & KeyMask))) _ownReplies++;
    }

    private int ProviderOf(int space) => At(_context.Directory.Spaces, space, SpaceFacts.Unknown).Provider;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void End(ShardTotals totals)
    {
        (long points, long teamPoints) = _pairs.Damped(_rules.PairKneeMicro);
        points += _ownMicro;
        teamPoints += _ownTeamMicro;
        (uint posts, uint minutes) = (_kinds[(int)EventKind.VideoPublished].Counted, _kinds[(int)EventKind.BroadcastMinute].Counted);
        if ((posts | minutes | _ownReplies) != 0) totals.MadeByAccount.Add(new ShardTotals.Made(_account, posts, minutes, _ownReplies));

        bool active = false;
        for (int kind = 1; kind < _kinds.Length; kind++)
        {
            uint counted = _kinds[kind].Counted;
            if (counted == 0) continue;
            active = true;
            totals.CountedByKind[kind] += counted;
            totals.AccountsByKind[kind]++;
        }

        if (!active) return;
        totals.ActiveAccounts++;
        totals.Account.Add(_account);
        totals.PointsMicro.Add(points);
        totals.TeamPointsMicro.Add(teamPoints);
    }

    /// <summary>What an event acts on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Subject SubjectOf(in ShardEvent e, ReadOnlySpan<ContentFacts> contents)
    {
        long position = e.Position;
        switch (e.Kind)
        {
            case EventKind.Viewed or EventKind.Liked or EventKind.Unliked or EventKind.Commented or EventKind.Shared
                or EventKind.ShareVisited or EventKind.ContentPurchased or EventKind.VideoPublished:
                if ((uint)e.Target >= (uint)contents.Length) return default;
                ref readonly ContentFacts content = ref contents[e.Target];
                bool deleted = content.DeletedAt < _sealedAt;
                if (e.Kind != EventKind.VideoPublished)
                    return new Subject(content.OpenedAt < position, content.Owner, content.Space, content.DurationSeconds, Counterparty: true, deleted, PublishedBefore: false);
                bool known = At(_context.Directory.Spaces, content.Space, SpaceFacts.Unknown).OpenedAt < position;
                return new Subject(known, content.Owner, content.Space, content.DurationSeconds, Counterparty: false, deleted, content.OpenedAt != position);
            case EventKind.Tipped or EventKind.GiftSent or EventKind.PresenceMinute:
                SpaceFacts space = At(_context.Directory.Spaces, e.Target, SpaceFacts.Unknown);
                return new Subject(space.OpenedAt < position, space.Provider, e.Target, 0, Counterparty: true, Deleted: false, PublishedBefore: false);
            case EventKind.BroadcastStarted or EventKind.BroadcastMinute or EventKind.BroadcastEnded:
                SpaceFacts stage = At(_context.Directory.Spaces, e.Target, SpaceFacts.Unknown);
                return new Subject(stage.OpenedAt < position, stage.Provider, e.Target, 0, Counterparty: false, Deleted: false, PublishedBefore: false);
            case EventKind.Followed or EventKind.Unfollowed:
                bool open = At(_context.Directory.Accounts, e.Target, AccountFacts.Unknown).OpenedAt < position;
                return new Subject(open, e.Target, -1, 0, Counterparty: true, Deleted: false, PublishedBefore: false);
            default:
                return new Subject(Known: true, -1, -1, 0, Counterparty: false, Deleted: false, PublishedBefore: false);
        }
    }

    /// <summary>Keeps the last taking back per kind and target, and each refunded tip, so that an event needs one look.</summary>
    private void NoteRetractions(int account)
    {
        _takenBack.Clear();
        foreach (Retraction r in _context.Retractions.Of(account))
        {
            if (r.At >= _sealedAt) continue;
            ulong key = r.Target == Retraction.AnyTarget ? TipKey(r.Position) : Key((EventKind)r.Kind, r.Target, 0);
            _takenBack[key] = r.Position;
        }
    }

    private bool IsTakenBack(EventKind kind, int target, long position)
    {
        if (_takenBack.Count == 0) return false;
        return kind switch
        {
            EventKind.Tipped => _takenBack.ContainsKey(TipKey(position)),
            EventKind.Liked or EventKind.Followed => _takenBack.TryGetValue(Key(kind, target, 0), out long last) && position < last,
            _ => false,
        };
    }

    private bool IsTrivial(EventKind kind, long value, in Subject subject)
    {
        if (kind == EventKind.Viewed)
        {
            // Under min(seconds, percent of the length); a video of unknown length has only the seconds.
            ulong enough = (ulong)_rules.MinViewSeconds * 100;
            if (subject.DurationSeconds > 0) enough = Math.Min(enough, (ulong)subject.DurationSeconds * _rules.MinViewPercent);
            return unchecked((ulong)value) * 100 < enough;
        }

        return kind == EventKind.Commented
            && (ActivityColumns.CommentLetters(value) < _rules.MinCommentLetters
                || _keys.Contains(((ulong)CommentTextKeys << 56) | (unchecked((ulong)value) & KeyMask)));
    }

    // Minutes are told apart by the minute, sessions and bandwidth by nothing: none of them repeats.
    private const uint KeyedKinds = (1u << (int)EventKind.Viewed) | (1u << (int)EventKind.Liked) | (1u << (int)EventKind.Unliked)
        | (1u << (int)EventKind.Commented) | (1u << (int)EventKind.Shared) | (1u << (int)EventKind.ShareVisited) | (1u << (int)EventKind.Followed)
        | (1u << (int)EventKind.Unfollowed) | (1u << (int)EventKind.Tipped) | (1u << (int)EventKind.GiftSent)
        | (1u << (int)EventKind.ContentPurchased) | (1u << (int)EventKind.AppPurchased);

    private static bool HasKey(EventKind kind) => ((KeyedKinds >> (int)kind) & 1) != 0;

    // A share visit is the same when the visitor is, whatever the visitor was shown.
    private static ulong Key(EventKind kind, int target, long value) =>
        ((ulong)kind << 56) | (kind == EventKind.ShareVisited ? unchecked((uint)value) : unchecked((uint)target));

    private static ulong TipKey(long position) => ((ulong)EventKind.Tipped << 56) | ((ulong)position & KeyMask);

    private static ulong MinuteKey(EventKind kind, long minute) => ((ulong)kind << 56) | (unchecked((ulong)minute) & KeyMask);

    private static T At<T>(ReadOnlySpan<T> facts, int ordinal, T unknown) =>
        (uint)ordinal < (uint)facts.Length ? facts[ordinal] : unknown;

    /// <param name="Known">Whether it existed at the event's position.</param>
    /// <param name="Owner">Whose it is, or −1.</param>
    /// <param name="Space">In which space, or −1.</param>
    /// <param name="DurationSeconds">A video's length.</param>
    /// <param name="Counterparty">Whether acting on it is acting on its owner.</param>
    /// <param name="Deleted">Whether it was deleted before the seal.</param>
    /// <param name="PublishedBefore">For a publication: whether the id was published by an earlier event.</param>
    private readonly record struct Subject(bool Known, int Owner, int Space, uint DurationSeconds, bool Counterparty, bool Deleted, bool PublishedBefore);
}
