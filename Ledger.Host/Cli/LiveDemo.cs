using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Host.Adapters;
using Ledger.Host.Adapters.Livestream;
using Ledger.Host.Api;
using Ledger.Host.Composition;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Cli;

/// <summary>What a live demo came to.</summary>
/// <param name="Broadcast">The broadcast as the adapter remembers it.</param>
/// <param name="Seconds">How long the broadcaster sent.</param>
/// <param name="Broadcaster">Her window.</param>
/// <param name="Viewer">The window of one who watched.</param>
/// <param name="Video">What the recording became.</param>
internal sealed record LiveDemoResult(LiveSession Broadcast, int Seconds, AccountExplanation Broadcaster, AccountExplanation Viewer, VideoPublished Video);

/// <summary>A real broadcast through a real media server on this machine: minutes, points, pay.</summary>
internal sealed class LiveDemo(string folder, ProgressLine progress, TimeProvider clock)
{
    /// <summary>Long enough that media flows in two minutes at least, wherever in a minute it begins.</summary>
    private const int Seconds = 75;

    private const int CallbackSecretLength = 64;
    private const string Server = "demo";
    private const string Broadcaster = "ann";
    private const string Viewer = "bob";
    private const string Space = "music";
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan VideoWithin = TimeSpan.FromMinutes(1);

    /// <summary>The default rules, but for a day's work: nobody broadcasts for hours to see a demo.</summary>
    private static Ruleset Rules => DemoChain.Ruleset with { Poa = DemoChain.Ruleset.Poa with { QuotaMicro = 8_000_000 } };

    /// <summary>The programs it needs that are not here, with the packages that bring them.</summary>
    public static IReadOnlyList<string> Missing =>
    [
        .. MediaProgram.Find("nginx") is null ? (string[])["nginx"] : [],
        .. NginxConfiguration.HasModule ? (string[])[] : ["libnginx-mod-rtmp"],
        .. MediaProgram.Find("ffmpeg") is null ? (string[])["ffmpeg"] : [],
    ];

