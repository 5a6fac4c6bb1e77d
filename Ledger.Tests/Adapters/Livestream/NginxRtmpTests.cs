using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Host.Adapters;
using Ledger.Host.Adapters.Livestream;
using Ledger.Projections.Ingest;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Livestream;

/// <summary>
/// Guaranteed of the real thing, nginx-rtmp and ffmpeg: the minutes in the log are those in which nginx's counters moved, a broadcaster without bandwidth
/// does not get in, one whose bandwidth ends is put out, and viewers can play. It takes four minutes, because minutes do.
/// </summary>
public sealed class NginxRtmpTests : IAsyncLifetime
{
    private const int Seconds = 240;
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly string _folder = Directory.CreateTempSubdirectory("weledger-nginx-").FullName;
    private readonly List<MediaProgram> _programs = [];
    private readonly int _rtmp = MediaProgram.FreePort();
    private readonly int _http = MediaProgram.FreePort();
    private ApiHarness _api = null!;
    private int _ids;

    private string Capture => Path.Combine(_folder, "capture.ndjson");

    private string Settings => JsonSerializer.Serialize(new
    {
        livestream = new
        {
            callbackSecret = Secret,
            servers = new[] { new { name = "edge-1", kind = "nginx-rtmp", stat = $"http://127.0.0.1:{_http}/stat", control = $"http://127.0.0.1:{_http}/control", recordings = "nginx/recordings" } },
            sampleSeconds = 4,
            capture = Capture,
        },
        video = new { },
    });

    public async Task InitializeAsync() =>
        _api = await ApiHarness.StartAsync(TimeProvider.System, adapters: AdaptersFile.Parse(Encoding.UTF8.GetBytes(Settings), _folder, AdapterKinds.All));

