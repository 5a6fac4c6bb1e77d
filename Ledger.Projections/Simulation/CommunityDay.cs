using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;

namespace Ledger.Projections.Simulation;

/// <summary>What the community does by plan: opening accounts and spaces, publishing, going live, team work, and the bots' hours.</summary>
internal sealed class CommunityDay
{
    /// <summary>One viewer in so many is granted some WE for tips and purchases.</summary>
    public const int ViewersPerGrant = 5;

    /// <summary>Minutes that a worker of a team is live each day: with a video a day it meets the default ruleset's quota of 60 points.</summary>
    private const int TeamLiveMinutes = 12;

    private const int SoloLiveMinutesMax = 45;
    private const int BotMinutes = 30;
    private const int BotStart = 120;
    private const int SpamStart = 600;

    private static readonly string[] Categories = ["music", "dance", "gaming", "food", "travel", "sports", "comedy", "beauty", "learning", "pets", "fashion", "talk"];
    private static readonly ulong SpamText = CommentText.Digest("nice video follow me");

    private readonly Community _community;
    private readonly CommunityShelf _shelf;
    private readonly List<Act>[] _acts = new List<Act>[DailyRhythm.MinutesPerDay];
    private int _videos;
    private int _planned;

    public CommunityDay(Community community, CommunityShelf shelf)
    {
        _community = community;
        _shelf = shelf;
        for (int i = 0; i < _acts.Length; i++) _acts[i] = [];
    }

    private enum What
    {
        Open,
        Publish,
        Delete,
        BuyMinutes,
        GoLive,
        Live,
        EndLive,
        WorkOn,
        Glance,
        Bot,
        Spam,
        Advertise,
        TopUp,
        Suspend,
    }

    /// <summary>The one application sold in the community.</summary>
    public static AppId App { get; } = new("app-stickers");

    /// <summary>At least so many that less than a second lies between two.</summary>
    private int BotViewsPerMinute => Math.Max(70, _community.Settings.EventsPerDay / 3_000);

    /// <summary>Plans a day.</summary>
    /// <returns>How many events the plan has.</returns>
    public int Plan(int day, ref SplitMix64 random)
    {
        foreach (List<Act> acts in _acts) acts.Clear();
        _planned = 0;
        if (day == 0) Add(0, What.Open, 0, 0, OpeningCount());
        PlanSolo(ref random);
        foreach (Community.Team team in _community.Teams) PlanTeam(team, ref random);
        for (int i = _community.RingStart; i < _community.RingEnd; i++) Add(3 + (i % 50), What.Publish, i, i, 1);
        for (int i = 0; i < BotMinutes; i++) Add(BotStart + i, What.Bot, 0, 0, BotViewsPerMinute);
        for (int i = 0; i < BotMinutes * 2; i++) Add(SpamStart + (i * 4), What.Spam, 0, 0, 8);
        if (day == _community.Settings.Days - 1) Add(720, What.Suspend, 0, 0, 1);
        Add(700, What.Advertise, day, 0, 1);
        if (day % 4 == 2) Add(701, What.TopUp, 0, 0, 1);
        return _planned;
    }

    /// <summary>States the events planned for a minute.</summary>
    public void Play(int minute, int minuteNumber, List<EventPayload> events, ref SplitMix64 random)
    {
        foreach (Act act in _acts[minute]) Play(act, minuteNumber, events, ref random);
    }

    private void Add(int minute, What what, int who, int where, int events)
    {
        _acts[minute].Add(new Act(what, who, where));
        _planned += events;
    }

    /// <summary>Creators without a team: some videos, and for the more popular half a broadcast.</summary>
    private void PlanSolo(ref SplitMix64 random)
    {
        for (int creator = 0; creator < _community.Creators; creator++)
        {
            if (Community.ProvidesTeam(creator)) continue;
            int videos = random.Below(3) + (creator < _community.Creators / 20 ? 1 : 0);
            for (int i = 0; i < videos; i++) Add(5 + random.Below(1400), What.Publish, creator, creator, 1);
            if (creator < _community.Creators / 2 && random.Below(3) == 0) PlanLive(creator, creator, 10 + random.Below(SoloLiveMinutesMax - 10), ref random);
            if (random.Below(150) == 0) Add(1430, What.Delete, creator, creator, 0);
        }
    }

