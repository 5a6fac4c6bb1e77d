using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Projections.Simulation;

/// <summary>The life of a <see cref="Community"/>, a day at a time, as the events that a producer would submit, in order of time.</summary>
/// <remarks>
/// A minute is made at a time and forgotten: memory grows with the accounts, not with the events.
/// Within a day the community's schedule (<see cref="CommunityDay"/>) comes first; reactions by chance fill the minute up to what the daily rhythm gives it.
/// </remarks>
public sealed class CommunityRun
{
    private const long MinuteMs = 60_000;
    private const int VisibleVideoSecondsMax = 180;

    private static readonly string[] Gifts = ["rose", "lantern", "crown", "rocket"];

    private readonly Community _community;
    private readonly ZipfTable _popularity;
    private readonly ZipfTable _activity;
    private readonly CommunityShelf _shelf;
    private readonly CommunityDay _schedule;
    private readonly CommunitySessions _presence = new();
    private readonly List<EventPayload> _minute = new(4096);
    private readonly Recent<(AccountId Account, ContentId Video)> _likes = new(4096);
    private readonly Recent<(AccountId Account, AccountId Followee)> _follows = new(1024);
    private readonly Recent<(AccountId Account, ContentId Video)> _shares = new(1024);
    private readonly Recent<(AccountId Account, EventId Tip)> _tips = new(256);
    private SplitMix64 _random;
    private ulong _sequence;
    private int _day;

    internal CommunityRun(Community community)
    {
        _community = community;
        CommunitySettings settings = community.Settings;
        _random = new SplitMix64(SplitMix64.Mix(settings.Seed ^ 0x5bd1e995));
        _popularity = new ZipfTable(community.Creators, 1);
        _activity = new ZipfTable(community.RingStart - community.ViewersStart, Math.Max(1, settings.Accounts / 20));
        _shelf = new CommunityShelf(settings.Accounts);
        _schedule = new CommunityDay(community, _shelf);
    }

    /// <summary>Whether <see cref="NextDay"/> has another day.</summary>
    public bool HasNext => _day < _community.Settings.Days;

    /// <summary>The day that <see cref="NextDay"/> gives.</summary>
    public Day Day => _community.Settings.FirstDay.Plus(_day);

    /// <summary>The next day's events. Enumerate them to the end, once, before asking for the day after.</summary>
    public IEnumerable<SubmittedEvent> NextDay()
    {
        if (!HasNext) throw new InvalidOperationException("the community has no more days; Begin starts it anew");
        long startMs = Day.Start.Value;
        int minuteNumber = (int)(startMs / MinuteMs);
        int scheduled = _schedule.Plan(_day, ref _random);
        int chance = Math.Max(0, _community.Settings.EventsPerDay - scheduled);
        for (int minute = 0; minute < DailyRhythm.MinutesPerDay; minute++)
        {
            _minute.Clear();
            _schedule.Play(minute, minuteNumber + minute, _minute, ref _random);
            int room = DailyRhythm.Share(minute, chance);
            int present = _presence.Play(room / 5, minuteNumber + minute, _minute, Visit, ref _random);
            for (int i = present; i < room; i++) _minute.Add(ByChance());
            for (int i = 0; i < _minute.Count; i++) yield return Submit(_minute[i], UnixMs.From(startMs + (minute * MinuteMs) + (i * MinuteMs / _minute.Count)));
        }

        _day++;
    }

    private SubmittedEvent Submit(EventPayload payload, UnixMs at)
    {
        EventId id = NextId();
        if (payload is Tipped tip && _random.Below(16) == 0) _tips.Add((tip.Account, id), ref _random);
        return new SubmittedEvent(id, at, payload);
    }

    /// <summary>A version 8 UUID of the seed and the event's number.</summary>
    private EventId NextId()
    {
        unchecked
        {
            ulong high = SplitMix64.Mix((_community.Settings.Seed * 0x9e3779b97f4a7c15) + ++_sequence);
            ulong low = SplitMix64.Mix(high + _sequence);
            return new EventId(new UInt128((high & ~0xf000UL) | 0x8000, (low & ~(3UL << 62)) | (1UL << 63)));
        }
    }

