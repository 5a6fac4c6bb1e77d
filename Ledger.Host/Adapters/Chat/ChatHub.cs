using System.Collections.Concurrent;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Security;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Adapters.Chat;

/// <summary>An account that is connected, and what it may still say.</summary>
internal sealed class ChatAccount(Allowance messages)
{
    /// <summary>Its connections; <see cref="ChatHub"/>'s alone.</summary>
    internal int Connections { get; set; }

    /// <summary>Whether nothing of it needs to be remembered; <see cref="ChatHub"/>'s alone.</summary>
    internal bool IsUnused => Connections == 0 && messages.IsFull;

    /// <summary>Takes one message; otherwise says how long to wait.</summary>
    public bool TrySay(out TimeSpan wait)
    {
        lock (messages) return messages.TryTake(1, out wait);
    }
}

/// <summary>The chat without its sockets: sessions, rooms, and the way of what is said into the log.</summary>
internal sealed class ChatHub : IDisposable
{
    /// <summary>Sessions are looked at every second, a part of them at a time: people who came together are not all asked at once.</summary>
    private const int SweepParts = 20;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1) / SweepParts;

    private readonly ConcurrentDictionary<ChatSession, int> _sessions = []; // with the part of the sweep that they are in
    private readonly Dictionary<string, ChatAccount> _accounts = new(StringComparer.Ordinal);
    private readonly ILogger<ChatHub> _logger;
    private int _connections;
    private int _opened;
    private volatile ChatFault? _ended;

    public ChatHub(ChatSettings settings, AdapterContext context)
    {
        (Settings, Clock) = (settings, context.Clock);
        _logger = context.Loggers.CreateLogger<ChatHub>();
        Store = ChatStore.Open(context.Folder);
        Tokens = new AccountTokens(Store.Secret(), "weledger-chat", Clock);
        Spaces = new ChatSpaces(context.Session);
        Metrics = new ChatMetrics(context.Meter, () => Volatile.Read(ref _connections));
        Rooms = new ChatRooms(Store);
        Writer = new ChatWriter(Store, Rooms, settings, context.SubmitAsync, Metrics, Clock);
    }

    public ChatSettings Settings { get; }

    public TimeProvider Clock { get; }

    public AccountTokens Tokens { get; }

    public ChatStore Store { get; }

    public ChatSpaces Spaces { get; }

    public ChatRooms Rooms { get; }

    public ChatWriter Writer { get; }

    public ChatMetrics Metrics { get; }

    /// <summary>Connections open.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public UnixMs Now() => UnixMs.From(Clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Lets a connection in; every one that was let in is given back with <see cref="Close"/>.</summary>
    /// <returns>Why not, or null.</returns>
    public ChatFault? Admit()
    {
        if (_ended is { } why) return why;
        if (Interlocked.Increment(ref _connections) <= Settings.ConnectionsMax) return null;
        Interlocked.Decrement(ref _connections);
        Metrics.Ended(ChatFault.ConnectionsFull.Code);
        return ChatFault.ConnectionsFull;
    }

    /// <summary>Begins the session of a connection that was let in.</summary>
    public ChatSession Open(IChatPeer peer)
    {
        ChatSession session = new(this, peer);
        _sessions[session] = (int)((uint)Interlocked.Increment(ref _opened) % SweepParts);
        if (_ended is { } why) peer.Close(why);
        return session;
    }

    /// <summary>A connection is over.</summary>
    public void Close(ChatSession? session)
    {
        if (session is not null && _sessions.TryRemove(session, out _)) session.End();
        Interlocked.Decrement(ref _connections);
    }

    /// <summary>One more connection of an account; null when it has as many as it may.</summary>
    public ChatAccount? Enter(AccountId account)
    {
        lock (_accounts)
        {
            if (!_accounts.TryGetValue(account.Value, out ChatAccount? found))
                _accounts.Add(account.Value, found = new ChatAccount(new Allowance(Settings.MessagesPerMinute, TimeSpan.FromMinutes(1), ChatSettings.MessagesBurst, Clock)));
            if (found.Connections >= Settings.ConnectionsPerAccountMax) return null;
            found.Connections++;
            return found;
        }
    }

    /// <summary>One connection of an account less.</summary>
    public void Leave(ChatAccount account)
    {
        lock (_accounts) account.Connections--;
    }

    /// <summary>Ends every connection and lets nobody in any more.</summary>
    public void EndAll(ChatFault why)
    {
        _ended ??= why;
        foreach (ChatSession session in _sessions.Keys) session.Peer.Close(why);
    }

    /// <summary>Writes what is said, and ends what is silent, until it is asked to stop; what was taken until then is written.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await Writer.RecoverAsync();
            Task writing = Writer.RunAsync();
            using PeriodicTimer sweep = new(SweepEvery);
            for (int part = 0; !cancel.IsCancellationRequested && !writing.IsCompleted; part = (part + 1) % SweepParts)
            {
                await Task.WhenAny(writing, sweep.WaitForNextTickAsync(cancel).AsTask());
                Sweep(part);
            }

            EndAll(ChatFault.ServerStops);
            Writer.Complete();
            await writing;
        }
        catch (Exception)
        {
            EndAll(ChatFault.ChatStopped);
            throw;
        }
    }

    /// <summary>Looks at every session, and forgets accounts that there is nothing to remember of.</summary>
    public void Sweep()
    {
        for (int part = 0; part < SweepParts; part++) Sweep(part);
    }

    private void Sweep(int part)
    {
        UnixMs now = Now();
        long stamp = Clock.GetTimestamp();
        foreach ((ChatSession session, int of) in _sessions)
        {
            if (of == part) session.Check(now, stamp);
        }

        if (part > 0) return;
        lock (_accounts)
        {
            foreach ((string name, ChatAccount account) in _accounts)
            {
                if (account.IsUnused) _accounts.Remove(name);
            }
        }
    }

    /// <summary>A line of a session led to a defect: it ends, and the log has the details.</summary>
    public void Failed(ChatSession session, Exception fault)
    {
        _logger.LogError(fault, "a chat line could not be handled");
        session.Peer.Close(ChatFault.Defect);
    }

    /// <inheritdoc/>
    public void Dispose() => Store.Dispose();
}
