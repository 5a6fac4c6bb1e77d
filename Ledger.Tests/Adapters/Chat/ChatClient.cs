using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Ledger.Tests.Adapters.Chat;

/// <summary>A client over a real socket, of either protocol. It answers pings.</summary>
internal abstract class ChatClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<ChatClient> WebSocketAsync(Uri http, string token)
    {
        ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri($"ws://{http.Authority}/v1/chat?token={token}"), CancellationToken.None);
        return new OverWebSocket(socket);
    }

    public static async Task<ChatClient> TcpAsync(int port, string? token, X509Certificate2? trusted = null)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (trusted is not null)
        {
            SslStream secure = new(stream, leaveInnerStreamOpen: false, (_, found, _, _) => found is not null && found.GetCertHashString() == trusted.GetCertHashString());
            await secure.AuthenticateAsClientAsync("localhost");
            stream = secure;
        }

        OverTcp client = new(stream);
        if (token is not null) await client.DoAsync(new { @do = "hello", token });
        return client;
    }

    public Task DoAsync(object line) => SendAsync(JsonSerializer.SerializeToUtf8Bytes(line));

    public Task JoinAsync(string room) => DoAsync(new { @do = "join", room });

    public Task SayAsync(string room, string id, string text) => DoAsync(new { @do = "say", room, id, text });

    /// <summary>The next line of a sort; those before it are passed over. Null when the connection ended.</summary>
    public async Task<JsonElement?> NextAsync(params string[] on)
    {
        using CancellationTokenSource patience = new(Patience);
        while (await ReadAsync(patience.Token) is { } text)
        {
            using JsonDocument document = JsonDocument.Parse(text);
            string sort = document.RootElement.GetProperty("on").GetString()!;
            if (sort == "ping") await DoAsync(new { @do = "pong" });
            if (on.Contains(sort)) return document.RootElement.Clone();
        }

        return null;
    }

    public abstract Task SendAsync(byte[] line);

    public abstract ValueTask DisposeAsync();

    protected abstract Task<string?> ReadAsync(CancellationToken cancel);

    private sealed class OverTcp(Stream stream) : ChatClient
    {
        private readonly StreamReader _reader = new(stream, Encoding.UTF8);

        public override async Task SendAsync(byte[] line)
        {
            await stream.WriteAsync((byte[])[.. line, (byte)'\n']);
        }

        public override ValueTask DisposeAsync()
        {
            _reader.Dispose();
            return stream.DisposeAsync();
        }

        protected override async Task<string?> ReadAsync(CancellationToken cancel)
        {
            try
            {
                return await _reader.ReadLineAsync(cancel);
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    private sealed class OverWebSocket(ClientWebSocket socket) : ChatClient
    {
        private readonly byte[] _buffer = new byte[256 << 10];

        public override Task SendAsync(byte[] line) => socket.SendAsync(line, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        public override ValueTask DisposeAsync()
        {
            socket.Abort();
            socket.Dispose();
            return ValueTask.CompletedTask;
        }

        protected override async Task<string?> ReadAsync(CancellationToken cancel)
        {
            int size = 0;
            try
            {
                for (; ; )
                {
                    ValueWebSocketReceiveResult part = await socket.ReceiveAsync(_buffer.AsMemory(size), cancel);
                    if (part.MessageType == WebSocketMessageType.Close) return null;
                    size += part.Count;
                    if (part.EndOfMessage) return Encoding.UTF8.GetString(_buffer, 0, size);
                }
            }
            catch (WebSocketException)
            {
                return null;
            }
        }
    }
}
