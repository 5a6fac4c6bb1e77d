using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Chat;
using Xunit;

namespace Ledger.Tests.Adapters.Chat;

/// <summary>Guaranteed: what is acknowledged is an event exactly once and is told to everybody in one order; who may not speak does not.</summary>
public sealed class ChatRoomTests
{
    [Fact]
    public async Task A_message_is_a_comment_of_its_words_and_then_everybodys()
    {
        await using ChatWorld world = await ChatWorld.StartAsync();
        await world.StateAsync(new VideoPublished(new ContentId("clip"), new SpaceId("room"), new AccountId(ChatWorld.Provider), "music", 60));
        ChatPeer ann = world.Connect("ann"), bob = world.Connect("bob");
        ann.Do(new { @do = "join", room = "room", content = "clip" });
        bob.Join("room");
        await bob.NextAsync("joined");
        ann.Say("room", "m-1", "Good  EVENING");
        JsonElement said = await ann.NextAsync("said");
        Assert.Equal("accepted", said.GetProperty("status").GetString());
        Assert.Equal(said.GetProperty("number").GetInt64(), (await ann.NextAsync("message")).GetProperty("number").GetInt64());
        JsonElement message = await bob.NextAsync("message");
        Assert.Equal(("ann", "Good  EVENING", world.Clock.Now.ToString()), (message.GetProperty("account").GetString(), message.GetProperty("text").GetString(), message.GetProperty("at").GetString()));

        RecordedEvent e = Assert.Single(await world.EventsAsync<Commented>());
        Assert.Equal(new Commented(new AccountId("ann"), new ContentId("clip"), CommentText.Letters("Good  EVENING"), CommentText.Digest("good evening")), e.Payload);
        Assert.Equal((e.Event.Id.ToString(), e.Position), (said.GetProperty("event").GetString(), said.GetProperty("position").GetInt64()));

        bob.Say("room", "m-1", "me too"); // another account's names are its own
        await bob.NextAsync("said");
        Assert.Equal("room:room", Assert.IsType<Commented>((await world.EventsAsync<Commented>())[^1].Payload).Content.Value);
    }

    [Fact]
    public async Task What_is_said_again_is_the_same_message()
    {
        await using ChatWorld world = await ChatWorld.StartAsync();
        ChatPeer ann = world.Connect("ann");
        ann.Join("room");
        ann.Say("room", "m-1", "hello");
        JsonElement first = await ann.NextAsync("said");
        ann.Say("room", "m-1", "hello");
        JsonElement again = await ann.NextAsync("said");
        await world.RestartAsync();
        ChatPeer back = world.Connect("ann");
        back.Join("room");
        back.Say("room", "m-1", "other words");
        JsonElement later = await back.NextAsync("said");
        Assert.All([again, later], a => Assert.Equal(("duplicate", first.GetProperty("number").GetInt64(), first.GetProperty("event").GetString()), (a.GetProperty("status").GetString(), a.GetProperty("number").GetInt64(), a.GetProperty("event").GetString())));
        Assert.Single(await world.EventsAsync<Commented>());
        Assert.Single(ann.All, e => e.GetProperty("on").GetString() == "message");
    }

