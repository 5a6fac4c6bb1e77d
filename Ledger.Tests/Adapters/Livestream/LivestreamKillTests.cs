using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Livestream;

/// <summary>
/// Guaranteed: a serving process that is killed amid a minute, before or after it recorded it, goes on with the same broadcast; the minute and who was
/// there for it are recorded once. The media server is a double that knows what flowed; time is real.
/// </summary>
[TakesMinutes]
public sealed class LivestreamKillTests : IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly ScratchFolder _folder = new("weledger-live-kill");
    private readonly HttpListener _stat = new();
    private readonly MediaDouble _media = new();
    private readonly Lock _turn = new();
    private UnixMs _flowedUntil = Now();
    private int _looks;

    private string Data => _folder.PathOf("data");

    private string Settings => _folder.PathOf("adapters.json");

    public void Dispose()
    {
        _stat.Close();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_host_killed_amid_a_minute_records_it_once()
    {
        int port = FreePort.Next();
        _stat.Prefixes.Add($"http://127.0.0.1:{port}/");
        _stat.Start();
        Task counting = CountAsync();
        await File.WriteAllTextAsync(Settings, $$"""{"livestream":{"callbackSecret":"{{Secret}}","sampleSeconds":1,"servers":[{"name":"edge-1","kind":"nginx-rtmp","stat":"http://127.0.0.1:{{port}}/stat"} ] } }""");
        string key = ServerProcess.NewKey(Data, "app", "accounts:write", "spaces:write", "spaces:read", "funding:write", "payments:write", "live:write");
        MediaDouble.Connection viewer;
        using (ServerProcess server = await ServerProcess.StartAsync(Data, "--adapters", Settings))
        {
            using HttpClient app = Client(server, key);
            await OpenAsync(app);
            MediaDouble.Connection live = Flow(m => m.Connect("music", Told(PostAsync(app, "/v1/livestream/keys", new { space = "music", account = "ann" }), "key")));
            viewer = Flow(m => m.Watch("music", Told(PostAsync(app, "/v1/livestream/tickets", new { space = "music", account = "vera" }), "ticket")));
            await CallAsync(app, _media.Callback("publish", live));
            await CallAsync(app, _media.Callback("play", viewer));
            await LooksAsync(1);
            server.Kill();
        }

        for (int kill = 0; kill < 2; kill++)
        {
            using ServerProcess server = await ServerProcess.StartAsync(Data, "--adapters", Settings);
            using HttpClient app = Client(server, key);
            await CallAsync(app, _media.Callback("update_play", viewer)); // as nginx does from time to time
            await Until.HoldsAsync("a minute is recorded", async () => (await BroadcastsAsync(app)).Any(b => b.GetProperty("minutes").GetInt32() > 0));
            await LooksAsync(2);
            Assert.Single(await BroadcastsAsync(app));
            server.Kill();
        }

        _stat.Close();
        await counting;
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(Data);
        List<EventPayload> logged = [.. log.ReadAllAsync(0).ToBlockingEnumerable().Select(e => e.Payload)];
        long[] minutes = [.. logged.OfType<BroadcastMinute>().Select(m => m.Minute)], present = [.. logged.OfType<PresenceMinute>().Select(m => m.Minute)];
        Assert.NotEmpty(minutes);
        Assert.Equal(minutes.Distinct(), minutes);
        Assert.Empty(minutes.Except(_media.Connections.SelectMany(c => c.FlowedIn)));
        Assert.NotEmpty(present);
        Assert.Equal(present.Distinct(), present);
        Assert.Empty(present.Except(minutes));
        Assert.Single(logged, e => e is BroadcastStarted);
    }

    private static UnixMs Now() => UnixMs.From(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    private static HttpClient Client(ServerProcess server, string key)
    {
        HttpClient client = new() { BaseAddress = server.Http };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task OpenAsync(HttpClient app)
    {
        string at = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        string[] events =
        [
            $$"""{"id":"0197a6d2-4b7e-7c31-9d05-000000000001","kind":"account-opened","v":1,"occurredAt":"{{at}}","account":"ann"}""",
            $$"""{"id":"0197a6d2-4b7e-7c31-9d05-000000000002","kind":"space-opened","v":1,"occurredAt":"{{at}}","space":"music","provider":"ann"}""",
            $$"""{"id":"0197a6d2-4b7e-7c31-9d05-000000000003","kind":"allocation-released","v":1,"occurredAt":"{{at}}","allocation":"token-sale","account":"ann","amount":"100"}""",
            $$"""{"id":"0197a6d2-4b7e-7c31-9d05-000000000004","kind":"bandwidth-purchased","v":1,"occurredAt":"{{at}}","account":"ann","minutes":5,"amount":"10"}""",
        ];
        using StringContent body = new(string.Join('\n', events), Encoding.UTF8, "application/x-ndjson");
        JsonElement verdicts = await (await app.PostAsync(new Uri("/v1/events", UriKind.Relative), body)).JsonAsync();
        Assert.Equal(4, verdicts.GetProperty("accepted").GetInt32());
        long position = verdicts.GetProperty("items")[1].GetProperty("position").GetInt64();
        (await app.GetAsync(new Uri($"/v1/spaces/music?minPosition={position + 1}", UriKind.Relative))).EnsureSuccessStatusCode();
    }

    private static async Task<JsonElement> PostAsync(HttpClient app, string path, object body) => await (await app.PostAsJsonAsync(path, body)).EnsureSuccessStatusCode().JsonAsync();

    private static string Told(Task<JsonElement> answer, string member) => answer.GetAwaiter().GetResult().GetProperty(member).GetString()!;

    private static async Task CallAsync(HttpClient app, byte[] callback)
    {
        using ByteArrayContent body = new(callback);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using HttpResponseMessage answer = await app.PostAsync(new Uri($"/adapters/livestream/callbacks?token={Secret}&server=edge-1", UriKind.Relative), body);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<JsonElement[]> BroadcastsAsync(HttpClient app) =>
        [.. (await (await app.GetAsync(new Uri("/v1/livestream/broadcasts", UriKind.Relative))).JsonAsync()).GetProperty("items").EnumerateArray()];

    /// <summary>Waits for so many looks more.</summary>
    private Task LooksAsync(int more)
    {
        int until = Volatile.Read(ref _looks) + more;
        return Until.HoldsAsync($"look {until}", () => Volatile.Read(ref _looks) >= until);
    }

    private T Flow<T>(Func<MediaDouble, T> then)
    {
        lock (_turn)
        {
            UnixMs now = Now();
            _media.Flow(_flowedUntil, now - _flowedUntil);
            _flowedUntil = now;
            return then(_media);
        }
    }

    /// <summary>Gives counters to whoever asks.</summary>
    private async Task CountAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _stat.GetContextAsync();
                context.Response.ContentType = "text/xml";
                context.Response.Close(Flow(m => m.Stat()), willBlock: false);
                Interlocked.Increment(ref _looks);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed: the test is over.
        }
    }
}
