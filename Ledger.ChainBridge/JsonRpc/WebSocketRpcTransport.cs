using System.Buffers;
using System.Net.WebSockets;

namespace Ledger.ChainBridge.JsonRpc;

/// <summary>JSON-RPC over one WebSocket, an exchange at a time; after a fault the next exchange connects anew.</summary>
internal sealed class WebSocketRpcTransport(Uri node) : IRpcTransport
{
    private const int ReceiveBytes = 64 << 10;
    private const int AnswerBytesMax = 64 << 20;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ClientWebSocket? _socket;

    /// <inheritdoc/>
    public async Task<byte[]> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            ClientWebSocket socket = await ConnectedAsync(cancel);
            await socket.SendAsync(request, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancel);
            return await ReceiveAsync(socket, cancel);
        }
        catch (Exception e)
        {
            // A half-read answer would be taken for that of the next call.
            Drop();
            if (e is WebSocketException) throw new RpcFaultException("node-unreachable", $"the connection to the node at {node.Host}:{node.Port} broke; check that it runs and speaks WebSocket", e);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Drop();
        _turn.Dispose();
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        ArrayBufferWriter<byte> answer = new(ReceiveBytes);
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(answer.GetMemory(ReceiveBytes), cancel);
            if (part.MessageType == WebSocketMessageType.Close) throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
            answer.Advance(part.Count);
            if (answer.WrittenCount > AnswerBytesMax) throw new RpcFaultException("node-malformed", $"the node's answer is larger than {AnswerBytesMax} bytes; ask for less at once");
            if (part.EndOfMessage) return answer.WrittenSpan.ToArray();
        }
    }

    private async Task<ClientWebSocket> ConnectedAsync(CancellationToken cancel)
    {
        if (_socket is { State: WebSocketState.Open }) return _socket;
        Drop();
        _socket = new ClientWebSocket();
        await _socket.ConnectAsync(node, cancel);
        return _socket;
    }

    private void Drop()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
