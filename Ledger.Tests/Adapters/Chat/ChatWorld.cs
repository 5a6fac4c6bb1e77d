using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Host.Adapters;
using Ledger.Host.Adapters.Chat;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ledger.Tests.Adapters.Chat;

/// <summary>A ledger with rooms and a chat over it without sockets, at a time that stands where a test puts it.</summary>
internal sealed class ChatWorld : IAsyncDisposable
{
    public const string Provider = "host";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weledger-chat-");
    private readonly ChatSettings _settings;
    private readonly Meter _meter = new("chat-test");
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private LedgerSession? _session;
    private ChatHub? _hub;

    private ChatWorld(ChatSettings settings) => _settings = settings;

    public ManualClock Clock { get; } = new("2026-11-22T12:00:00Z");

    public LedgerSession Session => _session!;

    public ChatHub Hub => _hub!;

    /// <summary>Opens spaces, provided by <see cref="Provider"/>, and the chat over them.</summary>
    public static async Task<ChatWorld> StartAsync(ChatSettings? settings = null, params string[] spaces)
    {
        ChatWorld world = new(settings ?? new ChatSettings(MessagesPerMinute: 1_000_000));
        world._session = await LedgerSession.ServeAsync(LogAddress.Folder(world._folder.FullName), world._folder.FullName, world.Clock, null, CancellationToken.None);
        foreach (string space in spaces.Length > 0 ? spaces : ["room"]) await world.StateAsync(new SpaceOpened(new SpaceId(space), new AccountId(Provider)));
        world.Open();
        return world;
    }

    /// <summary>States an event around the chat; the views know it then.</summary>
    public async Task StateAsync(EventPayload payload)
    {
        await Session.Ledger.Intake.SubmitAsync([new SubmittedEvent(EventId.Derive("world", Guid.NewGuid().ToString()), Clock.Now, payload)]);
        await Session.Ledger.CatchUpAsync(null, CancellationToken.None);
    }

    /// <summary>Stops the chat, as a server does, and starts it again over the same folder.</summary>
    public async Task RestartAsync(Action<ChatStore>? meanwhile = null)
    {
        await StopAsync();
        if (meanwhile is not null)
        {
            using ChatStore store = ChatStore.Open(Folder);
            meanwhile(store);
        }

        Open();
    }

    /// <summary>Somebody who is in by a token.</summary>
    public ChatPeer Connect(string account)
    {
        ChatPeer peer = new();
        peer.Session = Hub.Open(peer);
        if (peer.Session.Authenticate(Hub.Tokens.Read(Token(account))!) is { } fault) peer.Close(fault);
        return peer;
    }

    public string Token(string account) => Hub.Tokens.Issue(new AccountId(account), AccountTokens.LifeDefault).Text;

    /// <summary>Every event of a kind, in order.</summary>
    public async Task<List<RecordedEvent>> EventsAsync<T>()
        where T : EventPayload
    {
        List<RecordedEvent> events = [];
        await foreach (RecordedEvent e in Session.Log.ReadAllAsync(0))
        {
            if (e.Payload is T) events.Add(e);
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Session.DisposeAsync();
        _meter.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Folder => Path.Combine(_folder.FullName, "adapters", "chat");

    private void Open()
    {
        _stop = new CancellationTokenSource();
        _hub = new ChatHub(_settings, new AdapterContext("chat", Session, Clock, _folder.FullName, _meter, NullLoggerFactory.Instance, (_, _) => { }, () => []));
        _running = _hub.RunAsync(_stop.Token);
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _hub!.Dispose();
        _stop.Dispose();
    }
}

/// <summary>The other end of a session without a socket: keeps what it is sent.</summary>
internal sealed class ChatPeer : IChatPeer, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<JsonElement> _got = [];
    private readonly SemaphoreSlim _came = new(0);
    private int _read;

    public ChatSession Session { get; set; } = null!;

    /// <summary>Why it was ended, if it was.</summary>
    public string? Ended { get; private set; }

    /// <summary>Everything that came, in order.</summary>
    public JsonElement[] All
    {
        get
        {
            lock (_gate) return [.. _got];
        }
    }

    public void Send(byte[] line)
    {
        if (line[^1] != (byte)'\n' || line.AsSpan(..^1).Contains((byte)'\n')) throw new InvalidOperationException("a line has one end");
        using JsonDocument document = JsonDocument.Parse(line);
        lock (_gate) _got.Add(document.RootElement.Clone());
        _came.Release();
    }

    public void Close(ChatFault why) => Ended ??= why.Code;

    public void Check()
    {
    }

    public void Dispose() => _came.Dispose();

    public void Do(object line) => Session.Handle(JsonSerializer.SerializeToUtf8Bytes(line));

    public void Say(string room, string id, string text) => Do(new Dictionary<string, string> { ["do"] = "say", ["room"] = room, ["id"] = id, ["text"] = text });

    public void Join(string room) => Do(new Dictionary<string, string> { ["do"] = "join", ["room"] = room });

    public void Raw(string line) => Session.Handle(Encoding.UTF8.GetBytes(line));

    /// <summary>The next line of a sort that was not read yet; what came before it is passed over.</summary>
    public async Task<JsonElement> NextAsync(params string[] on)
    {
        while (true)
        {
            if (!await _came.WaitAsync(Patience)) throw new TimeoutException($"no '{string.Join(", ", on)}' came; got {string.Join(' ', All.Select(e => e.ToString()))}");
            JsonElement line;
            lock (_gate) line = _got[_read++];
            if (on.Contains(line.GetProperty("on").GetString())) return line;
        }
    }

    /// <summary>The code of the next error.</summary>
    public async Task<string> ErrorAsync() => (await NextAsync("error")).GetProperty("code").GetString()!;
}