    /// <summary>Everybody but the free rider publishes a video, goes live in the team's space, and works on the others' videos.</summary>
    private void PlanTeam(Community.Team team, ref SplitMix64 random)
    {
        PlanWorker(team.Provider, team, ref random);
        foreach (int member in team.Members)
        {
            if (member != team.FreeRider) PlanWorker(member, team, ref random);
            else Add(1200, What.Glance, member, team.Provider, 2);
        }
    }

    private void PlanWorker(int worker, Community.Team team, ref SplitMix64 random)
    {
        Add(60 + random.Below(600), What.Publish, worker, team.Provider, 1);
        PlanLive(worker, team.Provider, TeamLiveMinutes, ref random);
        int at = 700 + random.Below(500);
        if (worker != team.Provider) Add(at, What.WorkOn, worker, team.Provider, 3);
        foreach (int member in team.Members)
        {
            if (member != worker && member != team.FreeRider) Add(++at, What.WorkOn, worker, member, 3);
        }
    }

    private void PlanLive(int account, int spaceOwner, int minutes, ref SplitMix64 random)
    {
        int start = 10 + random.Below(DailyRhythm.MinutesPerDay - minutes - 20);
        Add(start, What.BuyMinutes, account, minutes, 1);
        Add(start, What.GoLive, account, spaceOwner, 1);
        for (int i = 1; i <= minutes; i++) Add(start + i, What.Live, account, spaceOwner, 1);
        Add(start + minutes + 1, What.EndLive, account, spaceOwner, 1);
    }

    private void Play(Act act, int minute, List<EventPayload> events, ref SplitMix64 random)
    {
        AccountId account = _community.Accounts[act.Who];
        switch (act.What)
        {
            case What.Open:
                Open(events, ref random);
                break;
            case What.Publish:
                events.Add(Publish(act.Who, act.Where, ref random));
                break;
            case What.Delete:
                if (_shelf.Count(act.Who) > 2) events.Add(new ContentDeleted(_shelf.RemoveNewest(act.Who)));
                break;
            case What.BuyMinutes:
                events.Add(new BandwidthPurchased(account, (uint)act.Where, TokenAmount.FromBaseUnits((UInt128)act.Where * 10_000_000_000_000_000)));
                break;
            case What.GoLive:
                events.Add(new BroadcastStarted(account, _community.Spaces[act.Where], Session(minute)));
                break;
            case What.Live:
                events.Add(new BroadcastMinute(account, _community.Spaces[act.Where], minute));
                break;
            case What.EndLive:
                events.Add(new BroadcastEnded(account, _community.Spaces[act.Where], Session(minute)));
                break;
            case What.WorkOn:
                ContentId video = _shelf.Newest(act.Where);
                events.Add(new Viewed(account, video, (uint)(60 + random.Below(60))));
                events.Add(new Liked(account, video));
                events.Add(new Commented(account, video, (byte)(10 + random.Below(40)), random.Next() >> 8));
                break;
            case What.Glance:
                events.Add(new Viewed(account, _shelf.Newest(act.Where), 4));
                events.Add(new Viewed(account, _shelf.Newest(act.Where), 9));
                break;
            case What.Bot:
                AccountId bot = _community.Roles.ViewBot;
                for (int i = BotViewsPerMinute; i > 0; i--) events.Add(new Viewed(bot, _shelf.Draw(1, ref random), 30));
                break;
            case What.Spam:
                Spam(events, ref random);
                break;
            case What.Advertise:
                events.Add(new AdRevenueReceived(string.Create(CultureInfo.InvariantCulture, $"ads-{act.Who:0000}"), TokenAmount.FromWe(2_000 + (ulong)random.Below(1_000))));
                break;
            case What.TopUp:
                events.Add(new PoolToppedUp("social-community", TokenAmount.FromWe(5_000)));
                break;
            default:
                events.Add(new AccountSuspended(_community.Roles.Spammer, "the same comment hundreds of times"));
                break;
        }
    }

