using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Chat;

/// <summary>Guaranteed: recorded lines of an evening come to what they came to: answers, comments and minutes.</summary>
public sealed class ChatReplayTests
{
    [Fact]
    public async Task A_recorded_evening_comes_to_the_same_events()
    {
        await using ChatWorld world = await ChatWorld.StartAsync(null, "stage");
        await world.StateAsync(new VideoPublished(new ContentId("clip"), new SpaceId("stage"), new AccountId(ChatWorld.Provider), "music", 60));
        Dictionary<int, ChatPeer> peers = [];
        int number = 0;
        foreach (string text in File.ReadLines(Repository.PathOf("Ledger.Tests/Adapters/Chat/chat-evening.ndjson")))
        {
            number++;
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement step = document.RootElement;
            world.Clock.Set(step.GetProperty("at").GetString()!);
            int peer = step.GetProperty("peer").GetInt32();
            if (step.TryGetProperty("as", out JsonElement account)) peers[peer] = world.Connect(account.GetString()!);
            else if (step.TryGetProperty("line", out JsonElement line)) peers[peer].Raw(line.GetString()!);
            else world.Hub.Close(peers[peer].Session);
            if (step.GetProperty("expect").GetString() is not { } expected) continue;
            JsonElement answer = await peers[peer].NextAsync("welcome", "joined", "said", "history", "muted", "removed", "error");
            string came = answer.GetProperty("on").GetString()!;
            Assert.True(expected == (came == "error" ? answer.GetProperty("code").GetString() : came), $"line {number} came to {answer}");
        }

        // A last entry: everything before it is written when it is answered.
        peers[1].Do(new { @do = "unmute", room = "stage", account = "nobody" });
        await peers[1].NextAsync("unmuted");
        (string, string)[] comments = [.. (await world.EventsAsync<Commented>()).Select(e => (Commented)e.Payload).Select(c => (c.Account.Value, c.Content.Value))];
        Assert.Equal([("ann", "clip"), ("ann", "room:stage"), ("ann", "room:stage")], comments);
        UnixMs evening = new ManualClock("2026-11-22T20:00:00.000Z").Now;
        (string, long)[] minutes = [.. (await world.EventsAsync<PresenceMinute>()).Select(e => (PresenceMinute)e.Payload).Select(m => (m.Account.Value, m.Minute - (evening.Value / 60_000))).Order()];

        // ann was there for half of the first minute on one connection; in the second one no connection of hers was for long enough.
        Assert.Equal([("ann", 0L), ("host", 0L), ("host", 1L)], minutes);
    }
}
