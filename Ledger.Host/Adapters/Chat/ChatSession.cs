using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Security;

namespace Ledger.Host.Adapters.Chat;

/// <summary>What one connection says and hears. <see cref="Handle"/> and <see cref="End"/> are called by its reader alone, the rest from any thread.</summary>
internal sealed class ChatSession
{
    private readonly ChatHub _hub;
    private readonly Allowance _lines;
    private readonly Dictionary<string, Membership> _joined = new(StringComparer.Ordinal);
    private readonly long _openedAt;
    private ChatAccount? _account;
    private AccountToken? _token;
    private long _heardAt;
    private long _pingedAt;
    private int _unsettled;

    public ChatSession(ChatHub hub, IChatPeer peer)
    {
        (_hub, Peer) = (hub, peer);
        _lines = new Allowance(ChatSettings.LinesPerSecond, TimeSpan.FromSeconds(1), ChatSettings.LinesBurst, hub.Clock);
        _openedAt = _heardAt = _pingedAt = hub.Clock.GetTimestamp();
    }

    public IChatPeer Peer { get; }

    /// <summary>Who it is.</summary>
    /// <exception cref="InvalidOperationException">Nobody said hello yet.</exception>
    public string Account => (_token ?? throw new InvalidOperationException("nobody said hello")).Account.Value;

    /// <summary>Lets an account in by its token, or renews the token of the same account.</summary>
    /// <returns>Why not, or null.</returns>
    public ChatFault? Authenticate(AccountToken token)
    {
        if (_token is not null && _token.Account != token.Account) return ChatFault.OtherAccount;
        if (_account is null && (_account = _hub.Enter(token.Account)) is null) return ChatFault.AccountConnectionsFull;
        Volatile.Write(ref _token, token);
        Peer.Send(ChatFrame.Welcome(token.Account, token.Expires));
        return null;
    }

    /// <summary>Does what a line says.</summary>
    public void Handle(ReadOnlySpan<byte> bytes)
    {
        if (!_lines.TryTake(1, out _))
        {
            Peer.Close(ChatFault.Flood);
            return;
        }

        ChatLine? line = null;
        try
        {
            Heard();
            line = ChatLine.Parse(bytes);
            if (_token is null && line.Do != "hello") throw new ChatFaultException(ChatFault.NotAuthenticated);
            Do(line);
        }
        catch (ChatFaultException e)
        {
            if (_token is null) Peer.Close(e.Fault);
            else Peer.Send(ChatFrame.Error(e.Fault, line?.Id is { Length: > 0 } id ? id : null));
        }
    }

    /// <summary>A message of it is settled.</summary>
    public void Settled() => Interlocked.Decrement(ref _unsettled);

    /// <summary>Leaves everything; the connection is over.</summary>
    public void End()
    {
        foreach (Membership membership in _joined.Values) _hub.Rooms.Leave(this, membership.Room);
        _joined.Clear();
        if (_account is not null) _hub.Leave(_account);
    }

    /// <summary>Ends what is silent or expired, and asks who is silent. Called every second.</summary>
    public void Check(UnixMs now, long stamp)
    {
        TimeProvider clock = _hub.Clock;
        TimeSpan silent = clock.GetElapsedTime(Volatile.Read(ref _heardAt), stamp);
        if (Volatile.Read(ref _token) is not { } token)
        {
            if (clock.GetElapsedTime(_openedAt, stamp) >= ChatSettings.HelloWithin) Peer.Close(ChatFault.HelloTimeout);
        }
        else if (token.Expires <= now)
        {
            Peer.Close(ChatFault.TokenExpired);
        }
        else if (silent >= ChatSettings.IdleMax)
        {
            Peer.Close(ChatFault.Idle);
        }
        else if (silent >= ChatSettings.PingAfter && clock.GetElapsedTime(_pingedAt, stamp) >= ChatSettings.PingAfter)
        {
            _pingedAt = stamp;
            Peer.Send(ChatFrame.Ping);
        }

        Peer.Check();
    }

    private void Do(ChatLine line)
    {
        switch (line.Do)
        {
            case "hello":
                AccountToken token = _hub.Tokens.Read(line.Token) ?? throw new ChatFaultException(ChatFault.TokenInvalid);
                if (Authenticate(token) is { } fault) throw new ChatFaultException(fault);
                break;
            case "join": Join(line); break;
            case "leave":
                Membership left = Joined(line);
                _joined.Remove(line.Room);
                _hub.Rooms.Leave(this, left.Room);
                Peer.Send(ChatFrame.Left(line.Room));
                break;
            case "say": Say(line, Joined(line)); break;
            case "history": History(line, Joined(line).Room); break;
            case "mute": Post(new Muting(this, Moderated(line), line.Account, _hub.Now().PlusMs(line.Minutes * 60_000L)), Moderated(line)); break;
            case "unmute": Post(new Muting(this, Moderated(line), line.Account, null), Moderated(line)); break;
            case "remove": Post(new Removing(this, Moderated(line), line.Number), Moderated(line)); break;
        }
    }

