using System.Buffers;
using System.Text.Json;

namespace Ledger.ChainBridge.JsonRpc;

/// <summary>Carries one request document to a node and its answer back.</summary>
internal interface IRpcTransport : IDisposable
{
    /// <exception cref="RpcFaultException">Nothing usable came back.</exception>
    Task<byte[]> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancel);
}

/// <summary>JSON-RPC 2.0 over a transport: one document per batch, replies matched by id.</summary>
/// <remarks>Strict: a reply that is missing, repeated or unknown makes the whole exchange a fault, because what it says cannot be told apart.</remarks>
internal sealed class JsonRpcClient(IRpcTransport transport) : INodeRpc
{
    private long _lastId;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RpcReply>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel = default)
    {
        if (calls.Count == 0) return [];
        long firstId = Interlocked.Add(ref _lastId, calls.Count) - calls.Count + 1;
        byte[] answer = await transport.ExchangeAsync(Document(calls, firstId), cancel);
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            return Replies(document.RootElement, calls.Count, firstId);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new RpcFaultException("node-malformed", "the node's answer is no JSON-RPC; check that the address is a node's", e);
        }
    }

    private static ReadOnlyMemory<byte> Document(IReadOnlyList<RpcCall> calls, long firstId)
    {
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter json = new(buffer);
        if (calls.Count > 1) json.WriteStartArray();
        for (int i = 0; i < calls.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc", "2.0");
            json.WriteNumber("id", firstId + i);
            json.WriteString("method", calls[i].Method);
            json.WritePropertyName("params");
            JsonSerializer.Serialize(json, calls[i].Parameters);
            json.WriteEndObject();
        }

        if (calls.Count > 1) json.WriteEndArray();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static RpcReply[] Replies(JsonElement root, int count, long firstId)
    {
        RpcReply?[] replies = new RpcReply?[count];
        foreach (JsonElement item in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root])
        {
            long id = item.GetProperty("id").ValueKind == JsonValueKind.Number ? item.GetProperty("id").GetInt64() : -1;
            if (id < firstId || id >= firstId + count || replies[id - firstId] is not null)
                throw new RpcFaultException("node-malformed", $"a reply has the id {id}, which was not asked for or is answered already; the node mixes up connections");
            replies[id - firstId] = Reply(item);
        }

        return Array.ConvertAll(replies, r => r ?? throw new RpcFaultException("node-malformed", "the node left a call of a batch unanswered; ask it again"));
    }

    private static RpcReply Reply(JsonElement item)
    {
        if (!item.TryGetProperty("error", out JsonElement error) || error.ValueKind == JsonValueKind.Null)
        {
            // ganache leaves a null result out.
            return new RpcReply(item.TryGetProperty("result", out JsonElement result) ? result.Clone() : default, null);
        }

        string message = error.TryGetProperty("message", out JsonElement text) ? text.GetString() ?? "" : "";
        int code = error.TryGetProperty("code", out JsonElement number) && number.TryGetInt32(out int value) ? value : 0;
        return new RpcReply(default, new RpcError(code, message, RevertData(error)));
    }

    /// <summary>Nodes put the bytes of a revert into <c>data</c> itself or into a member of it.</summary>
    private static string? RevertData(JsonElement error)
    {
        if (!error.TryGetProperty("data", out JsonElement data)) return null;
        if (data.ValueKind == JsonValueKind.String) return data.GetString();
        if (data.ValueKind != JsonValueKind.Object) return null;
        foreach (string name in (string[])["data", "result"])
        {
            if (data.TryGetProperty(name, out JsonElement inner) && inner.ValueKind == JsonValueKind.String) return inner.GetString();
        }

        return null;
    }
}
