using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Validity;

namespace Ledger.Core.Kernels;

/// <summary>Judges all of one account's activity in a window, in log order, and adds up what counted (reward rules R1 and R2).</summary>
/// <remarks>
/// No verdict depends on another account's activity, so accounts are judged one after another with tables that stay in cache.
/// What could cross accounts (balances, deletions, teams) is settled beforehand in the <see cref="FoldContext"/>.
/// One instance serves one thread.
/// </remarks>
public sealed class AccountJudge
{
    // Kinds as bits of a pair's entry, in the order of CreatorTally's counterparty columns.
    private const byte ViewBit = 1, LikeBit = 2, CommentBit = 4, TipBit = 8, ShareBit = 16;

    // Key spaces of the set beside the activity kinds themselves: texts of counted comments, and of own replies.
    private const int CommentTextKeys = 64, OwnReplyKeys = 65;
    private const ulong KeyMask = 0x00ff_ffff_ffff_ffff;

    private readonly FoldContext _context;
    private readonly ValidityRules _rules;
    private readonly long _dayStartMinute;
    private readonly KeySet _keys = new();
    private readonly PairTable _pairs = new();
    private readonly uint[] _counted = new uint[EventKinds.ActivityCount];
    private readonly long[] _lastMs = new long[EventKinds.ActivityCount];

    // The account being judged.
    private int _account;
    private int _teamSpace;
    private readonly Dictionary<ulong, long> _takenBack = [];
    private long _openedAt, _suspendedAt;
    private bool _oldEnough;
    private long _bandwidthUsed;
    private long _ownMicro, _ownTeamMicro;

    public AccountJudge(FoldContext context)
    {
        _context = context;
        _rules = context.Rules;
        _dayStartMinute = context.Window.Start.Value / 60_000;
    }

    /// <summary>How the points of the account just judged come about: what it made itself (owner −1, never damped), then what it did to each owner.</summary>
    public IReadOnlyList<(int Owner, long RawMicro, long DampedMicro)> PointsByOwner()
    {
        List<(int Owner, long RawMicro, long DampedMicro)> rows = [];
        if (_ownMicro != 0) rows.Add((-1, _ownMicro, _ownMicro));
        for (int pair = 0; pair < _pairs.Count; pair++)
            rows.Add((_pairs.Owner[pair], _pairs.RawMicro[pair], PairDamping.Damp(_pairs.RawMicro[pair], _rules.PairKneeMicro)));
        return rows;
    }

    /// <summary>Judges the events of <paramref name="account"/>, which stand in <paramref name="events"/> alone and in log order.</summary>
    /// <param name="account">The account's ordinal.</param>
    /// <param name="events">Its events of the window.</param>
    /// <param name="totals">What it adds to.</param>
    /// <param name="verdicts">Takes a verdict per event when not empty.</param>
    public void Judge(int account, ActivityColumns events, ShardTotals totals, Span<Verdict> verdicts = default)
    {
        Begin(account, events.Count);
        ReadOnlySpan<long> position = events.Position.AsSpan(0, events.Count);
        ReadOnlySpan<byte> kinds = events.Kind.AsSpan(0, events.Count);
        ReadOnlySpan<int> targets = events.Target.AsSpan(0, events.Count);
        ReadOnlySpan<long> values = events.Value.AsSpan(0, events.Count);
        ReadOnlySpan<long> occurredAtMs = events.OccurredAtMs.AsSpan(0, events.Count);
        for (int i = 0; i < position.Length; i++)
        {
            Subject subject = SubjectOf((EventKind)kinds[i], targets[i], position[i]);
            Verdict verdict = VerdictOf((EventKind)kinds[i], targets[i], values[i], position[i], occurredAtMs[i], subject);
            if (verdict == Verdict.Counted) Count((EventKind)kinds[i], values[i], occurredAtMs[i], targets[i], subject, totals);
            if ((EventKind)kinds[i] == EventKind.Commented && verdict is Verdict.Counted or Verdict.SelfAction) NoteOwnReply(values[i], targets[i], subject, totals);
            totals.Verdicts[(int)verdict]++;
            if (!verdicts.IsEmpty) verdicts[i] = verdict;
        }

        End(totals);
    }

