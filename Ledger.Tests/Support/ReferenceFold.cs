using Ledger.Core.Events;
using Ledger.Core.Validity;

namespace Ledger.Tests.Support;

/// <summary>The fold as the reward rules say it, slowly, on texts and objects: the oracle of the kernels.</summary>
public sealed class ReferenceFold
{
    private readonly World _world;
    private readonly List<RecordedEvent> _all;
    private readonly List<(RecordedEvent Event, Verdict Verdict)> _judged = [];

    public ReferenceFold(World world)
    {
        _world = world;
        _all = [.. world.Events.Where(e => e.Position < world.SealedAt)];
        foreach (RecordedEvent e in _all.Where(e => e.Payload is ActivityPayload && e.Event.Window == World.Window)) _judged.Add((e, Judge(e)));
    }

    public IReadOnlyList<(RecordedEvent Event, Verdict Verdict)> Judged => _judged;

    public long Points(string account, string? space)
    {
        IEnumerable<RecordedEvent> mine = Counted.Where(e => Actor(e) == account && (space is null || SpaceOf(e) == space));
        return mine.GroupBy(e => IsTowardsOwner(e) ? OwnerOf(e) : null)
            .Sum(pair => Damped(pair.Sum(e => World.Rules.WeightMicro[(int)e.Payload.Kind]), pair.Key is null));
    }

    public IEnumerable<string> ActiveAccounts => Counted.Select(Actor).Distinct();

    public int Distinct(string creator, params EventKind[] kinds) =>
        Counted.Where(e => kinds.Contains(e.Payload.Kind) && OwnerOf(e) == creator).Select(Actor).Distinct().Count();

    public int CountedOf(string account, EventKind kind) => Counted.Count(e => e.Payload.Kind == kind && Actor(e) == account);

    public int NewFollowers(string account) => Counted.Count(e => e.Payload is Followed f && f.Followee.Value == account);

    public int OwnReplies(string account) => _judged
        .Where(j => j.Verdict is Verdict.Counted or Verdict.SelfAction && j.Event.Payload is Commented c && c.Account.Value == account && c.Letters >= 2
            && (OwnerOf(j.Event) == account || ProviderOf(SpaceOf(j.Event)) == account) && DeletedAt(c.Content.Value) is null)
        .Select(j => (((Commented)j.Event.Payload).Letters, ((Commented)j.Event.Payload).TextDigest)).Select(t => t.TextDigest).Distinct().Count();

    private IEnumerable<RecordedEvent> Counted => _judged.Where(j => j.Verdict == Verdict.Counted).Select(j => j.Event);

    private Verdict Judge(RecordedEvent e)
    {
        EventKind kind = e.Payload.Kind;
        string account = Actor(e);
        List<RecordedEvent> before = [.. Counted.Where(x => Actor(x) == account && x.Payload.Kind == kind)];
        if (!Opened<AccountOpened>(x => x.Account.Value == account, e.Position)) return Verdict.UnknownAccount;
        if (!TargetKnown(e)) return Verdict.UnknownTarget;
        if (_all.Any(x => x.Position < e.Position && x.Payload is AccountSuspended s && s.Account.Value == account)) return Verdict.IneligibleAccount;
        if (World.Window - First<AccountOpened>(x => x.Account.Value == account)!.Event.Window < World.Rules.MinAgeDays) return Verdict.IneligibleAccount;
        if (IsTowardsOwner(e) && OwnerOf(e) == account) return Verdict.SelfAction;
        if (e.Payload is ShareVisited visit && visit.Visitor.Value == account) return Verdict.SelfAction;
        if (ContentOf(e) is { } content && DeletedAt(content) is not null) return Verdict.Retracted;
        if (TakenBack(e)) return Verdict.Retracted;
        if (e.Payload is VideoPublished p && First<VideoPublished>(x => x.Content == p.Content)!.Position != e.Position) return Verdict.Repeat;
        if (Repeats(e, before)) return Verdict.Repeat;
        if (before.Count > 0 && Math.Abs(before[^1].Event.OccurredAt - e.Event.OccurredAt) < World.Rules.MinIntervalMs[(int)kind]) return Verdict.TooFast;
        if (World.Rules.Cap[(int)kind] > 0 && before.Count >= World.Rules.Cap[(int)kind]) return Verdict.OverCap;
        if (Trivial(e, before)) return Verdict.Trivial;
        if (MinuteOf(e) is { } minute && before.Any(x => MinuteOf(x) == minute)) return Verdict.Overlap;
        if (kind == EventKind.BroadcastMinute && before.Count >= _world.MinutesAt(account, e.Position)) return Verdict.UnentitledBroadcast;
        return _world.Unfunded.Contains(e.Position) ? Verdict.Unfunded : Verdict.Counted;
    }

    private bool TargetKnown(RecordedEvent e) => e.Payload switch
    {
        VideoPublished p => Opened<SpaceOpened>(x => x.Space == First<VideoPublished>(v => v.Content == p.Content)!.Payload.As<VideoPublished>().Space, e.Position),
        Followed f => Opened<AccountOpened>(x => x.Account == f.Followee, e.Position),
        Unfollowed f => Opened<AccountOpened>(x => x.Account == f.Followee, e.Position),
        TipRefunded r => _all.Any(x => x.Event.Id == r.Tip && x.Payload is Tipped t && t.Account == r.Account),
        _ when ContentOf(e) is { } content => Opened<VideoPublished>(x => x.Content.Value == content, e.Position),
        _ when SpaceOf(e) is { } space => Opened<SpaceOpened>(x => x.Space.Value == space, e.Position),
        _ => true,
    };