    private (AccountId Account, SpaceId Space) Visit() => (Viewer(), _community.Spaces[_popularity.Draw(ref _random)]);

    private AccountId Viewer() => _community.Accounts[_community.ViewersStart + _activity.Draw(ref _random)];

    /// <summary>A viewer that was granted some WE; the others have nothing to give.</summary>
    private AccountId Patron()
    {
        int index = _community.ViewersStart + _activity.Draw(ref _random);
        int granted = index - (index % CommunityDay.ViewersPerGrant);
        return _community.Accounts[granted < _community.ViewersStart ? granted + CommunityDay.ViewersPerGrant : granted];
    }

    private ContentId Video()
    {
        int owner = _popularity.Draw(ref _random);
        while (_shelf.Count(owner) == 0) owner = _popularity.Draw(ref _random);
        return _shelf.Draw(owner, ref _random);
    }

    private TokenAmount We(int most) => TokenAmount.FromWe((ulong)(1 + _random.Below(most)));

    private EventPayload ByChance()
    {
        int dice = _random.Below(1000);
        return dice switch
        {
            < 590 => new Viewed(Viewer(), Video(), (uint)(1 + _random.Below(VisibleVideoSecondsMax))),
            < 790 => Like(),
            < 850 => new Commented(Viewer(), Video(), (byte)(2 + _random.Below(80)), _random.Next() >> 8),
            < 870 => Share(),
            < 890 when _shares.Any => ShareVisit(),
            < 935 => Follow(),
            < 945 when _likes.Any => Unlike(),
            < 948 when _follows.Any => Unfollow(),
            < 958 => new Tipped(Patron(), _community.Spaces[_popularity.Draw(ref _random)], We(3)),
            < 963 => new GiftSent(Patron(), _community.Spaces[_popularity.Draw(ref _random)], Gifts[_random.Below(Gifts.Length)], We(5)),
            < 966 => new ContentPurchased(Patron(), Video(), We(2)),
            < 967 => new AppPurchased(Patron(), CommunityDay.App, We(2)),
            < 968 when _tips.Any => Refund(),
            _ => Ring(),
        };
    }

    private Liked Like()
    {
        Liked like = new(Viewer(), Video());
        if (_random.Below(8) == 0) _likes.Add((like.Account, like.Content), ref _random);
        return like;
    }

    private Unliked Unlike()
    {
        (AccountId account, ContentId video) = _likes.Take(ref _random);
        return new Unliked(account, video);
    }

    private Followed Follow()
    {
        Followed follow = new(Viewer(), _community.Accounts[_popularity.Draw(ref _random)]);
        if (_random.Below(8) == 0) _follows.Add((follow.Account, follow.Followee), ref _random);
        return follow;
    }

    private Unfollowed Unfollow()
    {
        (AccountId account, AccountId followee) = _follows.Take(ref _random);
        return new Unfollowed(account, followee);
    }

    private Shared Share()
    {
        Shared share = new(Viewer(), Video(), (byte)_random.Below((int)SharePlatform.Kakao + 1));
        _shares.Add((share.Account, share.Content), ref _random);
        return share;
    }

    private ShareVisited ShareVisit()
    {
        (AccountId account, ContentId video) = _shares.Draw(ref _random);
        return new ShareVisited(account, video, Viewer());
    }

    private TipRefunded Refund()
    {
        (AccountId account, EventId tip) = _tips.Take(ref _random);
        return new TipRefunded(account, tip);
    }

    /// <summary>Two of the ring: one acts on the other's videos.</summary>
    private EventPayload Ring()
    {
        int size = _community.RingEnd - _community.RingStart;
        int actor = _random.Below(size);
        int owner = _community.RingStart + ((actor + 1 + _random.Below(size - 1)) % size);
        AccountId account = _community.Accounts[_community.RingStart + actor];
        ContentId video = _shelf.Draw(owner, ref _random);
        return _random.Below(3) switch
        {
            0 => new Viewed(account, video, 60),
            1 => new Liked(account, video),
            _ => new Commented(account, video, 12, _random.Next() >> 8),
        };
    }
}
