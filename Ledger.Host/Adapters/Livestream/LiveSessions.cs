using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>What came of a callback or a look: events to state, broadcasts to end at the server, what to remember.</summary>
internal sealed class LiveChange
{
    public List<SubmittedEvent> Events { get; } = [];

    /// <summary>Broadcasts whose account has no minutes left, with the publishing connection.</summary>
    public List<(LiveSession Session, string Publisher)> Drops { get; } = [];

    public List<(LiveSession Session, UnixMs At)> Ended { get; } = [];

    /// <summary>Broadcasts of which a minute is stated.</summary>
    public HashSet<LiveSession> Recorded { get; } = [];

    /// <summary>Why the media server is told no; null: it is told yes.</summary>
    public string? Refusal { get; set; }
}

/// <summary>The broadcasts that run, by server and space: decides from callbacks who is let in and from counters which minutes had media. States nothing itself.</summary>
/// <remarks>
/// Two looks at the same connection of the same process within one minute, between which bytes and frames moved, are what attests the minute.
/// All times are the ledger's own: no clock of a media server or broadcaster is asked. For one thread at a time.
/// </remarks>
internal sealed class LiveSessions(LivestreamSettings settings, LivestreamStore store, BroadcastAllowance allowance, byte[] ticketSecret)
{
    private const long MinuteMs = 60_000;
    private const long PlayerKeptMs = 60_000;

    private readonly Dictionary<string, Dictionary<string, LiveSession>> _running = settings.Servers.ToDictionary(s => s.Name, _ => new Dictionary<string, LiveSession>(StringComparer.Ordinal), StringComparer.Ordinal);
    private readonly Dictionary<(string Server, string Client), (string Space, AccountId? Account, UnixMs At)> _players = [];

    /// <summary>Every broadcast that runs or is let in.</summary>
    public IEnumerable<LiveSession> Running => _running.Values.SelectMany(s => s.Values);

    /// <summary>Takes up a broadcast that ran before, or that another host told of.</summary>
    public void Resume(LiveSession session)
    {
        if (_running.TryGetValue(session.Server, out Dictionary<string, LiveSession>? spaces)) spaces.TryAdd(session.Space.Value, session);
    }

    /// <summary>Forgets a broadcast that the log says has ended.</summary>
    public void Forget(string server, SpaceId space, string id)
    {
        if (_running.TryGetValue(server, out Dictionary<string, LiveSession>? spaces) && spaces.TryGetValue(space.Value, out LiveSession? session) && session.Id == id) spaces.Remove(space.Value);
    }

    /// <summary>Takes a callback.</summary>
    public LiveChange Take(MediaServer server, MediaCallback callback, UnixMs now)
    {
        LiveChange change = new();
        if (callback.Application != server.Application) return change;
        switch (callback.Call)
        {
            case MediaCall.Publish or MediaCall.PublishUpdate:
                Publish(server.Name, callback, now, change);
                break;
            case MediaCall.PublishDone:
                if (Find(server.Name, callback.Stream) is { } session) session.Gone(callback.Client);
                break;
            case MediaCall.Play or MediaCall.PlayUpdate:
                if (callback.Call == MediaCall.Play || !_players.ContainsKey((server.Name, callback.Client)))
                    _players[(server.Name, callback.Client)] = (callback.Stream, callback.Ticket is { } ticket ? PlayTicket.Read(ticketSecret, ticket, callback.Stream, DateTimeOffset.FromUnixTimeMilliseconds(now.Value)) : null, now);
                break;
            case MediaCall.PlayDone:
                _players.Remove((server.Name, callback.Client));
                break;
        }

        return change;
    }

    /// <summary>Takes a look at a server's counters.</summary>
    public LiveChange Take(MediaServer server, MediaSample sample, UnixMs now)
    {
        LiveChange change = new();
        Dictionary<string, LiveSession> spaces = _running[server.Name];
        Dictionary<string, StreamSample> streams = new(StringComparer.Ordinal);
        foreach (StreamSample stream in sample.Streams.Where(s => s.Publisher is not null)) streams[stream.Name] = stream;
        AllowanceOnce left = new(allowance, now);
        try
        {
            foreach (LiveSession session in spaces.Values.ToArray())
            {
                StreamSample? stream = streams.GetValueOrDefault(session.Space.Value);
                Compare(session, sample.Instance, stream, now, left, change);
                if (session.IsOver(now, settings.GraceSeconds * 1_000L) && (session.IsStarted || stream is null)) End(session, now, change, goesOn: stream is not null);
            }
        }
        finally
        {
            left.Dispose();
        }

        ForgetPlayers(server.Name, sample, now);
        return change;
    }

    /// <summary>The broadcast of a server and space, running or in its grace.</summary>
    public LiveSession? Find(string server, string space) => _running[server].GetValueOrDefault(space);

    private void Publish(string server, MediaCallback callback, UnixMs now, LiveChange change)
    {
        LiveSession? session = Find(server, callback.Stream);
        bool isUpdate = callback.Call == MediaCall.PublishUpdate;
        if (isUpdate && session is not null && session.IsGone(callback.Client)) return;
        if (!StreamKey.TryParse(callback.Key, out StreamKey? sent) || store.Find(sent) is not { } key || key.Space.Value != callback.Stream)
        {
            change.Refusal = "stream-key-invalid";
            return;
        }

        if (isUpdate && session is not null)
        {
            // Another account's: it comes late, and the space is somebody else's by now.
            if (session.Account == key.Account && session.IsExhausted) change.Refusal = "bandwidth-exhausted";
            return;
        }

        if (!MayBroadcast(session, key.Account, now))
        {
            change.Refusal = "bandwidth-exhausted";
            return;
        }

        if (session is not null && (session.Account != key.Account || session.IsOver(now, settings.GraceSeconds * 1_000L)))
        {
            End(session, now, change, goesOn: false);
            session = null;
        }

        // A reconnect within the grace goes on with the same broadcast; the next look is a first one, because the connection is another.
        if (session is null) _running[server][callback.Stream] = new LiveSession { Server = server, Space = key.Space, Account = key.Account, OpenedAt = now };
        else (session.IsExhausted, session.Last) = (false, null);
    }

