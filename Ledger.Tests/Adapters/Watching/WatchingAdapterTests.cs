using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Host.Adapters;
using Ledger.Host.Adapters.Watching;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Watching;

/// <summary>A player with a token is believed its heartbeats and nothing else; what it watched is stated once, also over a restart.</summary>
public sealed class WatchingAdapterTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new("2026-11-22T12:00:00Z");
    private ApiHarness _api = null!;
    private HttpClient _app = null!;

    public async Task InitializeAsync()
    {
        _api = await ApiHarness.StartAsync(_clock, adapters: AdaptersFile.Parse("""{"watching":{"tokenMinutes":10}}"""u8.ToArray(), Path.GetTempPath(), AdapterKinds.All));
        _app = _api.Client("activity:write", "content:write", "accounts:write");
        await _api.Session.Ledger.Intake.SubmitAsync([new SubmittedEvent(EventId.Derive("t", "clip"), _clock.Now, new VideoPublished(new ContentId("clip"), new SpaceId("stage"), new AccountId("mia"), "music", 25))]);
        await _api.Session.Ledger.CatchUpAsync(null, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        _app.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task What_was_published_a_moment_ago_can_be_watched()
    {
        for (int i = 0; i < 20; i++)
        {
            await _api.Session.Ledger.Intake.SubmitAsync([new SubmittedEvent(EventId.Derive("now", $"{i}"), _clock.Now, new VideoPublished(new ContentId($"now-{i}"), new SpaceId("stage"), new AccountId("mia"), "music", 25))]);
            using HttpResponseMessage answer = await AskAsync($"now-{i}");
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Heartbeats_become_one_view()
    {
        using HttpClient player = Player(await TokenAsync());
        Assert.Equal((0, false), await BeatAsync(player, "playing"));
        Pass(10);
        Assert.Equal((10, false), await BeatAsync(player, "playing"));
        Pass(10);
        Assert.Equal((20, false), await BeatAsync(player, "paused"));
        Pass(10);
        Assert.Equal((20, false), await BeatAsync(player, "playing"));
        Pass(10);
        Assert.Equal((25, true), await BeatAsync(player, "playing"));
        Assert.Equal("view-over", await (await SendAsync(player, "playing")).ProblemAsync(HttpStatusCode.Conflict));
        Viewed viewed = await StatedAsync();
        Assert.Equal(("ann", "clip", 25u), (viewed.Account.Value, viewed.Content.Value, viewed.WatchSeconds));
    }

    [Fact]
    public async Task A_player_that_falls_silent_has_what_it_attested()
    {
        using HttpClient player = Player(await TokenAsync());
        await BeatAsync(player, "playing");
        Pass(7);
        await BeatAsync(player, "playing");
        Pass(200);
        Assert.Equal(7u, (await StatedAsync()).WatchSeconds);
    }

    [Fact]
    public async Task Without_a_live_token_nothing_is_taken()
    {
        string token = await TokenAsync();
        using HttpClient none = _api.Client();
        Assert.Equal("view-token-invalid", await (await SendAsync(none, "playing")).ProblemAsync(HttpStatusCode.Unauthorized));
        using HttpClient key = _api.Client("activity:write");
        Assert.Equal("view-token-invalid", await (await SendAsync(key, "playing")).ProblemAsync(HttpStatusCode.Unauthorized));
        using HttpClient forged = Player((token[0] == 'A' ? 'B' : 'A') + token[1..]);
        Assert.Equal("view-token-invalid", await (await SendAsync(forged, "playing")).ProblemAsync(HttpStatusCode.Unauthorized));
        using HttpClient player = Player(token);
        Assert.Equal("state-unknown", await (await SendAsync(player, "watching")).ProblemAsync(HttpStatusCode.BadRequest));
        Pass(50 + 600);
        Assert.Equal("view-token-expired", await (await SendAsync(player, "playing")).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("unknown-content", await (await AskAsync("none")).ProblemAsync(HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Views_and_the_key_survive_the_host()
    {
        using ScratchFolder folder = new("weledger-watch");
        ViewToken token = new(new EventId(9), 0, 10_000_000, 60, new AccountId("ann"), new ContentId("clip"));
        byte[] key;
        using (WatchStore store = new(folder.Path))
        {
            key = store.Key();
            WatchBook book = new();
            book.Beat(token, 1_000, PlayerState.Playing);
            store.Save([book.Beat(token, 9_000, PlayerState.Playing)!], []);
        }

        using WatchStore reopened = new(folder.Path);
        Assert.Equal(key, reopened.Key());
        WatchBook again = new();
        foreach (WatchedView view in reopened.Load()) again.Restore(view);
        Assert.Equal(18_000, again.Beat(token, 19_000, PlayerState.Ended)!.WatchedMs);
        await Task.CompletedTask;
    }

    private void Pass(int seconds) => _clock.Now = _clock.Now.PlusMs(seconds * 1_000L);

    private HttpClient Player(string token)
    {
        HttpClient player = _api.Client();
        player.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return player;
    }

    private async Task<string> TokenAsync()
    {
        using HttpResponseMessage answer = await AskAsync("clip");
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        JsonElement json = await answer.JsonAsync();
        Assert.Equal(10, json.GetProperty("heartbeatSeconds").GetInt32());
        return json.GetProperty("token").GetString()!;
    }

    private Task<HttpResponseMessage> AskAsync(string content) =>
        _app.PostAsync(new Uri("/v1/views", UriKind.Relative), new StringContent($"{{\"account\":\"ann\",\"content\":\"{content}\"}}", Encoding.UTF8, "application/json"));

    private static Task<HttpResponseMessage> SendAsync(HttpClient player, string state) =>
        player.PostAsync(new Uri("/v1/views/beat", UriKind.Relative), new StringContent($"{{\"state\":\"{state}\"}}", Encoding.UTF8, "application/json"));

    private static async Task<(int Seconds, bool Over)> BeatAsync(HttpClient player, string state)
    {
        using HttpResponseMessage answer = await SendAsync(player, state);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        JsonElement json = await answer.JsonAsync();
        return (json.GetProperty("watchedSeconds").GetInt32(), json.GetProperty("over").GetBoolean());
    }

    /// <summary>Waits for the one view that is stated.</summary>
    private async Task<Viewed> StatedAsync()
    {
        for (int i = 0; i < 400; i++)
        {
            List<Viewed> found = [];
            await foreach (RecordedEvent e in _api.Session.Log.ReadAllAsync(0))
            {
                if (e.Event.Payload is Viewed viewed) found.Add(viewed);
            }

            if (found.Count > 0) return Assert.Single(found);
            await Task.Delay(25);
        }

        throw new TimeoutException("no view was stated");
    }
}
