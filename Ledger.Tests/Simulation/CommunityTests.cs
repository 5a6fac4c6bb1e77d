using System.Buffers;
using System.Security.Cryptography;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Projections.Simulation;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Simulation;

/// <summary>A made-up community is the same from the same seed on every machine, complete in itself, and has the parts it says it has.</summary>
public sealed class CommunityTests
{
    private static readonly Day First = Day.FromNumber(20_770);

    [Fact]
    public void A_seed_has_its_events_to_the_byte()
    {
        Assert.StartsWith("3213e2f411354fa77d72c262cc8245578ecfd8190", DigestOf(Small(1)), StringComparison.Ordinal);
        Assert.Equal(DigestOf(Small(2)), DigestOf(Small(2)));
        Assert.NotEqual(DigestOf(Small(1)), DigestOf(Small(2)));
    }

    [Theory]
    [InlineData(100, 5_000)]
    [InlineData(800, 20_000)]
    [InlineData(10_000, 285_715)]
    public void Every_day_has_its_number_of_events_in_order_of_time(int accounts, int eventsPerDay)
    {
        CommunityRun run = new Community(new CommunitySettings { FirstDay = First, Accounts = accounts, EventsPerDay = eventsPerDay, Days = 2 }).Begin();
        HashSet<EventId> ids = [];
        while (run.HasNext)
        {
            Day day = run.Day;
            UnixMs last = day.Start;
            int count = 0;
            foreach (SubmittedEvent e in run.NextDay())
            {
                Assert.True(e.OccurredAt >= last && e.OccurredAt <= day.End);
                Assert.True(ids.Add(e.Id));
                last = e.OccurredAt;
                count++;
            }

            // Videos are taken down by chance; those few come on top.
            Assert.InRange(count, eventsPerDay, eventsPerDay + (accounts / 100) + 5);
        }

        Assert.Throws<InvalidOperationException>(() => run.NextDay().Count());
    }

    [Fact]
    public async Task Ingest_takes_every_event_and_everything_exists_before_it_is_used()
    {
        ManualClock clock = new("2027-01-01T00:00:00Z");
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, clock);
        EventIntake intake = EventIntake.Open(log, clock);
        HashSet<object> known = [];
        foreach (SubmittedEvent e in All(Small(3)))
        {
            Assert.All(Named(e.Payload, out object[] opens), id => Assert.Contains(id, known));
            known.UnionWith(opens);
        }

        Assert.All(await intake.SubmitAsync([.. All(Small(3))]), o => Assert.Equal(IntakeStatus.Accepted, o.Status));
    }

    [Fact]
    public void The_parts_are_played()
    {
        Community community = new(Small(4));
        SubmittedEvent[] events = [.. All(Small(4))];
        CommunityRoles roles = community.Roles;
        Assert.All(events.Where(e => e.Payload is ActivityPayload a && roles.SybilRing.Contains(a.Actor) && a is Viewed or Liked or Commented && roles.SybilRing.Contains(((ActivityPayload)e.Payload).Actor)),
            e => Assert.Contains(OwnerOf(events, ContentOf(e.Payload)!.Value), roles.SybilRing));

        UnixMs[] bot = [.. events.Where(e => e.Payload is Viewed v && v.Account == roles.ViewBot).Select(e => e.OccurredAt)];
        Assert.True(bot.Length > 300);
        Assert.Contains(bot.Zip(bot.Skip(1)), pair => pair.Second - pair.First < 1000);
        Assert.Single(events.Where(e => e.Payload is Commented c && c.Account == roles.Spammer).Select(e => ((Commented)e.Payload).TextDigest).Distinct());
        Assert.Single(events, e => e.Payload is AccountSuspended s && s.Account == roles.Spammer);

        Assert.Contains(roles.Teams, t => t.FreeRider is not null);
        Assert.All(roles.Teams, t => Assert.InRange(t.Members.Count, 1, 7));
        foreach (CommunityTeam team in roles.Teams)
        {
            foreach (AccountId member in team.Members)
            {
                int live = events.Count(e => e.Payload is BroadcastMinute b && b.Account == member && b.Space == team.Space);
                Assert.Equal(member == team.FreeRider ? 0 : 12 * Small(4).Days, live);
            }
        }
    }

    [Fact]
    public void The_most_popular_creator_gets_more_than_the_hundredth()
    {
        Community community = new(new CommunitySettings { FirstDay = First, Accounts = 2_000, EventsPerDay = 60_000, Days = 1 });
        Dictionary<AccountId, int> followers = [];
        foreach (SubmittedEvent e in community.Begin().NextDay())
        {
            if (e.Payload is Followed f) followers[f.Followee] = followers.GetValueOrDefault(f.Followee) + 1;
        }

        Assert.True(followers[community.Roles.Creators[0]] > 20 * followers.GetValueOrDefault(community.Roles.Creators[100]));
    }

    private static CommunitySettings Small(ulong seed) => new() { FirstDay = First, Seed = seed, Accounts = 400, EventsPerDay = 9_000, Days = 3 };

    private static IEnumerable<SubmittedEvent> All(CommunitySettings settings)
    {
        CommunityRun run = new Community(settings).Begin();
        while (run.HasNext)
        {
            foreach (SubmittedEvent e in run.NextDay()) yield return e;
        }
    }

    private static string DigestOf(CommunitySettings settings)
    {
        ArrayBufferWriter<byte> bytes = new();
        foreach (SubmittedEvent e in All(settings)) CanonicalBytes.Write(new NewEvent(e.Id, e.OccurredAt, e.OccurredAt, Day.Of(e.OccurredAt), e.Payload), bytes);
        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan));
    }

    private static ContentId? ContentOf(EventPayload payload) => payload switch
    {
        Viewed p => p.Content,
        Liked p => p.Content,
        Commented p => p.Content,
        _ => null,
    };

    private static AccountId OwnerOf(SubmittedEvent[] events, ContentId content) => events.Select(e => e.Payload).OfType<VideoPublished>().First(v => v.Content == content).Account;

    /// <summary>What an event names that must exist, and what it makes exist.</summary>
    private static object[] Named(EventPayload payload, out object[] opens)
    {
        opens = payload switch
        {
            AccountOpened p => [p.Account],
            SpaceOpened p => [p.Space],
            VideoPublished p => [p.Content],
            _ => [],
        };
        return payload switch
        {
            SpaceOpened p => [p.Provider],
            VideoPublished p => [p.Account, p.Space],
            WalletLinked p => [p.Account],
            AllocationReleased p => [p.Account],
            MemberApproved p => [p.Member, p.Space],
            Followed p => [p.Account, p.Followee],
            ShareVisited p => [p.Account, p.Visitor, p.Content],
            Tipped p => [p.Account, p.Space],
            GiftSent p => [p.Account, p.Space],
            PresenceMinute p => [p.Account, p.Space],
            BroadcastMinute p => [p.Account, p.Space],
            _ when ContentOf(payload) is { } content => [((ActivityPayload)payload).Actor, content],
            ActivityPayload p => [p.Actor],
            _ => [],
        };
    }
}