    private void Begin(int account, int events)
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
        _keys.Reset(checked(events * 3));
        _pairs.Reset();
        Array.Clear(_counted);
    }

    /// <summary>First matching reason in the order of <see cref="Verdict"/>.</summary>
    private Verdict VerdictOf(EventKind kind, int target, long value, long position, long occurredAtMs, in Subject subject)
    {
        if (_openedAt >= position) return Verdict.UnknownAccount;
        if (!subject.Known || (kind == EventKind.TipRefunded && value == 0)) return Verdict.UnknownTarget;
        if (_suspendedAt < position || !_oldEnough) return Verdict.IneligibleAccount;
        if ((subject.Owner == _account && subject.Counterparty) || (kind == EventKind.ShareVisited && value == _account)) return Verdict.SelfAction;
        if (subject.DeletedAt < _context.SealedAt || IsTakenBack(kind, target, position)) return Verdict.Retracted;
        if (kind == EventKind.VideoPublished && subject.OpenedAt != position) return Verdict.Repeat;
        if (HasKey(kind) && _keys.Contains(Key(kind, target, value))) return Verdict.Repeat;
        if (_counted[(int)kind] > 0 && Distance(occurredAtMs, _lastMs[(int)kind]) < (ulong)_rules.MinIntervalMs[(int)kind]) return Verdict.TooFast;
        if (_rules.Cap[(int)kind] != 0 && _counted[(int)kind] >= _rules.Cap[(int)kind]) return Verdict.OverCap;
        if (IsTrivial(kind, value, subject)) return Verdict.Trivial;
        if (kind is EventKind.BroadcastMinute or EventKind.PresenceMinute && _keys.Contains(MinuteKey(kind, value))) return Verdict.Overlap;
        if (kind == EventKind.BroadcastMinute && _rules.BandwidthRequired
            && _bandwidthUsed >= _context.Bandwidth.MinutesAt(_account, position)) return Verdict.UnentitledBroadcast;
        return kind.IsPayment() && _context.Unfunded.Contains(position) ? Verdict.Unfunded : Verdict.Counted;
    }

    private void Count(EventKind kind, long value, long occurredAtMs, int target, in Subject subject, ShardTotals totals)
    {
        if (HasKey(kind)) _keys.Add(Key(kind, target, value));
        _counted[(int)kind]++;
        _lastMs[(int)kind] = occurredAtMs;
        switch (kind)
        {
            case EventKind.Commented:
                _keys.Add(((ulong)CommentTextKeys << 56) | (unchecked((ulong)value) & KeyMask));
                break;
            case EventKind.PresenceMinute:
                _keys.Add(MinuteKey(kind, value));
                long bin = value - _dayStartMinute;
                if (bin is >= 0 and < ShardTotals.MinutesPerDay) totals.PresentByMinute[bin]++;
                break;
            case EventKind.BroadcastMinute:
                _keys.Add(MinuteKey(kind, value));
                _bandwidthUsed++;
                totals.Creators.Add(_account, CreatorTally.BroadcastMinutes, 1);
                break;
            case EventKind.VideoPublished:
                totals.Creators.Add(_account, CreatorTally.Posts, 1);
                (int, int) key = (_account, _context.Directory.Contents[target].Category);
                totals.Creators.CategoryPosts[key] = totals.Creators.CategoryPosts.GetValueOrDefault(key) + 1;
                break;
            case EventKind.Followed:
                totals.Creators.Add(target, CreatorTally.NetFollowers, 1);
                break;
        }

        long weight = _rules.WeightMicro[(int)kind];
        bool inTeam = subject.Space >= 0 && subject.Space == _teamSpace;
        if (!subject.Counterparty)
        {
            _ownMicro += weight;
            if (inTeam) _ownTeamMicro += weight;
            return;
        }

        int pair = _pairs.Entry(subject.Owner);
        _pairs.RawMicro[pair] += weight;
        if (inTeam) _pairs.TeamRawMicro[pair] += weight;
        _pairs.Kinds[pair] |= BitOf(kind);
    }

    /// <summary>Replies under one's own videos or in one's own space are the interaction dimension; each text is taken once.</summary>
    private void NoteOwnReply(long value, int target, in Subject subject, ShardTotals totals)
    {
        bool own = subject.Owner == _account || At(_context.Directory.Spaces, subject.Space, SpaceFacts.Unknown).Provider == _account;
        if (!own || subject.DeletedAt < _context.SealedAt || ActivityColumns.CommentLetters(value) < _rules.MinCommentLetters) return;
        if (_keys.Add(((ulong)OwnReplyKeys << 56) | (unchecked((ulong)value) & KeyMask))) totals.Creators.Add(_account, CreatorTally.OwnReplies, 1);
    }

    private void End(ShardTotals totals)
    {
        long points = _ownMicro;
        long teamPoints = _ownTeamMicro;
        for (int pair = 0; pair < _pairs.Count; pair++)
        {
            points += PairDamping.Damp(_pairs.RawMicro[pair], _rules.PairKneeMicro);
            teamPoints += PairDamping.Damp(_pairs.TeamRawMicro[pair], _rules.PairKneeMicro);
            byte kinds = _pairs.Kinds[pair];
            if (kinds == 0) continue;
            int row = totals.Creators.Row(_pairs.Owner[pair]) * CreatorTally.Columns;
            int[] counts = totals.Creators.Counts;
            counts[row + CreatorTally.Viewers] += kinds & ViewBit;
            counts[row + CreatorTally.Likers] += (kinds & LikeBit) >> 1;
            counts[row + CreatorTally.Commenters] += (kinds & CommentBit) >> 2;
            counts[row + CreatorTally.Tippers] += (kinds & TipBit) >> 3;
            counts[row + CreatorTally.Sharers] += (kinds & ShareBit) >> 4;
        }

        bool active = false;
        for (int kind = 1; kind < _counted.Length; kind++)
        {
            if (_counted[kind] == 0) continue;
            active = true;
            totals.CountedByKind[kind] += _counted[kind];
            totals.AccountsByKind[kind]++;
        }

        if (!active) return;
        totals.ActiveAccounts++;
        totals.Account.Add(_account);
        totals.PointsMicro.Add(points);
        totals.TeamPointsMicro.Add(teamPoints);
    }

    /// <summary>What an event acts on.</summary>
    private Subject SubjectOf(EventKind kind, int target, long position)
    {
        switch (kind)
        {
            case EventKind.Viewed or EventKind.Liked or EventKind.Unliked or EventKind.Commented or EventKind.Shared
                or EventKind.ShareVisited or EventKind.ContentPurchased or EventKind.VideoPublished:
                ContentFacts content = At(_context.Directory.Contents, target, ContentFacts.Unknown);
                bool publishes = kind == EventKind.VideoPublished;
                bool known = publishes
                    ? At(_context.Directory.Spaces, content.Space, SpaceFacts.Unknown).OpenedAt < position
                    : content.OpenedAt < position;
                return new Subject(known, content.Owner, content.Space, content.OpenedAt, content.DeletedAt, content.DurationSeconds, Counterparty: !publishes);
            case EventKind.Tipped or EventKind.GiftSent or EventKind.PresenceMinute:
                SpaceFacts space = At(_context.Directory.Spaces, target, SpaceFacts.Unknown);
                return new Subject(space.OpenedAt < position, space.Provider, target, space.OpenedAt, Contributions.Directory.Never, 0, Counterparty: true);
            case EventKind.BroadcastStarted or EventKind.BroadcastMinute or EventKind.BroadcastEnded:
                SpaceFacts stage = At(_context.Directory.Spaces, target, SpaceFacts.Unknown);
                return new Subject(stage.OpenedAt < position, stage.Provider, target, stage.OpenedAt, Contributions.Directory.Never, 0, Counterparty: false);
            case EventKind.Followed or EventKind.Unfollowed:
                AccountFacts followee = At(_context.Directory.Accounts, target, AccountFacts.Unknown);
                return new Subject(followee.OpenedAt < position, target, -1, followee.OpenedAt, Contributions.Directory.Never, 0, Counterparty: true);
            default:
                return new Subject(Known: true, -1, -1, -1, Contributions.Directory.Never, 0, Counterparty: false);
        }
    }

    /// <summary>Keeps the last taking back per kind and target, and each refunded tip, so that an event needs one look.</summary>
    private void NoteRetractions(int account)
    {
        _takenBack.Clear();
        foreach (Retraction r in _context.Retractions.Of(account))
        {
            if (r.At >= _context.SealedAt) continue;
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
    private static bool HasKey(EventKind kind) => kind is EventKind.Viewed or EventKind.Liked or EventKind.Unliked or EventKind.Commented
        or EventKind.Shared or EventKind.ShareVisited or EventKind.Followed or EventKind.Unfollowed
        or EventKind.Tipped or EventKind.GiftSent or EventKind.ContentPurchased or EventKind.AppPurchased;

    // A share visit is the same when the visitor is, whatever the visitor was shown.
    private static ulong Key(EventKind kind, int target, long value) =>
        ((ulong)kind << 56) | (kind == EventKind.ShareVisited ? unchecked((uint)value) : unchecked((uint)target));

    private static ulong TipKey(long position) => ((ulong)EventKind.Tipped << 56) | ((ulong)position & KeyMask);

    private static ulong MinuteKey(EventKind kind, long minute) => ((ulong)kind << 56) | (unchecked((ulong)minute) & KeyMask);

    private static ulong Distance(long a, long b) => a > b ? unchecked((ulong)(a - b)) : unchecked((ulong)(b - a));

    private static byte BitOf(EventKind kind) => kind switch
    {
        EventKind.Viewed => ViewBit,
        EventKind.Liked => LikeBit,
        EventKind.Commented => CommentBit,
        EventKind.Tipped or EventKind.GiftSent => TipBit,
        EventKind.Shared or EventKind.ShareVisited => ShareBit,
        _ => 0,
    };

    private static T At<T>(ReadOnlySpan<T> facts, int ordinal, T unknown) =>
        (uint)ordinal < (uint)facts.Length ? facts[ordinal] : unknown;

    /// <param name="Known">Whether it existed at the event's position.</param>
    /// <param name="Owner">Whose it is, or −1.</param>
    /// <param name="Space">In which space, or −1.</param>
    /// <param name="OpenedAt">Where it was opened or published.</param>
    /// <param name="DeletedAt">Where it was deleted.</param>
    /// <param name="DurationSeconds">A video's length.</param>
    /// <param name="Counterparty">Whether acting on it is acting on its owner.</param>
    private readonly record struct Subject(bool Known, int Owner, int Space, long OpenedAt, long DeletedAt, uint DurationSeconds, bool Counterparty);
}
