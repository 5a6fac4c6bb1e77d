using System.Net.Http.Headers;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>Asks a media server for its counters and tells it to end a stream.</summary>
internal sealed class MediaServerClient(MediaServer server, TimeSpan patience) : IDisposable
{
    /// <summary>Larger counters are not read: a few thousand streams fit.</summary>
    private const long StatBytesMax = 32 << 20;

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = patience, MaxResponseContentBufferSize = StatBytesMax };

    /// <summary>The counters as they came; SRS's two answers joined as <c>{"streams": …, "clients": …}</c>.</summary>
    /// <exception cref="HttpRequestException">The server does not answer, or not with counters.</exception>
    /// <exception cref="TaskCanceledException">It takes longer than the patience.</exception>
    public async Task<byte[]> StatAsync(CancellationToken cancel)
    {
        if (server.Kind == MediaServerKind.NginxRtmp) return await _http.GetByteArrayAsync(server.Stat, cancel);
        byte[] streams = await _http.GetByteArrayAsync(new Uri(server.Stat, "/api/v1/streams/?count=100000"), cancel);
        byte[] clients = await _http.GetByteArrayAsync(new Uri(server.Stat, "/api/v1/clients/?count=100000"), cancel);
        return [.. "{\"streams\":"u8, .. streams, .. ",\"clients\":"u8, .. clients, .. "}"u8];
    }

    /// <summary>Ends a broadcast at the server; false when there is no way to, so that its next update has to be refused.</summary>
    public async Task<bool> DropAsync(string space, string publisher, CancellationToken cancel)
    {
        using HttpRequestMessage? request = server.Kind switch
        {
            MediaServerKind.Srs => new HttpRequestMessage(HttpMethod.Delete, new Uri(server.Stat, $"/api/v1/clients/{Uri.EscapeDataString(publisher)}")),
            _ when server.Control is { } control => new HttpRequestMessage(HttpMethod.Get, $"{control.AbsoluteUri.TrimEnd('/')}/drop/publisher?app={Uri.EscapeDataString(server.Application)}&name={Uri.EscapeDataString(space)}"),
            _ => null,
        };
        if (request is null) return false;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
        using HttpResponseMessage response = await _http.SendAsync(request, cancel);
        return response.IsSuccessStatusCode;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
