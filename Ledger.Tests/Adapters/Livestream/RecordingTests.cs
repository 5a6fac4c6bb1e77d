using System.Net;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Host.Adapters;
using Ledger.Host.Adapters.Livestream;
using Ledger.Host.Adapters.Video.Ipfs;
using Ledger.Tests.Adapters.Video;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Ledger.Tests.Adapters.Livestream;

/// <summary>Guaranteed: a finished recording becomes the broadcaster's video as an upload does, once, however often and whenever its media server tells of it.</summary>
public sealed class RecordingTests : IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly ScratchFolder _folder = new("weledger-recording");

    public void Dispose() => _folder.Dispose();

    [PartFact("ffmpeg", "ffprobe")]
    public async Task A_recording_is_made_into_a_video_once()
    {
        File.Move(MediaSamples.Make(_folder, "made.flv", "-f lavfi -i testsrc2=s=160x90:r=10:d=3 -f lavfi -i sine=d=3 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"), _folder.PathOf("music-1795348800.flv"));
        byte[] recorded = await File.ReadAllBytesAsync(_folder.PathOf("music-1795348800.flv"));
        string cid = FileCid.Of(_folder.PathOf("music-1795348800.flv")).ToString();
        await File.WriteAllTextAsync(_folder.PathOf("music-1795348900.flv"), "no recording");
        await using ApiHarness api = await ApiHarness.StartAsync(adapters: AdaptersFile.Parse(Encoding.UTF8.GetBytes(Settings("\"video\":{},")), _folder.Path, AdapterKinds.All));
        string key = await OpenAsync(api);
        using HttpClient client = api.Client("content:read", "metrics:read");
        await CallAsync(client, $"app=live&call=publish&name=music&clientid=1&key={key}");
        for (int i = 0; i < 3; i++) await CallAsync(client, "app=live&call=record_done&name=music&clientid=1&recorder=&path=/on/another/machine/music-1795348800.flv");
        await CallAsync(client, "app=live&call=record_done&name=music&clientid=1&recorder=&path=/r/music-1795348900.flv");
        await CallAsync(client, "app=live&call=record_done&name=games&clientid=1&recorder=&path=/r/music-1795348900.flv");

        string id = LiveEvents.RecordingId("edge-1", "music-1795348800.flv").Value;
        JsonElement video = await VideoHarness.EndAsync(client, id), refused = await VideoHarness.EndAsync(client, LiveEvents.RecordingId("edge-1", "music-1795348900.flv").Value);
        await CallAsync(client, "app=live&call=record_done&name=music&clientid=1&recorder=&path=/r/music-1795348800.flv");
        VideoPublished published = Assert.Single(Videos(api));
        Assert.Equal((id, "music", "ann", "live", 3u, cid), (published.Content.Value, published.Space.Value, published.Account.Value, published.Category, published.DurationSeconds, published.Cid.ToString()));
        string folder = Path.Combine(api.Data, "adapters", "video", "videos", video.GetProperty("folder").GetString()!);
        Assert.Equal(recorded, await File.ReadAllBytesAsync(Path.Combine(folder, "source")));
        Assert.InRange(MediaSamples.Seconds(Path.Combine(folder, "master.m3u8")), 2.9, 3.3);

        // What became a video is its source now; what could not stays where it was.
        Assert.Equal("media-unreadable", refused.GetProperty("code").GetString());
        Assert.Equal("music-1795348900.flv", Path.GetFileName(Assert.Single(Directory.GetFiles(_folder.Path))));
    }

    [Fact]
    public async Task It_is_handed_over_as_its_broadcasters_whenever_its_server_tells_of_it()
    {
        await using LiveWorld world = await LiveWorld.StartAsync();
        Shelf shelf = new();
        world.Others.Add(shelf);
        await world.OpenAsync("ann", "music", minutes: 50);
        LivestreamSettings settings = new(Secret, [new MediaServer("edge-1", MediaServerKind.NginxRtmp, new Uri("http://127.0.0.1:9/stat"), Recordings: _folder.Path)]);
        await File.WriteAllTextAsync(_folder.PathOf("music-1.flv"), "media");
        await File.WriteAllTextAsync(_folder.PathOf("music-2.flv"), "media");
        MediaDouble media = new();
        LivestreamEngine engine = world.Engine(settings: settings);
        string key = (await engine.AskAsync((store, now) => store.Issue(new SpaceId("music"), new AccountId("ann"), now))).Text;
        MediaDouble.Connection live = media.Connect("music", key);
        await CallAsync("music-1.flv");
        Assert.Empty(shelf.Taken);

        Assert.Null(await engine.CallbackAsync(engine.Server("edge-1")!, media.Callback("publish", live)));
        await CallAsync("music-1.flv");
        await CallAsync("../music-3.flv");
        Assert.Equal("recording-missing", engine.Recordings.Code);
        engine.Dispose();
        engine = world.Engine(settings: settings);
        await CallAsync("music-1.flv");

        // Long over, and told of late.
        media.Disconnect(live);
        for (int i = 0; i < 20; i++)
        {
            world.Clock.Now = world.Now.PlusMs(5_000);
            await engine.SampleAsync(engine.Server("edge-1")!, media.Stat(), world.Now);
        }

        await CallAsync("music-2.flv");
        Assert.True(engine.Recordings.IsUp, engine.Recordings.Detail);
        engine.Dispose();
        Assert.Equal([("music-1.flv", "ann"), ("music-2.flv", "ann")], shelf.Taken.Values.Select(r => (Path.GetFileName(r.Path), r.Account.Value)));
        Assert.All(shelf.Taken.Values, r => Assert.Equal(_folder.Path, Path.GetDirectoryName(r.Path)));

        Task CallAsync(string file) => engine.CallbackAsync(engine.Server("edge-1")!, media.Callback("record_done", live, $"&recorder=&path=/r/{file}"));
    }

    [Fact]
    public async Task Without_the_video_adapter_the_livestream_says_so()
    {
        await using ApiHarness api = await ApiHarness.StartAsync(adapters: AdaptersFile.Parse(Encoding.UTF8.GetBytes(Settings("")), _folder.Path, AdapterKinds.All));
        using HttpClient client = api.Client("metrics:read");
        JsonElement adapter = Assert.Single((await (await client.GetAsync("/v1/adapters")).JsonAsync()).GetProperty("items").EnumerateArray());
        Assert.Equal("video-adapter-off", adapter.GetProperty("code").GetString());
    }

    private static string Settings(string more) =>
        $"{{{more}\"livestream\":{{\"callbackSecret\":\"{Secret}\",\"servers\":[{{\"name\":\"edge-1\",\"kind\":\"nginx-rtmp\",\"stat\":\"http://127.0.0.1:9/stat\",\"recordings\":\".\"}}]}}}}";

    private static List<VideoPublished> Videos(ApiHarness api) => [.. api.Session.Log.ReadAllAsync(0).ToBlockingEnumerable().Select(e => e.Payload).OfType<VideoPublished>()];

    private static async Task<string> OpenAsync(ApiHarness api)
    {
        EventPayload[] facts =
        [
            new AccountOpened(new AccountId("ann")), new SpaceOpened(new SpaceId("music"), new AccountId("ann")),
            new AllocationReleased("token-sale", new AccountId("ann"), Core.Quantities.TokenAmount.FromWe(10)), new BandwidthPurchased(new AccountId("ann"), 5, Core.Quantities.TokenAmount.FromWe(1)),
        ];
        await api.Session.Ledger.Intake.SubmitAsync([.. facts.Select((f, i) => new SubmittedEvent(EventId.Derive("test", $"{i}"), new ManualClock("2026-11-22T12:00:00Z").Now, f))]);
        await api.Session.Ledger.CatchUpAsync();
        using HttpClient client = api.Client("spaces:write");
        using StringContent body = new("{\"space\":\"music\",\"account\":\"ann\"}", Encoding.UTF8, "application/json");
        return (await (await client.PostAsync("/v1/livestream/keys", body)).EnsureSuccessStatusCode().JsonAsync()).GetProperty("key").GetString()!;
    }

    private static async Task CallAsync(HttpClient client, string form)
    {
        using StringContent body = new(form, Encoding.ASCII, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using HttpResponseMessage answer = await client.PostAsync($"/adapters/livestream/callbacks?token={Secret}&server=edge-1", body);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Keeps recordings.</summary>
    private sealed class Shelf : IAdapter, IRecordingSink
    {
        public SortedDictionary<string, Recording> Taken { get; } = new(StringComparer.Ordinal);

        public string Name => "shelf";

        public AdapterHealth Health => AdapterHealth.Up;

        public bool Take(Recording recording) => Taken.TryAdd(Path.GetFileName(recording.Path), recording);

        public void Map(IEndpointRouteBuilder routes)
        {
        }

        public Task RunAsync(CancellationToken cancel) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