    private void Join(ChatLine line)
    {
        SpaceId space = new(line.Room);
        AccountId provider = _hub.Spaces.ProviderOf(space) ?? throw new ChatFaultException(ChatFault.UnknownSpace);
        ContentId content = line.Content is { } named ? new ContentId(named) : ChatEvents.RoomContent(space);
        if (line.Content is not null && !_hub.Spaces.Shows(space, content)) throw new ChatFaultException(ChatFault.UnknownContent);
        if (_joined.TryGetValue(line.Room, out Membership? again))
        {
            again.Content = content;
            _hub.Rooms.Join(this, space, provider);
            return;
        }

        if (_joined.Count >= ChatSettings.RoomsPerConnectionMax) throw new ChatFaultException(ChatFault.RoomsFull);
        Membership membership = new(_hub.Rooms.Join(this, space, provider)) { Content = content };
        _joined.Add(line.Room, membership);
        membership.IsThere(_hub, _token!.Account);
    }

    private void Say(ChatLine line, Membership membership)
    {
        UnixMs now = _hub.Now();
        if (_hub.Rooms.MutedUntil(membership.Room, Account, now) is { } until) throw new ChatFaultException(new ChatFault("muted", $"the provider made you mute here until {until}"));
        if (!_account!.TrySay(out TimeSpan wait)) throw new ChatFaultException(new ChatFault("rate-limited", $"more messages than an account may send; wait {(long)Math.Ceiling(wait.TotalMilliseconds)} ms"));
        if (Volatile.Read(ref _unsettled) >= ChatSettings.UnsettledPerConnectionMax) throw new ChatFaultException(ChatFault.Busy);
        Interlocked.Increment(ref _unsettled);
        try
        {
            Post(new Saying(this, membership.Room, line.Id, line.Text, membership.Content, now), membership.Room);
        }
        catch (ChatFaultException)
        {
            Interlocked.Decrement(ref _unsettled);
            throw;
        }
    }

    private void History(ChatLine line, ChatRoom room)
    {
        // What was not told yet will be told: it is in no page.
        List<ChatMessage> page = _hub.Store.Page(line.Room, Math.Min(line.Before, _hub.Rooms.NextOf(room)), line.Limit + 1);
        bool hasMore = page.Count > line.Limit;
        if (hasMore) page.RemoveAt(line.Limit);
        Peer.Send(ChatFrame.History(line.Room, page, hasMore));
    }

    private Membership Joined(ChatLine line) => _joined.GetValueOrDefault(line.Room) ?? throw new ChatFaultException(ChatFault.NotJoined);

    private ChatRoom Moderated(ChatLine line) => Joined(line).Room is var room && room.Provider == _token!.Account ? room : throw new ChatFaultException(ChatFault.NotProvider);

    private void Post(ChatEntry entry, ChatRoom room)
    {
        _hub.Rooms.Hold(room);
        if (_hub.Writer.TryPost(entry)) return;
        _hub.Rooms.Release(room);
        throw new ChatFaultException(ChatFault.Busy);
    }

    private void Heard()
    {
        Volatile.Write(ref _heardAt, _hub.Clock.GetTimestamp());
        foreach (Membership membership in _joined.Values) membership.IsThere(_hub, _token!.Account);
    }

    /// <summary>A room that the session is in, and how long of the minute at hand it was seen there.</summary>
    private sealed class Membership(ChatRoom room)
    {
        private long _minute = -1;
        private long _seenFirst;
        private bool _isStated;

        public ChatRoom Room => room;

        /// <summary>What is written here is written under this.</summary>
        public ContentId Content { get; set; }

        /// <summary>The other end was heard: half a minute after it was first heard in a minute, that minute is stated.</summary>
        public void IsThere(ChatHub hub, AccountId account)
        {
            UnixMs now = hub.Now();
            long stamp = hub.Clock.GetTimestamp();
            long minute = now.Value / 60_000;
            if (minute != _minute) (_minute, _seenFirst, _isStated) = (minute, stamp, false);
            if (_isStated || hub.Clock.GetElapsedTime(_seenFirst, stamp) < ChatSettings.PresenceMin) return;
            _isStated = hub.Writer.TryPost(new PresenceSeen(ChatEvents.Presence(room.Space, account, minute, now)));
        }
    }
}
