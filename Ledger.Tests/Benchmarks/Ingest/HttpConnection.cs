using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ledger.Benchmarks.Ingest;

/// <summary>A connection of one caller of the HTTP API: sends requests that were encoded beforehand, one after another, and checks each answer.</summary>
/// <remarks>As with the peers' connections (<see cref="PeerConnection"/>), what is measured beside the server is a socket, not a client library.</remarks>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _answer = new byte[64 << 10];

    private HttpConnection()
    {
    }

    public static async Task<HttpConnection> OpenAsync(Uri server)
    {
        HttpConnection connection = new();
        await connection._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port));
        return connection;
    }

    /// <summary>A <c>POST /v1/events</c> of NDJSON as it goes over the wire.</summary>
    public static byte[] Request(Uri server, string key, ReadOnlySpan<byte> body)
    {
        byte[] head = Encoding.ASCII.GetBytes($"POST /v1/events HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. head, .. body];
    }

    /// <summary>Sends a request and reads its answer, which Kestrel writes in chunks.</summary>
    /// <exception cref="InvalidOperationException">Another status, or the answer's head does not hold <paramref name="expected"/>.</exception>
    public async Task AskAsync(ReadOnlyMemory<byte> request, byte[] expected)
    {
        for (int sent = 0; sent < request.Length;) sent += await _socket.SendAsync(request[sent..]);
        int read = 0;
        do
        {
            if (read == _answer.Length) Array.Resize(ref _answer, 2 * read);
            int bytes = await _socket.ReceiveAsync(_answer.AsMemory(read));
            if (bytes == 0) throw new InvalidOperationException("the server closed the connection");
            read += bytes;
        }
        while (!_answer.AsSpan(0, read).EndsWith("\r\n0\r\n\r\n"u8));
        ReadOnlySpan<byte> head = _answer.AsSpan(0, Math.Min(read, 1_000));
        if (!head.StartsWith("HTTP/1.1 200 "u8) || head.IndexOf(expected) < 0) throw new InvalidOperationException($"not everything was accepted: {Encoding.UTF8.GetString(head)}");
    }

    public void Dispose() => _socket.Dispose();
}
