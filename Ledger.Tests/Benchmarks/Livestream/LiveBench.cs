using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Host.Adapters;
using Ledger.Host.Adapters.Livestream;
using Ledger.Host.Composition;
using Ledger.Tests.Adapters.Livestream;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ledger.Benchmarks.Livestream;

/// <summary>
/// What broadcasts cost: 200 of them with three viewers each, their callbacks and nginx's counters in a capture file, replayed 60 times as fast as they came.
/// The processor time is everything the process does meanwhile: parsing, deciding, the durable log, the adapter's own store, the views.
/// </summary>
internal static class LiveBench
{
    private const int Sessions = 200;
    private const int ViewersEach = 3;
    private const int Speed = 60;
    private const int WarmUpMinutes = 15; // a quarter of a minute: the runtime goes on compiling what it finds to be busy for some ten seconds
    private const int Minutes = 27;
    private const int LookMs = 5_000;
    private const int UpdateMs = 30_000;

    public static async Task RunAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("live-bench-");
        try
        {
            BenchClock clock = new() { Now = UnixMs.From(1_795_348_800_000) };
            await using LedgerSession session = await LedgerSession.ServeAsync(LogAddress.Folder(folder.FullName), folder.FullName, clock, null, CancellationToken.None);
            using Meter meter = new("bench");
            LivestreamSettings settings = new("0123456789abcdef0123456789abcdef", [new MediaServer("edge-1", MediaServerKind.NginxRtmp, new Uri("http://127.0.0.1:9/stat"))]);
            using LivestreamEngine engine = new(settings, new AdapterContext("livestream", session, clock, folder.FullName, meter, NullLoggerFactory.Instance, (_, _) => { }, () => []));
            string[] keys = await OpenAsync(session, engine, clock.Now);
            (List<RawMessage> messages, HashSet<(string, long)> truth) = Record(clock.Now, keys, engine.TicketSecret);
            string file = Path.Combine(folder.FullName, "capture.ndjson");
            using (RawFeed capture = RawFeed.Append(file)) messages.ForEach(capture.Write);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"live: {Sessions} broadcasts, {ViewersEach} viewers each, {Minutes} minutes: {messages.Count(m => m.IsCallback):N0} callbacks, {messages.Count(m => !m.IsCallback):N0} looks, {new FileInfo(file).Length / 1e6:F0} MB captured"));

            List<RawMessage> replayed = [.. RawFeed.Read(file)];
            long start = replayed[0].At, measureFrom = start + (WarmUpMinutes * 60_000);
            Stopwatch wall = Stopwatch.StartNew();
            (TimeSpan Cpu, TimeSpan Wall) from = default;
            await RawFeed.ReplayAsync(replayed, engine, at => clock.Now = at, async message =>
            {
                if (!message.IsCallback) await session.Ledger.CatchUpAsync();
                if (!message.IsCallback) await engine.FollowAsync(CancellationToken.None);
                if (from == default && message.At >= measureFrom) from = (Environment.CpuUsage.TotalTime, wall.Elapsed);
                TimeSpan ahead = TimeSpan.FromMilliseconds((message.At - start) / (double)Speed) - wall.Elapsed;
                if (ahead > TimeSpan.FromMilliseconds(2)) await Task.Delay(ahead);
            });
            (TimeSpan cpu, TimeSpan took) = (Environment.CpuUsage.TotalTime - from.Cpu, wall.Elapsed - from.Wall);

            List<(string, long)> recorded = [.. session.Log.ReadAllAsync(0).ToBlockingEnumerable().Select(e => e.Payload).OfType<BroadcastMinute>().Select(m => (m.Space.Value, m.Minute))];
            bool isExact = recorded.Count == truth.Count && truth.SetEquals(recorded);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"live: at {(Minutes - WarmUpMinutes) * 60 / took.TotalSeconds:F0} x, {cpu.TotalSeconds:F2} s of processor time in {took.TotalSeconds:F1} s: {cpu / took:P1} of one core; {recorded.Count:N0} minutes recorded of {truth.Count:N0} that had media, {(isExact ? "every one exact" : "NOT the same")}"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string[]> OpenAsync(LedgerSession session, LivestreamEngine engine, UnixMs now)
    {
        List<EventPayload> facts = [];
        for (int i = 0; i < Sessions; i++)
        {
            AccountId account = new($"p{i}");
            facts.AddRange([new AccountOpened(account), new SpaceOpened(new SpaceId($"s{i}"), account), new AllocationReleased("token-sale", account, TokenAmount.FromWe(10)), new BandwidthPurchased(account, 100, TokenAmount.FromWe(1))]);
        }

        await session.Ledger.Intake.SubmitAsync([.. facts.Select((f, i) => new SubmittedEvent(EventId.Derive("bench", i.ToString(CultureInfo.InvariantCulture)), now, f))]);
        await session.Ledger.CatchUpAsync();
        return await engine.AskAsync((store, at) => Enumerable.Range(0, Sessions).Select(i => store.Issue(new SpaceId($"s{i}"), new AccountId($"p{i}"), at).Text).ToArray());
    }

    /// <summary>What nginx would have said, with the minutes in which media flowed.</summary>
    private static (List<RawMessage> Messages, HashSet<(string Space, long Minute)> Truth) Record(UnixMs from, string[] keys, byte[] ticketSecret)
    {
        MediaDouble media = new();
        List<RawMessage> messages = [];
        UnixMs now = from;
        for (int i = 0; i < Sessions; i++)
        {
            Say(media.Callback("publish", media.Connect($"s{i}", keys[i])));
            for (int v = 0; v < ViewersEach; v++)
                Say(media.Callback("play", media.Watch($"s{i}", PlayTicket.Of(ticketSecret, new SpaceId($"s{i}"), new AccountId($"p{(i + v + 1) % Sessions}"), DateTimeOffset.FromUnixTimeMilliseconds(now.Value).AddHours(1)))));
        }

        for (long at = 0; at < Minutes * 60_000L; at += LookMs)
        {
            // A fifth of the broadcasters is silent in turn, a whole minute each.
            long minute = at / 60_000;
            foreach (MediaDouble.Connection c in media.Connections.Where(c => !c.IsViewer)) c.Sends = (int.Parse(c.Space.AsSpan(1), CultureInfo.InvariantCulture) + minute) % 5 != 0;
            media.Flow(now, LookMs);
            now = now.PlusMs(LookMs);
            messages.Add(new RawMessage(now.Value, "edge-1", IsCallback: false, Encoding.UTF8.GetString(media.Stat())));
            if ((at / LookMs) % (UpdateMs / LookMs) != 0) continue;
            foreach (MediaDouble.Connection c in media.Connections) Say(media.Callback(c.IsViewer ? "update_play" : "update_publish", c, "&time=5&timestamp=4923"));
        }

        return (messages, [.. media.Connections.Where(c => !c.IsViewer).SelectMany(c => c.FlowedIn.Select(m => (c.Space, m)))]);

        void Say(byte[] callback) => messages.Add(new RawMessage(now.Value, "edge-1", IsCallback: true, Encoding.UTF8.GetString(callback)));
    }

    private sealed class BenchClock : TimeProvider
    {
        public UnixMs Now { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now.Value);
    }
}
