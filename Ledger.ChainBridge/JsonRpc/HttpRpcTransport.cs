using System.Net.Http.Headers;

namespace Ledger.ChainBridge.JsonRpc;

/// <summary>JSON-RPC over HTTP POST.</summary>
internal sealed class HttpRpcTransport : IRpcTransport
{
    private const long AnswerBytesMax = 64L << 20;

    private readonly HttpClient _http;
    private readonly Uri _node;

    public HttpRpcTransport(Uri node)
    {
        _node = node;

        // Time-outs are the resilience pipeline's, so that there is one place that says how long is too long.
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = AnswerBytesMax };
    }

    /// <inheritdoc/>
    public async Task<byte[]> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        using ReadOnlyMemoryContent content = new(request);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using HttpResponseMessage response = await _http.PostAsync(_node, content, cancel);
            if (!response.IsSuccessStatusCode)
                throw new RpcFaultException("node-status", $"the node at {_node.Host} answered HTTP {(int)response.StatusCode}; check the address and the access key");
            return await response.Content.ReadAsByteArrayAsync(cancel);
        }
        catch (HttpRequestException e)
        {
            throw new RpcFaultException("node-unreachable", $"no answer from the node at {_node.Host}:{_node.Port} ({e.HttpRequestError}); check that it runs and that the address is right", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
