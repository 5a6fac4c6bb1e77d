using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Tests.ReadModels;

/// <summary>Days of everything that producers can state, in any order, about few people and things, known and unknown: what views must survive. A seed gives the same life.</summary>
internal sealed class RandomLife(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<(EventId Id, AccountId Tipper)> _tips = [];
    private int _count;

    public static Core.Time.Day FirstDay { get; } = Core.Time.Day.FromNumber(20_000);

    /// <summary>A day's events, in order of time; the first day begins with people, spaces and money.</summary>
    public IEnumerable<SubmittedEvent> Day(int day, int events)
    {
        long start = FirstDay.Plus(day).Start.Value;
        List<EventPayload> payloads = [];
        if (day == 0)
        {
            for (int i = 0; i < 9; i++) payloads.Add(new AccountOpened(Account(i)));
            for (int i = 0; i < 3; i++) payloads.Add(new SpaceOpened(Space(i), Account(i)));
            for (int i = 0; i < 7; i++) payloads.Add(new AllocationReleased("token-sale", Account(i), TokenAmount.FromWe(50)));
            for (int i = 0; i < 4; i++) payloads.Add(new VideoPublished(Video(i), Space(i % 3), Account(i % 3), "cats", 30));
            payloads.Add(new MemberApproved(Space(0), Account(5)));
        }

        while (payloads.Count < events) payloads.Add(Next(start));
        for (int i = 0; i < payloads.Count; i++)
        {
            EventId id = EventId.Derive("random-life", $"{seed}/{_count++}");
            if (payloads[i] is Tipped tip) _tips.Add((id, tip.Account));
            yield return new SubmittedEvent(id, UnixMs.From(start + (i * 80_000_000L / payloads.Count)), payloads[i]);
        }
    }

    private static AccountId Account(int i) => new($"p{i}");

    private static SpaceId Space(int i) => new($"s{i}");

    private static ContentId Video(int i) => new($"v{i}");

    private int Pick(int below) => _random.Next(below);

    private EventPayload Next(long dayStartMs)
    {
        AccountId who = Account(Pick(11)), other = Account(Pick(11));
        SpaceId space = Space(Pick(5));
        ContentId video = Video(Pick(9));
        TokenAmount amount = TokenAmount.FromBaseUnits((UInt128)(1 + Pick(int.MaxValue)) * 3_000_000_000);
        switch (Pick(34))
        {
            case 0: return new AccountOpened(who);
            case 1: return Pick(6) == 0 ? new AccountSuspended(who, "spam ✂") : new Followed(who, other);
            case 2: return new WalletLinked(who, new WalletAddress((UInt128)(ulong)(1 + Pick(4)), 7));
            case 3: return new SpaceOpened(space, who);
            case 4: return new MemberInvited(space, who);
            case 5: return new MemberApproved(space, who);
            case 6: return new MemberLeft(space, who);
            case 7: return new ProviderShareSet(space, (uint)Pick(10_001));
            case 8: return new PromoterShareSet(space, (uint)Pick(10_001));
            case 9: return new VideoPublished(video, space, who, Pick(2) == 0 ? "cats" : "dogs", (uint)(1 + Pick(90)), Pick(2) == 0 ? null : new Cid(CidCodec.DagPb, new Ledger.Core.Merkle.Digest(1, 2, 3, (ulong)Pick(9))));
            case 10: return new ContentDeleted(Video(4 + Pick(5)));
            case 11: return new AllocationReleased(Pick(2) == 0 ? "reserve" : "token-sale", who, amount);
            case 12: return new PoolToppedUp("reserve", amount);
            case 13: return new AdRevenueReceived($"invoice-{Pick(9)}", amount);
            case 14 or 15 or 16: return new Tipped(who, space, amount);
            case 17: return _tips.Count == 0 ? new Liked(who, video) : Refund(_tips[Pick(_tips.Count)]);
            case 18 or 19: return new GiftSent(who, space, "rose", amount);
            case 20: return new ContentPurchased(who, video, amount);
            case 21: return new AppPurchased(who, new AppId($"app{Pick(2)}"), amount);
            case 22: return new BandwidthPurchased(who, (uint)(1 + Pick(20)), amount);
            case 23: return new ShareVisited(who, video, other);
            case 24: return new Unliked(who, video);
            case 25: return new BroadcastMinute(who, space, (dayStartMs / 60_000) + Pick(1400));
            case 26: return new Commented(who, video, 30, (ulong)Pick(1000));
            default: return Pick(2) == 0 ? new Liked(who, video) : new Viewed(who, video, (uint)Pick(40));
        }
    }

    private TipRefunded Refund((EventId Id, AccountId Tipper) tip) => new(Pick(5) == 0 ? Account(Pick(9)) : tip.Tipper, tip.Id);
}
