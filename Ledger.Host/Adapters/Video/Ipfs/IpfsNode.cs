using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Host.Adapters.Video.Jobs;

namespace Ledger.Host.Adapters.Video.Ipfs;

/// <summary>Gives published sources to an IPFS node by its RPC. A node that is away delays nothing but itself.</summary>
internal sealed class IpfsNode(Uri rpc) : IDisposable
{
    private const long AnswerBytesMax = 1 << 20;

    private static readonly TimeSpan Within = TimeSpan.FromHours(1);

    private readonly HttpClient _http = new() { BaseAddress = rpc, Timeout = Within, MaxResponseContentBufferSize = AnswerBytesMax };

    /// <summary>What is wrong with the node, as of the last attempt.</summary>
    public AdapterHealth Health { get; private set; } = AdapterHealth.Up;

    /// <summary>Adds what the node does not have yet; the first failure ends the attempt.</summary>
    public async Task AddAsync(VideoStore videos, Func<VideoJob, string> folderOf, CancellationToken cancel)
    {
        foreach (VideoJob job in videos.Unpinned())
        {
            Health = await AddAsync(Path.Combine(folderOf(job), "source"), job.Cid!.Value, cancel);
            if (!Health.IsUp) return;
            videos.Pinned(job.Request.Content);
        }
    }

    /// <summary>Adds and pins a file; the node must name it as we do.</summary>
    internal async Task<AdapterHealth> AddAsync(string path, Cid expected, CancellationToken cancel)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using MultipartFormDataContent body = [];
            using StreamContent content = new(file);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            body.Add(content, "file", "source");
            using HttpResponseMessage answer = await _http.PostAsync(new Uri($"api/v0/add?cid-version=1&raw-leaves=true&chunker=size-{FileCid.ChunkBytes}&pin=true&progress=false", UriKind.Relative), body, cancel);
            string text = await answer.Content.ReadAsStringAsync(cancel);
            if (!answer.IsSuccessStatusCode) return Refused($"it answers {(int)answer.StatusCode}");
            using JsonDocument added = JsonDocument.Parse(Encoding.UTF8.GetBytes(text.TrimEnd().Split('\n')[^1]));
            return added.RootElement.TryGetProperty("Hash", out JsonElement hash) && hash.GetString() == expected.ToString()
                ? AdapterHealth.Up
                : new AdapterHealth("ipfs-cid-differs", $"the IPFS node names the file {(hash.ValueKind == JsonValueKind.String ? hash.GetString() : "nothing")}, we {expected}; check its Import settings");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return Refused(e.GetType().Name);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private AdapterHealth Refused(string found) => new("ipfs-unreachable", $"the IPFS node at {rpc.Host}:{rpc.Port} does not take files ({found}); videos are published all the same and added when it does");
}