    private bool TakenBack(RecordedEvent e) => _all.Any(x => x.Position > e.Position && (e.Payload, x.Payload) switch
    {
        (Liked a, Unliked b) => a.Account == b.Account && a.Content == b.Content,
        (Followed a, Unfollowed b) => a.Account == b.Account && a.Followee == b.Followee,
        (Tipped a, TipRefunded b) => a.Account == b.Account && e.Event.Id == b.Tip,
        _ => false,
    });

    private static bool Repeats(RecordedEvent e, List<RecordedEvent> before) => e.Payload switch
    {
        ShareVisited v => before.Any(x => ((ShareVisited)x.Payload).Visitor == v.Visitor),
        BroadcastStarted or BroadcastMinute or BroadcastEnded or PresenceMinute or BandwidthPurchased or TipRefunded or VideoPublished => false,
        _ => before.Any(x => TargetText(x) == TargetText(e)),
    };

    private bool Trivial(RecordedEvent e, List<RecordedEvent> before) => e.Payload switch
    {
        Viewed v => v.WatchSeconds * 100 < (Duration(v.Content.Value) is var d && d == 0 ? 300 : Math.Min(300, d * 30)),
        Commented c => c.Letters < 2 || before.Any(x => ((Commented)x.Payload).TextDigest == c.TextDigest),
        _ => false,
    };

    private static long Damped(long points, bool own) =>
        own || points <= World.Rules.PairKneeMicro ? points : (long)Root(points);

    private static System.Numerics.BigInteger Root(long points)
    {
        System.Numerics.BigInteger square = (System.Numerics.BigInteger)points * World.Rules.PairKneeMicro;
        System.Numerics.BigInteger low = 0, high = square + 1;
        while (high - low > 1)
        {
            System.Numerics.BigInteger middle = (low + high) / 2;
            if (middle * middle <= square) low = middle;
            else high = middle;
        }

        return low;
    }

    private string? OwnerOf(RecordedEvent e) => e.Payload switch
    {
        Followed f => f.Followee.Value,
        Unfollowed f => f.Followee.Value,
        _ when ContentOf(e) is { } content => First<VideoPublished>(x => x.Content.Value == content)?.Payload.As<VideoPublished>().Account.Value,
        _ => ProviderOf(SpaceOf(e)),
    };

    private static bool IsTowardsOwner(RecordedEvent e) => e.Payload is not (VideoPublished or BroadcastStarted or BroadcastMinute or BroadcastEnded
        or TipRefunded or BandwidthPurchased or AppPurchased);

    private string? SpaceOf(RecordedEvent e) => e.Payload switch
    {
        PresenceMinute x => x.Space.Value,
        BroadcastStarted x => x.Space.Value,
        BroadcastMinute x => x.Space.Value,
        BroadcastEnded x => x.Space.Value,
        Tipped x => x.Space.Value,
        GiftSent x => x.Space.Value,
        _ when ContentOf(e) is { } content => First<VideoPublished>(x => x.Content.Value == content)?.Payload.As<VideoPublished>().Space.Value,
        _ => null,
    };

    private static string? ContentOf(RecordedEvent e) => e.Payload switch
    {
        Viewed x => x.Content.Value,
        Liked x => x.Content.Value,
        Unliked x => x.Content.Value,
        Commented x => x.Content.Value,
        Shared x => x.Content.Value,
        ShareVisited x => x.Content.Value,
        ContentPurchased x => x.Content.Value,
        VideoPublished x => x.Content.Value,
        _ => null,
    };

    private static string TargetText(RecordedEvent e) => e.Payload switch
    {
        Followed x => x.Followee.Value,
        Unfollowed x => x.Followee.Value,
        Tipped x => x.Space.Value,
        GiftSent x => x.Space.Value,
        AppPurchased x => x.App.Value,
        _ => ContentOf(e)!,
    };

    private static long? MinuteOf(RecordedEvent e) => e.Payload switch
    {
        BroadcastMinute x => x.Minute,
        PresenceMinute x => x.Minute,
        _ => null,
    };

    private long Duration(string content) => First<VideoPublished>(x => x.Content.Value == content)!.Payload.As<VideoPublished>().DurationSeconds;

    private long? DeletedAt(string content) => First<ContentDeleted>(x => x.Content.Value == content)?.Position;

    private string? ProviderOf(string? space) => First<SpaceOpened>(x => x.Space.Value == space)?.Payload.As<SpaceOpened>().Provider.Value;

    private static string Actor(RecordedEvent e) => ((ActivityPayload)e.Payload).Actor.Value;

    private RecordedEvent? First<T>(Func<T, bool> which)
        where T : EventPayload => _all.FirstOrDefault(e => e.Payload is T payload && which(payload));

    private bool Opened<T>(Func<T, bool> which, long before)
        where T : EventPayload => First(which) is { } first && first.Position < before;
}

/// <summary>Reads a payload as the kind it is known to be.</summary>
internal static class PayloadExtensions
{
    public static T As<T>(this EventPayload payload)
        where T : EventPayload => (T)payload;
}