    /// <summary>Whether an account has a minute left; the last one, when it is this one and was recorded, may be gone through to its end.</summary>
    private bool MayBroadcast(LiveSession? session, AccountId account, UnixMs now)
    {
        if (session is not null && session.Account == account && session.LastMinute == now.Value / MinuteMs) return true;
        using BroadcastAllowance.Look look = allowance.At(now);
        return look.Left(account) > 0;
    }

    private void Compare(LiveSession session, string instance, StreamSample? stream, UnixMs now, AllowanceOnce left, LiveChange change)
    {
        (string Instance, string Publisher, long Bytes, long Frames, UnixMs At)? last = session.Last;
        session.Last = stream is null ? null : (instance, stream.Publisher!, stream.Bytes, stream.Frames, now);
        if (stream is null || last is not { } before) return;
        bool isSame = before.Instance == instance && before.Publisher == stream.Publisher && before.At <= now;
        if (!isSame || stream.Bytes <= before.Bytes || stream.Frames == before.Frames) return;

        long minute = now.Value / MinuteMs;
        if (!session.IsStarted)
        {
            session.Id = LiveEvents.SessionId(session.Server, session.Space, instance, stream.Publisher!, minute);
            change.Events.Add(LiveEvents.Started(session, now));
        }

        session.LastFlow = now;
        Watch(session, stream, now, change);
        if (before.At.Value / MinuteMs == minute && session.LastMinute != minute)
        {
            session.IsExhausted = left.Left(session.Account) <= 0;
            if (!session.IsExhausted)
            {
                session.LastMinute = minute;
                session.Minutes++;
                allowance.Took(session.Account, minute, now);
                change.Events.Add(LiveEvents.Minute(session, minute, now));
                change.Recorded.Add(session);
            }
        }

        if (session.IsExhausted) change.Drops.Add((session, stream.Publisher!));
    }

    /// <summary>Viewers are compared look by look as publishers are, and only while media flows.</summary>
    private void Watch(LiveSession session, StreamSample stream, UnixMs now, LiveChange change)
    {
        session.PeakViewers = Math.Max(session.PeakViewers, stream.Viewers.Count);
        Dictionary<string, LiveViewer> before = new(session.Viewers, StringComparer.Ordinal);
        session.Viewers.Clear();
        foreach (ViewerSample seen in stream.Viewers)
        {
            LiveViewer viewer = before.GetValueOrDefault(seen.Client) ?? new LiveViewer();
            session.Viewers[seen.Client] = viewer;
            AccountId? account = _players.TryGetValue((session.Server, seen.Client), out (string Space, AccountId? Account, UnixMs At) player) && player.Space == stream.Name ? player.Account : null;
            if (viewer.Account != account) (viewer.Account, viewer.Last, viewer.LastMinute) = (account, null, -1);
            (long Progress, UnixMs At)? last = viewer.Last;
            viewer.Last = (seen.Progress, now);
            if (last is not { } then || then.Progress == seen.Progress || then.At > now) continue;
            session.WatchMs += Elapsed(then.At, now);
            long minute = now.Value / MinuteMs;
            if (account is not { } known || then.At.Value / MinuteMs != minute || viewer.LastMinute == minute) continue;
            viewer.LastMinute = minute;
            change.Events.Add(LiveEvents.Presence(session, known, minute, now));
        }
    }

    private void End(LiveSession session, UnixMs now, LiveChange change, bool goesOn)
    {
        if (session.IsStarted) change.Events.Add(LiveEvents.Ended(session, now));
        change.Ended.Add((session, now));
        Dictionary<string, LiveSession> spaces = _running[session.Server];
        spaces.Remove(session.Space.Value);

        // A connection that is silent beyond the grace is still let in: when media comes again, it is another broadcast.
        if (goesOn) spaces.Add(session.Space.Value, new LiveSession { Server = session.Server, Space = session.Space, Account = session.Account, OpenedAt = now, Last = session.Last });
    }

    /// <summary>A host that did not look for a while does not know what flowed meanwhile.</summary>
    private long Elapsed(UnixMs from, UnixMs to) => Math.Min(to - from, 2_000L * settings.SampleSeconds);

    private void ForgetPlayers(string server, MediaSample sample, UnixMs now)
    {
        if (_players.Count == 0) return;
        HashSet<string> seen = [.. sample.Streams.SelectMany(s => s.Viewers).Select(v => v.Client)];
        foreach ((string Server, string Client) player in _players.Keys.Where(p => p.Server == server && !seen.Contains(p.Client) && now - _players[p].At > PlayerKeptMs).ToArray()) _players.Remove(player);
    }

    /// <summary>Looks at allowances once for a whole sample, and only when somebody needs one.</summary>
    private sealed class AllowanceOnce(BroadcastAllowance allowance, UnixMs now) : IDisposable
    {
        private BroadcastAllowance.Look? _look;

        public long Left(AccountId account) => (_look ??= allowance.At(now)).Left(account);

        public void Dispose() => _look?.Dispose();
    }
}
