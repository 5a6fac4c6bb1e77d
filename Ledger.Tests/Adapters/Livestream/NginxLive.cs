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

/// <summary>A ledger host beside a real nginx-rtmp that calls it back, spaces with broadcasters, and what the captured pages of nginx say of them.</summary>
public abstract class NginxLive : IAsyncLifetime
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly string _folder = Directory.CreateTempSubdirectory("weledger-nginx-").FullName;
    private readonly List<MediaProgram> _programs = [];
    private readonly int _rtmp = FreePort.Next();
    private readonly int _http = FreePort.Next();
    private int _ids;

    /// <summary>The host.</summary>
    private protected ApiHarness Api { get; private set; } = null!;

    /// <summary>Where nginx serves HLS.</summary>
    private protected string Http => $"http://127.0.0.1:{_http}";

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
        Api = await ApiHarness.StartAsync(TimeProvider.System, adapters: AdaptersFile.Parse(Encoding.UTF8.GetBytes(Settings), _folder, AdapterKinds.All));

    public async Task DisposeAsync()
    {
        foreach (MediaProgram program in _programs) program.Dispose();
        await Api.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>From the captured pages alone, read apart from the adapter: minutes with two looks in a row between which bytes and time stamps of one connection moved. Carl's second minute had no bandwidth.</summary>
    private protected (string Space, long Minute)[] SeenByStat()
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

    /// <summary>Starts nginx, and waits until the host has looked at it.</summary>
    private protected async Task<MediaProgram> NginxAsync()
    {
        int looked = CapturedLines();
        MediaProgram nginx = Run(MediaProgram.Nginx(MachineParts.Require("nginx"), Configuration()));
        await Until.HoldsAsync("nginx listens", () => CapturedLines() > looked + 1);
        return nginx;
    }

    private protected (string Space, long Minute)[] Recorded() => [.. Logged<BroadcastMinute>().Select(m => (m.Space.Value, m.Minute)).Order()];

    private string Configuration()
    {
        using JsonDocument document = JsonDocument.Parse(Settings);
        LivestreamSettings settings = document.RootElement.GetProperty("livestream").Deserialize<LivestreamSettings>(Host.Api.Bodies.StrictJson.Options)!;
        return NginxConfiguration.Write(Path.Combine(_folder, "nginx"), settings, settings.Servers[0], Api.Http, $"127.0.0.1:{_rtmp}", Environment.UserName);
    }

    private protected string Address(string space, string argument) => $"rtmp://127.0.0.1:{_rtmp}/live/{space}?{argument}";

    private protected MediaProgram Run(MediaProgram program)
    {
        _programs.Add(program);
        return program;
    }

    private protected async Task<string> OpenAsync(string name, uint minutes)
    {
        AccountId account = new(name);
        await StateAsync(new AccountOpened(account), new SpaceOpened(new SpaceId(name), account), new AllocationReleased("token-sale", account, TokenAmount.FromWe(10)));
        if (minutes > 0) await StateAsync(new BandwidthPurchased(account, minutes, TokenAmount.FromWe(1)));
        using HttpClient client = Api.Client("spaces:write");
        return (await PostAsync(client, "/v1/livestream/keys", new { space = name, account = name })).GetProperty("key").GetString()!;
    }

    private protected async Task<string> TicketAsync(string space, string account)
    {
        using HttpClient client = Api.Client("live:write");
        return (await PostAsync(client, "/v1/livestream/tickets", new { space, account })).GetProperty("ticket").GetString()!;
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using StringContent content = new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return await (await client.PostAsync(path, content)).EnsureSuccessStatusCode().JsonAsync();
    }

    private protected async Task StateAsync(params EventPayload[] facts)
    {
        UnixMs now = UnixMs.From(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        foreach (IntakeOutcome outcome in await Api.Session.Ledger.Intake.SubmitAsync([.. facts.Select(f => new SubmittedEvent(EventId.Derive("test", (_ids++).ToString(CultureInfo.InvariantCulture)), now, f))])) Assert.Null(outcome.Refusal);
    }

    private protected List<T> Logged<T>()
        where T : EventPayload => [.. Api.Session.Log.ReadAllAsync(0).ToBlockingEnumerable().Select(e => e.Payload).OfType<T>()];

    private int CapturedLines() => File.Exists(Capture) ? File.ReadLines(Capture).Count() : 0;
}
