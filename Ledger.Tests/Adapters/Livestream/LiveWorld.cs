using System.Diagnostics.Metrics;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Host.Adapters;
using Ledger.Host.Adapters.Livestream;
using Ledger.Host.Composition;
using Ledger.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ledger.Tests.Adapters.Livestream;

/// <summary>A ledger with a livestream adapter whose media servers are doubles and whose time stands where a test puts it.</summary>
internal sealed class LiveWorld : IAsyncDisposable
{
    private readonly ScratchFolder _folder;
    private readonly Meter _meter = new("test");
    private int _ids;

    private LiveWorld(LedgerSession session, ManualClock clock, ScratchFolder folder) => (Session, Clock, _folder) = (session, clock, folder);

    public LedgerSession Session { get; }

    public ManualClock Clock { get; }

    public UnixMs Now => Clock.Now;

    /// <summary>The server's other adapters.</summary>
    public List<IAdapter> Others { get; } = [];

    public static async Task<LiveWorld> StartAsync(string now = "2026-11-22T12:00:00Z")
    {
        ScratchFolder folder = new("weledger-live");
        ManualClock clock = new(now);
        return new LiveWorld(await LedgerSession.ServeAsync(LogAddress.Folder(folder.Path), folder.Path, clock, null, CancellationToken.None), clock, folder);
    }

    public static LivestreamSettings Settings(int graceSeconds = 60, params string[] servers) =>
        new("0123456789abcdef0123456789abcdef", [.. (servers.Length == 0 ? ["edge-1"] : servers).Select(s => new MediaServer(s, MediaServerKind.NginxRtmp, new Uri("http://127.0.0.1:9/stat")))], GraceSeconds: graceSeconds);

    /// <summary>An engine with a folder of its own; the same name again is the same host after a restart.</summary>
    public LivestreamEngine Engine(string host = "livestream", LivestreamSettings? settings = null) =>
        new(settings ?? Settings(), new AdapterContext(host, Session, Clock, _folder.Path, _meter, NullLoggerFactory.Instance, (_, _) => { }, () => Others));

    /// <summary>An account with a space and bandwidth.</summary>
    public async Task OpenAsync(string account, string space, uint minutes)
    {
        AccountId who = new(account);
        List<EventPayload> facts = [new AccountOpened(who), new SpaceOpened(new SpaceId(space), who)];
        if (minutes > 0)
        {
            facts.Add(new AllocationReleased("token-sale", who, TokenAmount.FromWe(1_000)));
            facts.Add(new BandwidthPurchased(who, minutes, TokenAmount.FromWe(1)));
        }

        await StateAsync([.. facts]);
    }

    /// <summary>States events as an app does.</summary>
    public async Task<EventId[]> StateAsync(params EventPayload[] facts)
    {
        SubmittedEvent[] events = [.. facts.Select(f => new SubmittedEvent(EventId.Derive("test", (_ids++).ToString()), Now, f))];
        foreach (var outcome in await Session.Ledger.Intake.SubmitAsync(events)) Assert.Null(outcome.Refusal);
        await Session.Ledger.CatchUpAsync();
        return [.. events.Select(e => e.Id)];
    }

    /// <summary>Events of a type, in log order.</summary>
    public List<T> Logged<T>()
        where T : EventPayload => [.. Session.Log.ReadAllAsync(0).ToBlockingEnumerable().Select(e => e.Payload).OfType<T>()];

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        _meter.Dispose();
        _folder.Dispose();
    }
}