    public async Task<LiveDemoResult> RunAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        LogAddress address = LogAddress.Folder(folder);
        VideoPublished video = await ServeAsync(address, cancel);
        await using LedgerSession session = await LedgerSession.WriteAsync(address, folder, clock, progress, cancel);
        return await ResultAsync(session, video, cancel);
    }

    /// <summary>Serves a new ledger with the adapters, runs nginx beside it, broadcasts, and waits for the recording to be a video.</summary>
    private async Task<VideoPublished> ServeAsync(LogAddress address, CancellationToken cancel)
    {
        await (await LedgerLog.WriteAsync(address, clock, cancel, Rules)).DisposeAsync();
        await using LedgerSession session = await LedgerSession.ServeAsync(address, folder, clock, progress, cancel);
        (int rtmp, int http) = (MediaProgram.FreePort(), MediaProgram.FreePort());
        string secret = RandomNumberGenerator.GetHexString(CallbackSecretLength, lowercase: true);
        LivestreamSettings settings = new(secret, [new MediaServer(Server, MediaServerKind.NginxRtmp, new Uri($"http://127.0.0.1:{http}/stat"), new Uri($"http://127.0.0.1:{http}/control"), Recordings: Path.Combine("nginx", "recordings"))], SampleSeconds: 2);
        string file = JsonSerializer.Serialize(new { livestream = settings, video = new { } }, Api.Bodies.StrictJson.Options);
        await File.WriteAllTextAsync(Path.Combine(folder, "adapters.json"), file, cancel);

        using ApiStores stores = ApiStores.Open(folder, clock);
        ServeOptions options = new(new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, 0), Adapters: AdaptersFile.Parse(Encoding.UTF8.GetBytes(file), folder, AdapterKinds.All));
        await using ApiServer server = await ApiServer.StartAsync(session, stores, options, clock, _ => { }, cancel);
        string configuration = NginxConfiguration.Write(Path.Combine(folder, "nginx"), settings, settings.Servers[0], server.Addresses[0], $"127.0.0.1:{rtmp}", Environment.UserName);
        using MediaProgram nginx = MediaProgram.Nginx(MediaProgram.Find("nginx")!, configuration);
        await StartedAsync(settings.Servers[0], nginx, cancel);
        (string key, string ticket) = await PrepareAsync(session, cancel);
        await BroadcastAsync($"rtmp://127.0.0.1:{rtmp}/{settings.Servers[0].Application}/{Space}", key, ticket, cancel);
        return await VideoAsync(session, cancel);
    }

    private async Task<VideoPublished> VideoAsync(LedgerSession session, CancellationToken cancel)
    {
        for (long started = clock.GetTimestamp(); clock.GetElapsedTime(started) < VideoWithin; await Task.Delay(TimeSpan.FromMilliseconds(200), cancel))
        {
            await foreach (RecordedEvent recorded in session.Log.ReadAllAsync(0, cancel: cancel))
            {
                if (recorded.Payload is VideoPublished video) return video;
            }
        }

        throw new CliException(ExitCode.Fault, "recording-unmade", "the recording did not become a video", $"see {folder}/nginx/recordings and {folder}/nginx/logs/error.log");
    }

    private async Task<LiveDemoResult> ResultAsync(LedgerSession session, VideoPublished video, CancellationToken cancel)
    {
        using LivestreamStore store = OpenStore();
        LiveSession broadcast = store.Sessions(onlyRunning: false, 1).Select(s => s.Session).FirstOrDefault()
            ?? throw new CliException(ExitCode.Fault, "broadcast-unseen", "no media came through nginx", $"see {folder}/nginx/logs/error.log");
        Day window = await CloseAsync(session, cancel);
        return new LiveDemoResult(
            broadcast, Seconds,
            await Explainer.AccountAsync(session.Ledger, new AccountId(Broadcaster), window, progress, cancel),
            await Explainer.AccountAsync(session.Ledger, new AccountId(Viewer), window, progress, cancel), video);
    }

    /// <summary>Two people, a space, bandwidth that was paid for, a stream key and a ticket.</summary>
    private async Task<(string Key, string Ticket)> PrepareAsync(LedgerSession session, CancellationToken cancel)
    {
        UnixMs now = Now();
        (AccountId ann, AccountId bob, SpaceId music) = (new AccountId(Broadcaster), new AccountId(Viewer), new SpaceId(Space));
        EventPayload[] facts =
        [
            new AccountOpened(ann), new AccountOpened(bob), new SpaceOpened(music, ann),
            new AllocationReleased("token-sale", ann, TokenAmount.FromWe(100)), new BandwidthPurchased(ann, 60, TokenAmount.FromWe(6)),
        ];
        foreach (IntakeOutcome outcome in await session.Ledger.Intake.SubmitAsync([.. facts.Select((f, i) => new SubmittedEvent(EventId.Derive("demo-live", i.ToString(CultureInfo.InvariantCulture)), now, f))], cancel))
        {
            if (outcome.Refusal is { } refusal) throw new InvalidOperationException($"{refusal.Code}: {refusal.Detail}");
        }

        await session.Ledger.CatchUpAsync(null, cancel);
        using LivestreamStore store = OpenStore();
        return (store.Issue(music, ann, now).Text, PlayTicket.Of(store.TicketSecret(), music, bob, DateTimeOffset.FromUnixTimeMilliseconds(now.Value).AddMinutes(10)));
    }

    private async Task BroadcastAsync(string stream, string key, string ticket, CancellationToken cancel)
    {
        string ffmpeg = MediaProgram.Find("ffmpeg")!;
        using MediaProgram live = MediaProgram.Broadcast(ffmpeg, $"{stream}?key={key}", Seconds);
        await Task.Delay(TimeSpan.FromSeconds(2), cancel);
        using MediaProgram viewer = MediaProgram.Watch(ffmpeg, $"{stream}?ticket={ticket}", Seconds);
        for (int second = 2; !live.HasExited; second++)
        {
            progress.Show("broadcasting", Math.Min(1_000, second * 1_000 / Seconds));
            await Task.Delay(TimeSpan.FromSeconds(1), cancel);
        }

        if (await live.EndedAsync(cancel) != 0) throw new CliException(ExitCode.Fault, "broadcast-failed", "ffmpeg could not send to nginx", $"see {folder}/nginx/logs/error.log");
        await Task.Delay(TimeSpan.FromSeconds(2), cancel); // the last look
    }

    /// <summary>Closes every open window: a broadcast around midnight is in two.</summary>
    /// <returns>The window that most of it was in.</returns>
    private async Task<Day> CloseAsync(LedgerSession session, CancellationToken cancel)
    {
        await session.Ledger.CatchUpAsync(null, cancel);
        Day last = default;
        foreach (Day window in session.Ledger.State.Open.Keys.ToArray())
        {
            ClosedWindow closed = await session.Ledger.CloseAsync(window, progress, cancel);
            if (closed.Result.Statement.Count > 0 || last == default) last = window;
        }

        return last;
    }

    private static async Task StartedAsync(MediaServer server, MediaProgram nginx, CancellationToken cancel)
    {
        using MediaServerClient client = new(server, StartWithin);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StartWithin);
        while (!nginx.HasExited)
        {
            try
            {
                await client.StatAsync(limit.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
            }
        }

        throw new CliException(ExitCode.Fault, "nginx-failed", "nginx did not start with the configuration", "try 'nginx -t -c' on the nginx.conf in the demo's folder");
    }

    private LivestreamStore OpenStore() => LivestreamStore.Open(Path.Combine(folder, "adapters", "livestream"));

    private UnixMs Now() => UnixMs.From(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