    public async Task DisposeAsync()
    {
        foreach (MediaProgram program in _programs) program.Dispose();
        await _api.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [PartFact("nginx", "ffmpeg", "ffprobe")]
    public async Task The_minutes_of_three_broadcasters_are_those_that_the_counters_saw()
    {
        string ffmpeg = MachineParts.Require("ffmpeg");
        _programs.Add(MediaProgram.Nginx(MachineParts.Require("nginx"), Configuration()));
        string ann = await OpenAsync("ann", minutes: 60), bob = await OpenAsync("bob", minutes: 60), carl = await OpenAsync("carl", minutes: 0);
        await UntilAsync("nginx listens", () => Task.FromResult(CapturedLines() > 1));

        MediaProgram live = Run(MediaProgram.Broadcast(ffmpeg, Address("ann", $"key={ann}"), Seconds));
        MediaProgram killed = Run(MediaProgram.Broadcast(ffmpeg, Address("bob", $"key={bob}"), Seconds));
        MediaProgram refused = Run(MediaProgram.Broadcast(ffmpeg, Address("carl", $"key={carl}"), Seconds));
        Assert.NotEqual(0, await refused.EndedAsync(CancellationToken.None));

        // Bandwidth for one minute: let in, and put out in the next.
        await StateAsync(new BandwidthPurchased(new AccountId("carl"), 1, TokenAmount.FromWe(1)));
        await Task.Delay(1_000); // views follow the log
        MediaProgram ended = Run(MediaProgram.Broadcast(ffmpeg, Address("carl", $"key={carl}"), Seconds));
        string ticket = await TicketAsync("ann", "vera");
        Run(MediaProgram.Watch(ffmpeg, Address("ann", $"ticket={ticket}"), 100));
        await UntilAsync("HLS plays", async () => (await ProbeAsync($"http://127.0.0.1:{_http}/hls/ann.m3u8")).Contains("codec_name=h264", StringComparison.Ordinal));

        await Task.Delay(TimeSpan.FromSeconds(80));
        killed.Dispose();
        long killedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 60_000;
        Assert.NotEqual(0, await ended.EndedAsync(new CancellationTokenSource(TimeSpan.FromSeconds(120)).Token));
        Assert.Equal(0, await live.EndedAsync(CancellationToken.None));
        await UntilAsync("the recordings are videos", () => Task.FromResult(Logged<VideoPublished>().Count == 3));

        (string Space, long Minute)[] recorded = [.. Logged<BroadcastMinute>().Select(m => (m.Space.Value, m.Minute)).Order()];
        Assert.Equal(SeenByStat(), recorded);
        Assert.InRange(recorded.Count(m => m.Space == "ann"), 4, 5);
        Assert.InRange(recorded.Count(m => m.Space == "bob"), 2, 3);
        Assert.DoesNotContain(recorded, m => m.Space == "bob" && m.Minute > killedAt);
        Assert.Single(recorded, m => m.Space == "carl");
        Assert.Equal(["vera"], Logged<PresenceMinute>().Select(p => p.Account.Value).Distinct());
        Assert.All(Logged<VideoPublished>(), v => Assert.Equal(v.Space.Value, v.Account.Value));
        Assert.All(Logged<VideoPublished>(), v => Assert.NotNull(v.Cid));
        VideoPublished video = Logged<VideoPublished>().Single(v => v.Space.Value == "ann");
        Assert.InRange(video.DurationSeconds, (uint)Seconds - 20, (uint)Seconds + 10);
        Assert.Contains("codec_name=h264", await ProbeAsync(Path.Combine(_api.Data, "adapters", "video", "videos", EventId.Derive("video", video.Content.Value).ToString(), "master.m3u8")), StringComparison.Ordinal);
        Assert.Empty(Logged<BroadcastDisputed>());
    }

    /// <summary>From the captured pages alone, read apart from the adapter: minutes with two looks in a row between which bytes and time stamps of one connection moved. Carl's second minute had no bandwidth.</summary>
    private (string Space, long Minute)[] SeenByStat()
    {
        HashSet<(string Space, long Minute)> seen = [];
        Dictionary<string, (string Client, long Bytes, long Timestamp, long Minute)> last = [];
        foreach (JsonElement look in File.ReadLines(Capture).Select(l => JsonDocument.Parse(l).RootElement).Where(l => !l.GetProperty("isCallback").GetBoolean()))
        {
            long minute = look.GetProperty("at").GetInt64() / 60_000;
            Dictionary<string, (string Client, long Bytes, long Timestamp, long Minute)> now = [];
            foreach (XElement stream in XDocument.Parse(look.GetProperty("body").GetString()!).Descendants("stream"))
            {
                if (stream.Elements("client").FirstOrDefault(c => c.Element("publishing") is not null) is not { } publisher) continue;
                string space = stream.Element("name")!.Value;
                now[space] = (publisher.Element("id")!.Value, Number(stream, "bytes_in"), Number(publisher, "timestamp"), minute);
                if (last.TryGetValue(space, out var before) && before.Client == now[space].Client && before.Minute == minute && before.Bytes < now[space].Bytes && before.Timestamp != now[space].Timestamp)
                    seen.Add((space, minute));
            }

            last = now;
        }

        return [.. seen.Where(s => s.Space != "carl" || s.Minute == seen.Where(c => c.Space == "carl").Min(c => c.Minute)).Order()];

        static long Number(XElement of, string name) => long.Parse(of.Element(name)!.Value, CultureInfo.InvariantCulture);
    }

    private string Configuration()
    {
        using JsonDocument document = JsonDocument.Parse(Settings);
        LivestreamSettings settings = document.RootElement.GetProperty("livestream").Deserialize<LivestreamSettings>(Host.Api.Bodies.StrictJson.Options)!;
        return NginxConfiguration.Write(Path.Combine(_folder, "nginx"), settings, settings.Servers[0], _api.Http, $"127.0.0.1:{_rtmp}", Environment.UserName);
    }

    private string Address(string space, string argument) => $"rtmp://127.0.0.1:{_rtmp}/live/{space}?{argument}";

    private MediaProgram Run(MediaProgram program)
    {
        _programs.Add(program);
        return program;
    }

    private async Task<string> OpenAsync(string name, uint minutes)
    {
        AccountId account = new(name);
        await StateAsync(new AccountOpened(account), new SpaceOpened(new SpaceId(name), account), new AllocationReleased("token-sale", account, TokenAmount.FromWe(10)));
        if (minutes > 0) await StateAsync(new BandwidthPurchased(account, minutes, TokenAmount.FromWe(1)));
        using HttpClient client = _api.Client("spaces:write");
        return (await PostAsync(client, "/v1/livestream/keys", new { space = name, account = name })).GetProperty("key").GetString()!;
    }

    private async Task<string> TicketAsync(string space, string account)
    {
        using HttpClient client = _api.Client("live:write");
        return (await PostAsync(client, "/v1/livestream/tickets", new { space, account })).GetProperty("ticket").GetString()!;
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using StringContent content = new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return await (await client.PostAsync(path, content)).EnsureSuccessStatusCode().JsonAsync();
    }

    private async Task StateAsync(params EventPayload[] facts)
    {
        UnixMs now = UnixMs.From(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        foreach (IntakeOutcome outcome in await _api.Session.Ledger.Intake.SubmitAsync([.. facts.Select(f => new SubmittedEvent(EventId.Derive("test", (_ids++).ToString(CultureInfo.InvariantCulture)), now, f))])) Assert.Null(outcome.Refusal);
    }

    private List<T> Logged<T>()
        where T : EventPayload => [.. _api.Session.Log.ReadAllAsync(0).ToBlockingEnumerable().Select(e => e.Payload).OfType<T>()];

    private int CapturedLines() => File.Exists(Capture) ? File.ReadLines(Capture).Count() : 0;

    private static async Task<string> ProbeAsync(string address)
    {
        using Process probe = Process.Start(new ProcessStartInfo(MachineParts.Require("ffprobe"), ["-v", "error", "-show_entries", "stream=codec_name", "-i", address]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = probe.StandardError.ReadToEndAsync();
        string answer = await probe.StandardOutput.ReadToEndAsync();
        await probe.WaitForExitAsync();
        return answer + await error;
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        for (Stopwatch watch = Stopwatch.StartNew(); !await holds(); await Task.Delay(500)) Assert.True(watch.Elapsed < TimeSpan.FromSeconds(40), $"not within 40 s: {what}");
    }
}
