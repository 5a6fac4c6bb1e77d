using System.Net;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Host.Adapters;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Video;

/// <summary>A server with the video adapter and a client that uploads, asks and waits.</summary>
internal sealed class VideoHarness : IAsyncDisposable
{
    private VideoHarness(ApiHarness api) => (Api, Client) = (api, api.Client("content:write", "content:read", "metrics:read"));

    public ApiHarness Api { get; }

    public HttpClient Client { get; }

    public static async Task<VideoHarness> StartAsync(string settings = "{}") => new(await ApiHarness.StartAsync(
        new ManualClock("2026-11-22T12:00:00Z"), adapters: AdaptersFile.Parse(Encoding.UTF8.GetBytes($"{{\"video\":{settings}}}"), Path.GetTempPath(), AdapterKinds.All)));

    /// <summary>Uploads a file whole; gives the upload's id.</summary>
    public Task<string> UploadAsync(byte[] content, string? type = null) => UploadAsync(Client, content, type);

    /// <summary>The same by a client of any server.</summary>
    public static async Task<string> UploadAsync(HttpClient client, byte[] content, string? type = null)
    {
        HttpRequestMessage begin = new(HttpMethod.Post, "/v1/uploads");
        begin.Headers.Add("Tus-Resumable", "1.0.0");
        begin.Headers.Add("Upload-Length", $"{content.Length}");
        if (type is not null) begin.Headers.Add("Upload-Metadata", $"filetype {Convert.ToBase64String(Encoding.UTF8.GetBytes(type))}");
        using HttpResponseMessage begun = await client.SendAsync(begin);
        Assert.True(begun.StatusCode == HttpStatusCode.Created, await begun.Content.ReadAsStringAsync());
        HttpRequestMessage patch = new(HttpMethod.Patch, begun.Headers.Location) { Content = new ByteArrayContent(content) };
        patch.Headers.Add("Tus-Resumable", "1.0.0");
        patch.Headers.Add("Upload-Offset", "0");
        patch.Content.Headers.ContentType = new("application/offset+octet-stream");
        using HttpResponseMessage patched = await client.SendAsync(patch);
        Assert.True(patched.StatusCode == HttpStatusCode.NoContent, await patched.Content.ReadAsStringAsync());
        return begun.Headers.Location!.ToString().Split('/')[^1];
    }

    /// <summary>Asks for a video of clips and more members of the body.</summary>
    public Task<HttpResponseMessage> AskAsync(string content, string clips, string more = "") => AskAsync(Client, content, clips, more);

    /// <summary>The same by a client of any server.</summary>
    public static Task<HttpResponseMessage> AskAsync(HttpClient client, string content, string clips, string more = "") => client.PostAsync(
        new Uri("/v1/videos", UriKind.Relative),
        new StringContent($"{{\"content\":\"{content}\",\"space\":\"stage\",\"account\":\"mia\",\"category\":\"music\",\"clips\":[{clips}]{more}}}", Encoding.UTF8, "application/json"));

    /// <summary>Uploads, asks, and waits for the end.</summary>
    public async Task<JsonElement> MakeAsync(string content, byte[] file, string? type = null)
    {
        string upload = await UploadAsync(file, type);
        using HttpResponseMessage asked = await AskAsync(content, $"{{\"upload\":\"{upload}\"}}");
        Assert.True(asked.StatusCode == HttpStatusCode.Accepted, await asked.Content.ReadAsStringAsync());
        return await EndAsync(content);
    }

    /// <summary>Waits until a video is published or refused.</summary>
    public Task<JsonElement> EndAsync(string content) => EndAsync(Client, content);

    /// <summary>The same by a client of any server.</summary>
    public static async Task<JsonElement> EndAsync(HttpClient client, string content)
    {
        for (int i = 0; i < 1_200; i++)
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri($"/v1/videos/{content}", UriKind.Relative));
            JsonElement video = await answer.JsonAsync();
            if (video.TryGetProperty("state", out JsonElement state) && state.GetString() is "published" or "refused") return video;
            await Task.Delay(50);
        }

        throw new TimeoutException($"{content} was neither published nor refused");
    }

    /// <summary>The publications in the log.</summary>
    public async Task<VideoPublished[]> PublishedAsync()
    {
        List<VideoPublished> found = [];
        await foreach (RecordedEvent e in Api.Session.Log.ReadAllAsync(0))
        {
            if (e.Event.Payload is VideoPublished video) found.Add(video);
        }

        return [.. found];
    }

    /// <summary>A file of a published video.</summary>
    public string PathOf(JsonElement video, string name) => Path.Combine(Api.Data, "adapters", "video", "videos", video.GetProperty("folder").GetString()!, name);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Api.DisposeAsync();
    }
}