    private void Spam(List<EventPayload> events, ref SplitMix64 random)
    {
        AccountId spammer = _community.Roles.Spammer;
        for (int i = 0; i < 4; i++)
        {
            ContentId video = _shelf.Draw(random.Below(_community.Creators), ref random);
            events.Add(new Liked(spammer, video));
            events.Add(new Commented(spammer, video, 16, SpamText));
        }
    }

    private VideoPublished Publish(int owner, int spaceOwner, ref SplitMix64 random)
    {
        ContentId video = new(string.Create(CultureInfo.InvariantCulture, $"video-{_videos++:0000000}"));
        _shelf.Add(owner, video);
        // A creator keeps to one category four times out of five.
        int category = random.Below(5) == 0 ? random.Below(Categories.Length) : owner % Categories.Length;
        SpaceId space = spaceOwner < _community.Creators ? _community.Spaces[spaceOwner] : _community.RingSpaces[spaceOwner - _community.RingStart];
        return new VideoPublished(video, space, _community.Accounts[owner], Categories[category], (uint)(15 + random.Below(165)));
    }

    /// <summary>An account goes live once a day, so the day names its session.</summary>
    private static string Session(int minute) => string.Create(CultureInfo.InvariantCulture, $"live-{minute / DailyRhythm.MinutesPerDay}");

    /// <summary>The community comes into being: accounts, wallets, grants, spaces, teams, and a first video of everybody who has a space.</summary>
    private void Open(List<EventPayload> events, ref SplitMix64 random)
    {
        for (int i = 0; i < _community.Accounts.Length; i++)
        {
            events.Add(new AccountOpened(_community.Accounts[i]));
            if (HasWallet(i)) events.Add(new WalletLinked(_community.Accounts[i], new WalletAddress(new UInt128(random.Next(), random.Next()), (uint)i + 1)));
            if (HasGrant(i)) events.Add(new AllocationReleased("social-community", _community.Accounts[i], TokenAmount.FromWe(500)));
        }

        for (int i = 0; i < _community.Creators; i++)
        {
            events.Add(new SpaceOpened(_community.Spaces[i], _community.Accounts[i]));
            if (HasPromoterShare(i)) events.Add(new PromoterShareSet(_community.Spaces[i], 1_000));
            events.Add(Publish(i, i, ref random));
        }

        for (int i = _community.RingStart; i < _community.RingEnd; i++)
        {
            events.Add(new SpaceOpened(_community.RingSpaces[i - _community.RingStart], _community.Accounts[i]));
            events.Add(Publish(i, i, ref random));
        }

        foreach (Community.Team team in _community.Teams)
        {
            SpaceId space = _community.Spaces[team.Provider];
            events.Add(new ProviderShareSet(space, 1_500));
            foreach (int member in team.Members)
            {
                events.Add(new MemberInvited(space, _community.Accounts[member]));
                events.Add(new MemberApproved(space, _community.Accounts[member]));
            }
        }
    }

    private int OpeningCount()
    {
        int count = (_community.Creators * 2) + ((_community.RingEnd - _community.RingStart) * 2);
        for (int i = 0; i < _community.Accounts.Length; i++) count += 1 + (HasWallet(i) ? 1 : 0) + (HasGrant(i) ? 1 : 0);
        for (int i = 0; i < _community.Creators; i++) count += HasPromoterShare(i) ? 1 : 0;
        foreach (Community.Team team in _community.Teams) count += 1 + (team.Members.Length * 2);
        return count;
    }

    // One account in seven has no wallet yet: its payouts carry over.
    private static bool HasWallet(int account) => account % 7 != 6;

    /// <summary>Creators and team members start with some WE for bandwidth, and some of the viewers for tips.</summary>
    private bool HasGrant(int account) => account < _community.ViewersStart || account % ViewersPerGrant == 0;

    private static bool HasPromoterShare(int creator) => creator % 3 == 0;

    private readonly record struct Act(What What, int Who, int Where);
}
