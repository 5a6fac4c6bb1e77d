using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Chat;
using Xunit;

namespace Ledger.Tests.Adapters.Chat;

/// <summary>Guaranteed: a minute counts when one connection in the room was heard half a minute apart within it; once, however many connections and hosts saw it.</summary>
public sealed class PresenceTests
{
    [Fact]
    public async Task A_minute_counts_from_half_a_minute_on_and_once()
    {
        await using ChatWorld world = await ChatWorld.StartAsync();
        ChatPeer ann = world.Connect("ann"), twice = world.Connect("ann"), shortly = world.Connect("bob");
        ann.Join("room");
        twice.Join("room");
        shortly.Join("room");
        Hear(world, 29_999, ann, twice, shortly);
        await SettleAsync(world);
        Assert.Empty(await world.EventsAsync<PresenceMinute>());
        world.Hub.Close(shortly.Session);
        Hear(world, 1, ann, twice);
        Hear(world, 10_000, ann, twice);
        await SettleAsync(world);
        RecordedEvent e = Assert.Single(await world.EventsAsync<PresenceMinute>());
        Assert.Equal(new PresenceMinute(new AccountId("ann"), new SpaceId("room"), world.Clock.Now.Value / 60_000), e.Payload);
    }

    [Fact]
    public async Task A_clock_that_jumps_makes_no_minute_out_of_moments()
    {
        await using ChatWorld world = await ChatWorld.StartAsync();
        ChatPeer ann = world.Connect("ann");
        ann.Join("room");
        for (int i = 0; i < 5; i++) Hear(world, 60_000, ann); // one moment in each of five minutes
        await SettleAsync(world);
        Assert.Empty(await world.EventsAsync<PresenceMinute>());
    }

    [Fact]
    public async Task Minutes_equal_an_oracle_over_random_coming_and_going_restarts_included()
    {
        int seed = Random.Shared.Next(1_000_000);
        Random random = new(seed);
        await using ChatWorld world = await ChatWorld.StartAsync(null, "red", "green");
        HashSet<(string, string, long)> expected = [];
        List<Seen> seen = [];
        for (int step = 0; step < 1_500; step++)
        {
            world.Clock.Now = world.Clock.Now.PlusMs(random.Next(9_000));
            switch (random.Next(12))
            {
                case 0 when seen.Count < 12:
                    Seen joins = new(world.Connect($"user-{random.Next(4)}"), random.Next(2) == 0 ? "red" : "green");
                    joins.Peer.Join(joins.Room);
                    joins.Hear(world.Clock.Now, expected);
                    seen.Add(joins);
                    break;
                case 1 when seen.Count > 0:
                    Seen leaves = seen[random.Next(seen.Count)];
                    world.Hub.Close(leaves.Peer.Session);
                    seen.Remove(leaves);
                    break;
                case 2 when random.Next(10) == 0:
                    await SettleAsync(world);
                    await world.RestartAsync();
                    seen.Clear();
                    break;
                default:
                    foreach (Seen there in seen.Where(_ => random.Next(3) > 0))
                    {
                        there.Hear(world.Clock.Now, expected);
                        there.Peer.Do(new { @do = "pong" });
                        Assert.True(there.Peer.Ended is null, $"seed {seed}: {there.Peer.Ended}");
                    }

                    break;
            }
        }

        await SettleAsync(world);
        PresenceMinute[] stated = [.. (await world.EventsAsync<PresenceMinute>()).Select(e => (PresenceMinute)e.Payload)];
        Assert.True(expected.Count > 20, $"seed {seed}: {expected.Count} minutes show nothing");
        Assert.True(expected.SetEquals(stated.Select(p => (p.Space.Value, p.Account.Value, p.Minute))) && stated.Length == expected.Count, $"seed {seed}: {stated.Length} minutes where {expected.Count} are expected");
    }

    [Fact]
    public async Task Who_is_silent_is_asked_and_then_gone()
    {
        await using ChatWorld world = await ChatWorld.StartAsync();
        ChatPeer ann = world.Connect("ann");
        ChatPeer nobody = new();
        nobody.Session = world.Hub.Open(nobody);
        world.Clock.Now = world.Clock.Now.PlusMs((long)ChatSettings.PingAfter.TotalMilliseconds);
        world.Hub.Sweep();
        await ann.NextAsync("ping");
        Assert.Equal("hello-timeout", nobody.Ended);
        ann.Do(new { @do = "pong" });
        world.Clock.Now = world.Clock.Now.PlusMs((long)ChatSettings.IdleMax.TotalMilliseconds - 1);
        world.Hub.Sweep();
        Assert.Null(ann.Ended);
        world.Clock.Now = world.Clock.Now.PlusMs(1);
        world.Hub.Sweep();
        Assert.Equal("idle", ann.Ended);
    }

    private static void Hear(ChatWorld world, int afterMs, params ChatPeer[] peers)
    {
        world.Clock.Now = world.Clock.Now.PlusMs(afterMs);
        foreach (ChatPeer peer in peers) peer.Do(new { @do = "pong" });
    }

    /// <summary>Waits until everything before is written: an entry behind it is answered.</summary>
    private static async Task SettleAsync(ChatWorld world)
    {
        ChatPeer last = world.Connect(ChatWorld.Provider);
        string room = world.Hub.Spaces.ProviderOf(new SpaceId("red")) is null ? "room" : "red";
        last.Join(room);
        last.Do(new { @do = "unmute", room, account = "nobody" });
        await last.NextAsync("unmuted");
        world.Hub.Close(last.Session);
    }

    /// <summary>The rule, said once more: first and latest moment of a connection within a minute.</summary>
    private sealed class Seen(ChatPeer peer, string room)
    {
        private UnixMs? _first;

        public ChatPeer Peer => peer;

        public string Room => room;

        public void Hear(UnixMs now, HashSet<(string, string, long)> minutes)
        {
            if (_first is not { } first || first.Value / 60_000 != now.Value / 60_000) _first = now;
            else if (now - first >= 30_000) minutes.Add((room, peer.Session.Account, now.Value / 60_000));
        }
    }
}
