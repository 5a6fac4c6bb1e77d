using System.Net.WebSockets;

namespace Ledger.Host.Adapters.Chat;

/// <summary>Lines over WebSocket: a text message is a line.</summary>
/// <param name="socket">The connection.</param>
internal sealed class WebSocketLink(WebSocket socket) : IChatLink
{
    private readonly byte[] _buffer = new byte[ChatLine.BytesMax + 1];

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync()
    {
        int size = 0;
        for (; ; )
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(_buffer.AsMemory(size), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            if (part.MessageType != WebSocketMessageType.Text) throw new ChatFaultException(ChatFault.NotText);
            size += part.Count;
            if (size > ChatLine.BytesMax) throw new ChatFaultException(ChatFault.LineTooLong);
            if (part.EndOfMessage) return _buffer.AsMemory(0, size);
        }
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> line) => socket.SendAsync(line[..^1], WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask EndAsync(ChatFault why) => await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, why.Code, CancellationToken.None);

    /// <inheritdoc/>
    public void Abort() => socket.Abort();
}
