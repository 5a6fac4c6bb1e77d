using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using System.Xml;
using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.ReadModels;
using Ledger.Projections.ReadModels.Windows;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>Takes what media servers say, one at a time: decides, states the events, and only then remembers.</summary>
/// <remarks>A host that is killed between stating and remembering states the same events again after its start: their ids make them one.</remarks>
internal sealed class LivestreamEngine : IDisposable
{
    /// <summary>Looks that may be missing before a minute no longer counts as watched.</summary>
    private const int MissedLooksMax = 3;

    private readonly LivestreamSettings _settings;
    private readonly AdapterContext _context;
    private readonly LivestreamStore _store;
    private readonly BroadcastAllowance _allowance;
    private readonly LiveSessions _sessions;
    private readonly ReportedMinutes _reported;
    private readonly Recordings _recordings;
    private readonly RawFeed? _capture;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, (UnixMs Since, UnixMs Last)> _watching = new(StringComparer.Ordinal);
    private readonly Counter<long> _callbacks;
    private long _watched = -1;
    private Counts _counts = new(0, 0);

    public LivestreamEngine(LivestreamSettings settings, AdapterContext context)
    {
        (_settings, _context) = (settings, context);
        ReadModelStore views = context.Session.Views ?? throw new InvalidOperationException("the session was opened without views");
        _store = LivestreamStore.Open(context.Folder);
        _allowance = new BroadcastAllowance(views);
        TicketSecret = _store.TicketSecret();
        _sessions = new LiveSessions(settings, _store, _allowance, TicketSecret);
        _reported = new ReportedMinutes(context.Session.Log, settings, _store) { Position = FirstOpen(views, context.Session.Log.Head) };
        _recordings = new Recordings(settings, context);
        _capture = settings.Capture is { } path ? RawFeed.Append(context.PathOf(path)) : null;
        foreach ((LiveSession session, _) in _store.Sessions(onlyRunning: true, int.MaxValue)) _sessions.Resume(session);
        _callbacks = context.Meter.CreateCounter<long>("weledger.livestream.callbacks", "{callback}", "Callbacks of media servers, by call and answer");
        context.Meter.CreateObservableGauge("weledger.livestream.broadcasts", () => Volatile.Read(ref _counts).Broadcasts, "{broadcast}", "Broadcasts that run");
        context.Meter.CreateObservableGauge("weledger.livestream.viewers", () => Volatile.Read(ref _counts).Viewers, "{viewer}", "Viewers of all broadcasts");
    }

    /// <summary>What play tickets are signed with.</summary>
    public byte[] TicketSecret { get; }

    /// <summary>What keeps recordings from becoming videos.</summary>
    public AdapterHealth Recordings => _recordings.Health;

    /// <summary>A server by its name, or null.</summary>
    public MediaServer? Server(string name) => _settings.Servers.FirstOrDefault(s => s.Name == name);

    /// <summary>Takes a callback.</summary>
    /// <returns>Why the media server is told no, stable and kebab-case; null: it is told yes.</returns>
    /// <exception cref="MediaCallbackException">It is no callback.</exception>
    public Task<string?> CallbackAsync(MediaServer server, ReadOnlyMemory<byte> body) => AloneAsync(async now =>
    {
        Keep(server, isCallback: true, body, now);
        MediaCallback callback = server.Kind == MediaServerKind.Srs ? Srs.Callback(body) : NginxRtmp.Callback(body.Span);
        LiveChange change = _sessions.Take(server, callback, now);
        await _context.SubmitAsync(change.Events);
        if (callback.Call == MediaCall.Recorded) _recordings.Take(server, callback.Path!, callback.Stream, _sessions.Find(server.Name, callback.Stream)?.Account ?? _store.LastBroadcaster(server.Name, callback.Stream));
        LiveSession? session = callback.Call is MediaCall.Publish or MediaCall.PublishUpdate && change.Refusal is null ? _sessions.Find(server.Name, callback.Stream) : null;
        _store.Save(session is not null && callback.Call == MediaCall.Publish ? [session] : [], change.Ended, null);
        _callbacks.Add(1, new("call", callback.Call.ToString()), new("answer", change.Refusal ?? "yes"));
        return change.Refusal;
    });

    /// <summary>Takes a look at a server's counters.</summary>
    /// <param name="server">Whose.</param>
    /// <param name="body">The counters as they came.</param>
    /// <param name="asked">When they were asked for. Counters that may be of either of two minutes attest neither and are passed over.</param>
    /// <returns>Broadcasts to end at the server, with the publishing connection.</returns>
    /// <exception cref="XmlException">They are no counters of nginx-rtmp.</exception>
    /// <exception cref="JsonException">They are no counters of SRS.</exception>
    public Task<IReadOnlyList<(LiveSession Session, string Publisher)>> SampleAsync(MediaServer server, ReadOnlyMemory<byte> body, UnixMs asked) =>
        AloneAsync<IReadOnlyList<(LiveSession, string)>>(async now =>
        {
            if (asked.Value / 60_000 != now.Value / 60_000) return [];
            Keep(server, isCallback: false, body, now);
            MediaSample sample = server.Kind == MediaServerKind.Srs ? Srs.Stat(body, server.Application) : NginxRtmp.Stat(body, server.Application);
            LiveChange change = _sessions.Take(server, sample, now);
            await _context.SubmitAsync(change.Events);
            LiveSession[] changed = [.. _sessions.Running.Where(s => s.Server == server.Name && IsWorthSaving(s, change, now))];
            _store.Save(changed, change.Ended, Watched(server, now));
            foreach (LiveSession session in changed) session.Kept = session.Last;
            Volatile.Write(ref _counts, new Counts(_sessions.Running.Count(s => s.IsStarted), _sessions.Running.Sum(s => s.Viewers.Count)));
            return change.Drops;
        });

