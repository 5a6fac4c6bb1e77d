using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Video;

/// <summary>A serving process is killed while it makes a video: nothing that it started goes on, and after the next start the video is made and published once.</summary>
public sealed class VideoKillTests : IDisposable
{
    private readonly ScratchFolder _folder = new("weledger-video-kill");

    public void Dispose() => _folder.Dispose();

    [PartFact("ffmpeg", "ffprobe")]
    public async Task A_host_killed_amid_a_video_leaves_no_ffmpeg_and_makes_it_after_its_start()
    {
        string data = _folder.PathOf("data"), settings = _folder.PathOf("adapters.json");
        await File.WriteAllTextAsync(settings, """{"video":{}}""");
        string key = ServerProcess.NewKey(data, "app", "content:write", "content:read");
        byte[] file = await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "clip.mp4", "-f lavfi -i testsrc2=s=1280x720:r=30:d=6 -c:v libx264 -preset ultrafast -pix_fmt yuv420p"));
        using (ServerProcess server = await ServerProcess.StartAsync(data, "--adapters", settings))
        {
            using HttpClient client = Client(server, key);
            string upload = await VideoHarness.UploadAsync(client, file);
            (await VideoHarness.AskAsync(client, "clip", $"{{\"upload\":\"{upload}\"}}")).EnsureSuccessStatusCode();
            await Until.HoldsAsync("ffmpeg makes it", async () => (await VideoAsync(client)).GetProperty("doneBps").GetInt32() > 0);
            Assert.NotEmpty(Started(data));
            server.Kill();
        }

        await Until.HoldsAsync("ffmpeg ends with its host", () => Started(data).Count == 0);
        using (ServerProcess server = await ServerProcess.StartAsync(data, "--adapters", settings))
        {
            using HttpClient client = Client(server, key);
            Assert.Equal("published", (await VideoHarness.EndAsync(client, "clip")).GetProperty("state").GetString());
        }

        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(data);
        Assert.Single(log.ReadAllAsync(0).ToBlockingEnumerable(), e => e.Payload is VideoPublished);
    }

    private static HttpClient Client(ServerProcess server, string key)
    {
        HttpClient client = new() { BaseAddress = server.Http };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task<JsonElement> VideoAsync(HttpClient client) => await (await client.GetAsync(new Uri("/v1/videos/clip", UriKind.Relative))).JsonAsync();

    /// <summary>Processes of ffmpeg that work in the data folder.</summary>
    private static List<string> Started(string data)
    {
        List<string> found = [];
        foreach (string process in Directory.GetDirectories("/proc").Where(p => p.AsSpan(6).IndexOfAnyExceptInRange('0', '9') < 0))
        {
            try
            {
                string command = Encoding.UTF8.GetString(File.ReadAllBytes($"{process}/cmdline"));
                if (command.Contains("ffmpeg", StringComparison.Ordinal) && command.Contains(data, StringComparison.Ordinal)) found.Add(command);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return found;
    }
}
