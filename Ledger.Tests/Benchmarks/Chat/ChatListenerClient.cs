using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Ledger.Benchmarks.Chat;

/// <summary>Somebody in a room who notes how old every message is, and answers pings. What is noted is of all of them together.</summary>
internal sealed class ChatListenerClient : IDisposable
{
    private const int BucketUs = 100;
    private static readonly long[] Histogram = new long[100_000]; // up to ten seconds

    private static readonly byte[] Pong = Encoding.ASCII.GetBytes("{\"do\":\"pong\"}\n");

    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Stream? _stream;
    private readonly ClientWebSocket? _socket;
    private readonly byte[] _buffer = new byte[8_192];

    private ChatListenerClient(Stream? stream, ClientWebSocket? socket)
    {
        (_stream, _socket) = (stream, socket);
        _ = socket is null ? ReadStreamAsync() : ReadSocketAsync();
    }

    /// <summary>Completes when the room was joined.</summary>
    public Task Joined => _joined.Task;

    public static long Delivered => Histogram.Sum();

    public static void Reset() => Array.Clear(Histogram);

    /// <summary>The age that so many of the messages had or less, in milliseconds.</summary>
    public static double Percentile(double part)
    {
        long left = (long)Math.Ceiling(Delivered * part);
        int bucket = 0;
        for (; bucket < Histogram.Length - 1 && (left -= Histogram[bucket]) > 0; bucket++) { }
        return (bucket + 1) * BucketUs / 1000.0;
    }

    public static async Task<ChatListenerClient> TcpAsync(int port, string token)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        ChatListenerClient client = new(new NetworkStream(socket, ownsSocket: true), null);
        await client.SendAsync($"{{\"do\":\"hello\",\"token\":\"{token}\"}}\n");
        return client;
    }

    public static async Task<ChatListenerClient> WebSocketAsync(Uri http, string token)
    {
        ClientWebSocket socket = new();
        socket.Options.SetBuffer(4_096, 512);
        await socket.ConnectAsync(new Uri($"ws://{http.Authority}/v1/chat?token={token}"), CancellationToken.None);
        return new ChatListenerClient(null, socket);
    }

    public Task JoinAsync(string room) => SendAsync($"{{\"do\":\"join\",\"room\":\"{room}\"}}\n");

    /// <param name="room">Where.</param>
    /// <param name="id">The message's name.</param>
    /// <param name="due">When it was due, in ticks of the stopwatch.</param>
    public Task SayAsync(string room, string id, long due) => SendAsync($"{{\"do\":\"say\",\"room\":\"{room}\",\"id\":\"{id}\",\"text\":\"a message of usual length, which was due at @{due}@\"}}\n");

    public void Dispose()
    {
        _stream?.Dispose();
        _socket?.Dispose();
    }

    private Task SendAsync(string line) => SendAsync(Encoding.UTF8.GetBytes(line));

    private async Task SendAsync(byte[] line)
    {
        await _sending.WaitAsync();
        try
        {
            if (_socket is not null) await _socket.SendAsync(line.AsMemory(..^1), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            else await _stream!.WriteAsync(line);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadStreamAsync()
    {
        int end = 0;
        try
        {
            while (await _stream!.ReadAsync(_buffer.AsMemory(end)) is > 0 and var read)
            {
                end += read;
                int start = 0;
                while (_buffer.AsSpan(start..end).IndexOf((byte)'\n') is >= 0 and var feed)
                {
                    Note(_buffer.AsSpan(start, feed));
                    start += feed + 1;
                }

                _buffer.AsSpan(start..end).CopyTo(_buffer);
                end -= start;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The end of the measurement.
        }
    }

    private async Task ReadSocketAsync()
    {
        try
        {
            for (int size = 0; ;)
            {
                ValueWebSocketReceiveResult part = await _socket!.ReceiveAsync(_buffer.AsMemory(size), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close) return;
                size += part.Count;
                if (!part.EndOfMessage) continue;
                Note(_buffer.AsSpan(0, size));
                size = 0;
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The end of the measurement.
        }
    }

    private void Note(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{\"on\":\"message\""u8))
        {
            int mark = line.IndexOf((byte)'@');
            if (!Utf8Parser.TryParse(line[(mark + 1)..], out long due, out _)) throw new InvalidOperationException(Encoding.UTF8.GetString(line));
            long ageUs = (long)Stopwatch.GetElapsedTime(due).TotalMicroseconds;
            Interlocked.Increment(ref Histogram[Math.Min(ageUs / BucketUs, Histogram.Length - 1)]);
        }
        else if (line.StartsWith("{\"on\":\"ping\""u8))
        {
            _ = SendAsync(Pong);
        }
        else if (line.StartsWith("{\"on\":\"joined\""u8))
        {
            _joined.TrySetResult();
        }
        else if (line.StartsWith("{\"on\":\"e"u8))
        {
            Console.WriteLine($"  {Encoding.UTF8.GetString(line)}");
        }
    }
}