    /// <summary>Reads on in the log, and states disputes that are due.</summary>
    public Task FollowAsync(CancellationToken cancel) => AloneAsync(async now =>
    {
        (List<LoggedMinute> minutes, List<EventPayload> broadcasts) = _reported.Read(cancel);
        foreach (LoggedMinute m in minutes) _allowance.Took(m.Account, m.Minute, m.OccurredAt);
        foreach (EventPayload broadcast in broadcasts) Hear(broadcast, now);
        _reported.Add(minutes);
        List<BroadcastDisputed> disputes = await _reported.JudgeAsync(now, cancel);
        await _context.SubmitAsync([.. disputes.Select(d => LiveEvents.Disputed(d, now))]);
        return 0;
    });

    /// <summary>Broadcasts, latest first, as they are now; null for the end of one that runs.</summary>
    public Task<List<(LiveSession Session, UnixMs? EndedAt)>> BroadcastsAsync(int limit) => AloneAsync(_ =>
    {
        _store.Save([.. _sessions.Running], [], null);
        return Task.FromResult(_store.Sessions(onlyRunning: false, limit));
    });

    /// <summary>Asks or changes the store.</summary>
    public Task<T> AskAsync<T>(Func<LivestreamStore, UnixMs, T> ask) => AloneAsync(now => Task.FromResult(ask(_store, now)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _store.Save([.. _sessions.Running], [], null);
        _capture?.Dispose();
        _store.Dispose();
        _gate.Dispose();
    }

    /// <summary>
    /// Once its minute is recorded, a broadcast's last look is of no use to a host that starts again: then it is saved with the next minute. Nor is a
    /// look at which nothing had moved since another one of its minute.
    /// </summary>
    private static bool IsWorthSaving(LiveSession session, LiveChange change, UnixMs now) =>
        change.Recorded.Contains(session) || (session.LastMinute != now.Value / 60_000 && !IsKept(session));

    private static bool IsKept(LiveSession session) => session is { Last: { } last, Kept: { } kept }
        ? kept == last with { At = kept.At } && kept.At.Value / 60_000 == last.At.Value / 60_000
        : session.Last is null && session.Kept is null;

    private static long FirstOpen(ReadModelStore views, long head)
    {
        using ViewReader reader = views.Read();
        return reader.Windows(null, 8).Where(w => w.ClosedAt is null).Select(w => w.OpenedAt).DefaultIfEmpty(head).Min();
    }

    /// <summary>What another host told of broadcasts on these servers.</summary>
    private void Hear(EventPayload payload, UnixMs now)
    {
        (Core.Identity.SpaceId space, Core.Identity.AccountId account, string id) = payload switch
        {
            BroadcastStarted started => (started.Space, started.Account, started.Session),
            BroadcastEnded ended => (ended.Space, ended.Account, ended.Session),
            _ => throw new InvalidOperationException("only beginnings and ends of broadcasts are read"),
        };
        if (id.Split('/') is not [var server, _] || Server(server) is null) return;
        if (payload is BroadcastEnded) _sessions.Forget(server, space, id);
        else _sessions.Resume(new LiveSession { Server = server, Space = space, Account = account, OpenedAt = now, Id = id });
    }

    /// <summary>The minute that has just passed, when every server was looked at all through it; else null.</summary>
    private long? Watched(MediaServer server, UnixMs now)
    {
        long gapMs = MissedLooksMax * 1_000L * _settings.SampleSeconds;
        bool goesOn = _watching.TryGetValue(server.Name, out (UnixMs Since, UnixMs Last) before) && now - before.Last <= gapMs && now >= before.Last;
        _watching[server.Name] = (goesOn ? before.Since : now, now);
        long minute = (now.Value / 60_000) - 1;
        if (minute <= _watched || _watching.Count < _settings.Servers.Length) return null;
        if (_watching.Values.Any(w => w.Since.Value > minute * 60_000 || w.Last.Value < (minute + 1) * 60_000)) return null;
        return _watched = minute;
    }

    private void Keep(MediaServer server, bool isCallback, ReadOnlyMemory<byte> body, UnixMs now) =>
        _capture?.Write(new RawMessage(now.Value, server.Name, isCallback, Encoding.UTF8.GetString(body.Span)));

    private async Task<T> AloneAsync<T>(Func<UnixMs, Task<T>> act)
    {
        await _gate.WaitAsync();
        try
        {
            return await act(UnixMs.From(_context.Clock.GetUtcNow().ToUnixTimeMilliseconds()));
        }
        finally
        {
            _gate.Release();
        }
    }

    private sealed record Counts(int Broadcasts, int Viewers);
}