    [Fact]
    public async Task A_crash_between_the_store_and_the_log_or_behind_both_loses_and_doubles_nothing()
    {
        await using ChatWorld world = await ChatWorld.StartAsync();
        UnixMs at = world.Clock.Now;
        SubmittedEvent second = ChatEvents.Comment("room", "ann", "m-2", new ContentId("room:room"), at, "two");
        await world.Session.Ledger.Intake.SubmitAsync([second]);
        await world.RestartAsync(store => store.Commit(() =>
        {
            store.Say("room", "ann", "m-1", "room:room", at, "one"); // stored, and then the end
            store.Say("room", "ann", "m-2", "room:room", at, "two"); // stored and in the log, and then the end
        }));
        ChatPeer ann = world.Connect("ann");
        ann.Join("room");
        Assert.Equal(2, (await ann.NextAsync("joined")).GetProperty("last").GetInt64());
        ann.Do(new { @do = "history", room = "room" });
        Assert.Equal(["two", "one"], (await ann.NextAsync("history")).GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("text").GetString()));
        ann.Say("room", "m-1", "one");
        Assert.Equal("duplicate", (await ann.NextAsync("said")).GetProperty("status").GetString());
        Assert.Equal(2, (await world.EventsAsync<Commented>()).Count);
    }

    [Fact]
    public async Task Everybody_reads_one_order_without_gap_or_repeat_and_every_acknowledgement_is_one_event()
    {
        int seed = Random.Shared.Next(1_000_000);
        await using ChatWorld world = await ChatWorld.StartAsync(null, "red", "green", "blue");
        string[] rooms = ["red", "green", "blue"];
        ConcurrentDictionary<(string Room, string Account, string Id), string> acknowledged = [];
        ConcurrentBag<(string Room, long From, List<long> Numbers)> stays = [];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            Random random = new(seed + caller);
            string account = $"user-{caller % 5}"; // some are there twice
            for (int stay = 0; stay < 12; stay++)
            {
                ChatPeer peer = world.Connect(account);
                string room = rooms[random.Next(rooms.Length)];
                peer.Join(room);
                long from = (await peer.NextAsync("joined")).GetProperty("last").GetInt64();
                for (int i = random.Next(20); i > 0; i--)
                {
                    string id = string.Create(CultureInfo.InvariantCulture, $"{stay}-{random.Next(30)}");
                    peer.Say(room, id, $"text {random.Next(10)}");
                    world.Clock.Now = world.Clock.Now.PlusMs(random.Next(20));
                    JsonElement said = await peer.NextAsync("said");
                    string told = acknowledged.GetOrAdd((room, account, said.GetProperty("id").GetString()!), said.GetProperty("event").GetString()!);
                    Assert.Equal(told, said.GetProperty("event").GetString());
                }

                peer.Do(new { @do = "leave", room });
                await peer.NextAsync("left");
                stays.Add((room, from, [.. peer.All.Where(e => e.GetProperty("on").GetString() == "message").Select(e => e.GetProperty("number").GetInt64())]));
                world.Hub.Close(peer.Session);
            }
        })));

        string[] events = [.. (await world.EventsAsync<Commented>()).Select(e => e.Event.Id.ToString())];
        Assert.Equal(acknowledged.Values.Order(StringComparer.Ordinal), events.Order(StringComparer.Ordinal));
        foreach (string room in rooms)
        {
            long[] order = [.. world.Hub.Store.Page(room, long.MaxValue, 100_000).Select(m => m.Number).Reverse()];
            foreach ((_, long from, List<long> numbers) in stays.Where(s => s.Room == room))
            {
                // What was told live is exactly what stands behind where the stay began, up to where it ended.
                IEnumerable<long> expected = numbers.Count == 0 ? [] : order.Where(n => n > from && n <= numbers[^1]);
                Assert.True(expected.SequenceEqual(numbers), $"seed {seed}: {room} from {from} told {string.Join(' ', numbers)}");
            }
        }
    }

    [Fact]
    public async Task History_comes_in_pages_latest_first_and_no_older_than_is_kept()
    {
        await using ChatWorld world = await ChatWorld.StartAsync(new ChatSettings(MessagesPerMinute: 1_000_000, HistoryPerRoom: 100));
        ChatPeer ann = world.Connect("ann");
        ann.Join("room");
        for (int i = 1; i <= 256; i++)
        {
            world.Clock.Now = world.Clock.Now.PlusMs(100);
            ann.Say("room", $"m-{i}", $"text {i}");
            await ann.NextAsync("said");
        }

        List<long> read = [];
        long? before = null;
        do
        {
            ann.Do(before is { } b ? new { @do = "history", room = "room", before = b, limit = 7 } : new { @do = "history", room = "room", limit = 7 });
            JsonElement page = await ann.NextAsync("history");
            read.AddRange(page.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("number").GetInt64()));
            before = page.TryGetProperty("next", out JsonElement next) ? next.GetInt64() : null;
            world.Clock.Now = world.Clock.Now.PlusMs(100);
        }
        while (before is not null);
        Assert.Equal(Enumerable.Range(157, 100).Reverse().Select(n => (long)n), read);
    }

    [Fact]
    public async Task The_provider_makes_mute_and_takes_words_away_and_nobody_else_does()
    {
        await using ChatWorld world = await ChatWorld.StartAsync();
        ChatPeer host = world.Connect(ChatWorld.Provider), ann = world.Connect("ann");
        host.Join("room");
        ann.Join("room");
        ann.Say("room", "m-1", "spam");
        long number = (await ann.NextAsync("said")).GetProperty("number").GetInt64();
        ann.Do(new { @do = "mute", room = "room", account = "host", minutes = 5 });
        Assert.Equal("not-provider", await ann.ErrorAsync());
        ann.Do(new { @do = "remove", room = "room", number });
        Assert.Equal("not-provider", await ann.ErrorAsync());

        host.Do(new { @do = "remove", room = "room", number });
        Assert.Equal(number, (await ann.NextAsync("removed")).GetProperty("number").GetInt64());
        host.Do(new { @do = "remove", room = "room", number });
        Assert.Equal("unknown-message", await host.ErrorAsync());
        host.Do(new { @do = "mute", room = "room", account = "ann", minutes = 5 });
        Assert.Equal("ann", (await host.NextAsync("muted")).GetProperty("account").GetString());
        ann.Say("room", "m-2", "more");
        Assert.Equal("muted", await ann.ErrorAsync());

        await world.RestartAsync(); // neither is forgotten
        host = world.Connect(ChatWorld.Provider);
        ann = world.Connect("ann");
        host.Join("room");
        ann.Join("room");
        ann.Do(new { @do = "history", room = "room" });
        JsonElement gone = (await ann.NextAsync("history")).GetProperty("messages").EnumerateArray().Single();
        Assert.True(gone.GetProperty("removed").GetBoolean() && !gone.TryGetProperty("text", out _));
        ann.Say("room", "m-2", "more");
        Assert.Equal("muted", await ann.ErrorAsync());
        world.Clock.Now = world.Clock.Now.PlusMs(5 * 60_000);
        ann.Say("room", "m-2", "more");
        await ann.NextAsync("said");

        host.Do(new { @do = "mute", room = "room", account = "ann", minutes = 5 });
        await host.NextAsync("muted");
        host.Do(new { @do = "unmute", room = "room", account = "ann" });
        await host.NextAsync("unmuted");
        ann.Say("room", "m-3", "again");
        await ann.NextAsync("said");
        Assert.Equal(3, (await world.EventsAsync<Commented>()).Count); // a removed message stays an event
    }

    [Fact]
    public async Task An_account_says_so_much_and_a_connection_so_many_lines()
    {
        await using ChatWorld world = await ChatWorld.StartAsync(new ChatSettings(MessagesPerMinute: 60));
        ChatPeer one = world.Connect("ann"), other = world.Connect("ann");
        one.Join("room");
        other.Join("room");
        for (int i = 0; i < ChatSettings.MessagesBurst; i++)
        {
            (i % 2 == 0 ? one : other).Say("room", $"m-{i}", "x");
            await (i % 2 == 0 ? one : other).NextAsync("said");
        }

        other.Say("room", "more", "x");
        Assert.Equal("rate-limited", await other.ErrorAsync());
        world.Clock.Now = world.Clock.Now.PlusMs(1_000);
        other.Say("room", "more", "x");
        await other.NextAsync("said");
        one.Say("room", "too", "x");
        Assert.Equal("rate-limited", await one.ErrorAsync());
        for (int i = 0; i <= ChatSettings.LinesBurst; i++) one.Do(new { @do = "pong" });
        Assert.Equal("flood", one.Ended);
        Assert.Equal(ChatSettings.MessagesBurst + 1, (await world.EventsAsync<Commented>()).Count);
    }

    [Fact]
    public async Task Nobody_does_anything_before_hello_and_no_token_but_a_live_one_of_this_chat_is_one()
    {
        await using ChatWorld world = await ChatWorld.StartAsync();
        string token = world.Token("ann");
        foreach (string line in (string[])["""{"do":"join","room":"room"}""", """{"do":"say","room":"room","id":"1","text":"x"}""", """{"do":"pong"}"""]) Assert.Equal("not-authenticated", Ends(line));
        for (int i = 0; i < token.Length; i++)
        {
            char other = token[i] == 'A' ? 'B' : 'A';
            Assert.Equal("token-invalid", Ends($$"""{"do":"hello","token":"{{token[..i]}}{{other}}{{token[(i + 1)..]}}"}"""));
        }

        foreach (string forged in (string[])["", token[..^1], token + "A", token + "=", "AAAA", new string('A', 2_000), new AccountTokensOf("other").Issue("ann")]) Assert.Equal("token-invalid", Ends($$"""{"do":"hello","token":"{{forged}}"}"""));

        ChatPeer ann = world.Connect("ann");
        ann.Do(new { @do = "hello", token = world.Token("bob") });
        Assert.Equal("other-account", await ann.ErrorAsync());
        world.Clock.Now = world.Clock.Now.PlusMs(3_600_000 - 1);
        Assert.Null(Ends($$"""{"do":"hello","token":"{{token}}"}"""));
        world.Clock.Now = world.Clock.Now.PlusMs(1);
        Assert.Equal("token-invalid", Ends($$"""{"do":"hello","token":"{{token}}"}"""));
        world.Hub.Sweep();
        Assert.Equal("token-expired", ann.Ended);
        Assert.Empty(await world.EventsAsync<Commented>());

        string? Ends(string line)
        {
            ChatPeer peer = new();
            peer.Session = world.Hub.Open(peer);
            peer.Raw(line);
            world.Hub.Close(peer.Session);
            return peer.Ended;
        }
    }

    [Fact]
    public async Task Rooms_videos_and_places_that_are_not_there_are_refused()
    {
        await using ChatWorld world = await ChatWorld.StartAsync(null, [.. Enumerable.Range(0, 20).Select(i => $"room-{i}")]);
        await world.StateAsync(new VideoPublished(new ContentId("clip"), new SpaceId("room-1"), new AccountId(ChatWorld.Provider), "music", 60));
        ChatPeer ann = world.Connect("ann");
        ann.Join("nowhere");
        Assert.Equal("unknown-space", await ann.ErrorAsync());
        ann.Do(new { @do = "join", room = "room-0", content = "clip" });
        Assert.Equal("unknown-content", await ann.ErrorAsync());
        ann.Say("room-0", "1", "x");
        Assert.Equal("not-joined", await ann.ErrorAsync());
        for (int i = 0; i < ChatSettings.RoomsPerConnectionMax; i++) ann.Join($"room-{i}");
        ann.Join("room-19");
        Assert.Equal("rooms-full", await ann.ErrorAsync());
        ChatPeer[] more = [.. Enumerable.Range(0, 8).Select(_ => world.Connect("ann"))];
        Assert.Equal("account-connections-full", more[^1].Ended);
        Assert.All(more[..^1], m => Assert.Null(m.Ended));
    }

    private sealed class AccountTokensOf(string purpose)
    {
        public string Issue(string account) => new Host.Security.AccountTokens(Host.Security.TokenSigner.NewKey(), purpose, TimeProvider.System).Issue(new AccountId(account), TimeSpan.FromHours(1)).Text;
    }
}
