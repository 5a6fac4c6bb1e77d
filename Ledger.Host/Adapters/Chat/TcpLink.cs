using System.Net.Security;
using System.Net.Sockets;

namespace Ledger.Host.Adapters.Chat;

/// <summary>Lines over TCP, with TLS or without: UTF-8, each ended by a line feed, a carriage return before it is left out.</summary>
/// <param name="socket">The connection.</param>
/// <param name="stream">Its bytes.</param>
internal sealed class TcpLink(Socket socket, Stream stream) : IChatLink
{
    private readonly byte[] _buffer = new byte[ChatLine.BytesMax + 2];
    private int _start;
    private int _end;

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync()
    {
        int looked = _start;
        for (; ; )
        {
            int feed = _buffer.AsSpan(looked.._end).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                Memory<byte> line = _buffer.AsMemory(_start..(looked + feed));
                _start = looked + feed + 1;
                if (line.Length > 0 && line.Span[^1] == '\r') line = line[..^1];
                return line.Length <= ChatLine.BytesMax ? line : throw new ChatFaultException(ChatFault.LineTooLong);
            }

            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            looked = _end;
            if (_end == _buffer.Length) throw new ChatFaultException(ChatFault.LineTooLong);
            int read = await stream.ReadAsync(_buffer.AsMemory(_end));
            if (read == 0) return null; // a line without an end was cut off and says nothing
            _end += read;
        }
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> line) => stream.WriteAsync(line);

    /// <inheritdoc/>
    public async ValueTask EndAsync(ChatFault why)
    {
        if (stream is SslStream secure) await secure.ShutdownAsync();
        socket.Shutdown(SocketShutdown.Send); // closing it would take the farewell back while anything is unread
    }

    /// <inheritdoc/>
    public void Abort() => stream.Dispose();
}
