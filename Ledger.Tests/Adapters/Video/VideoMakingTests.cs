using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Host.Adapters.Video.Ipfs;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Video;

/// <summary>Guaranteed: an upload becomes a video that plays, published once with the real length and the CID of its source, cut as its edit list says.</summary>
public sealed class VideoMakingTests : IAsyncLifetime, IDisposable
{
    private readonly ScratchFolder _folder = new("weledger-video");
    private VideoHarness _video = null!;

    public async Task InitializeAsync() => _video = await VideoHarness.StartAsync();

    public async Task DisposeAsync() => await _video.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [PartFact("ffmpeg", "ffprobe")]
    public async Task An_upload_becomes_a_video()
    {
        byte[] file = await File.ReadAllBytesAsync(MediaSamples.Mp4(_folder, "clip.mp4"));
        JsonElement video = await _video.MakeAsync("clip-1", file, "video/mp4");
        Assert.Equal("published", video.GetProperty("state").GetString());

        string cid = FileCid.Of(_folder.PathOf("clip.mp4")).ToString();
        VideoPublished published = Assert.Single(await _video.PublishedAsync());
        Assert.Equal(("clip-1", "stage", "mia", "music", 3u, cid), (published.Content.Value, published.Space.Value, published.Account.Value, published.Category, published.DurationSeconds, published.Cid.ToString()));
        Assert.Equal((cid, 3, 10_000), (video.GetProperty("cid").GetString(), video.GetProperty("durationSeconds").GetInt32(), video.GetProperty("doneBps").GetInt32()));
        Assert.Equal(file, await File.ReadAllBytesAsync(_video.PathOf(video, "source")));
        Assert.Empty(Directory.GetFiles(Path.Combine(_video.Api.Data, "adapters", "video", "uploads")));

        Assert.InRange(MediaSamples.Seconds(_video.PathOf(video, "master.m3u8")), 2.9, 3.2);
        string streams = MediaSamples.Run("ffprobe", $"-v error -show_entries stream=codec_name,width,height -of csv=p=0 \"{_video.PathOf(video, "240/index.m3u8")}\"");
        Assert.Contains("h264,320,240", streams);
        Assert.Contains("aac", streams);
        Assert.NotEmpty(Directory.GetFiles(Path.GetDirectoryName(_video.PathOf(video, "master.m3u8"))!, "thumbnail-*.jpg"));
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task Progress_comes_as_events_until_the_end()
    {
        string upload = await _video.UploadAsync(await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "clip.mp4", "-f lavfi -i testsrc2=s=640x360:r=30:d=8 -c:v libx264 -preset ultrafast -pix_fmt yuv420p")));
        Assert.Equal(HttpStatusCode.Accepted, (await _video.AskAsync("told", $"{{\"upload\":\"{upload}\"}}")).StatusCode);
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/videos/told");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using HttpResponseMessage answer = await _video.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        List<(string State, int DoneBps)> told = [];
        await foreach (SseItem<string> item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            using JsonDocument video = JsonDocument.Parse(item.Data);
            Assert.Equal(item.EventType, video.RootElement.GetProperty("state").GetString());
            told.Add((item.EventType, video.RootElement.GetProperty("doneBps").GetInt32()));
        }

        Assert.Equal(("published", 10_000), told[^1]);
        Assert.Contains(told, t => t is { State: "working", DoneBps: > 0 and < 10_000 });
        Assert.Equal(told.Select(t => t.DoneBps).Order(), told.Select(t => t.DoneBps));
        Assert.Equal(told.Distinct(), told);
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task A_silent_upright_webm_becomes_one_too()
    {
        JsonElement video = await _video.MakeAsync("tall", await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "tall.webm", "-f lavfi -i testsrc2=s=90x160:r=10:d=1 -c:v libvpx -deadline realtime")), "video/webm");
        Assert.True(video.GetProperty("state").GetString() == "published", video.GetRawText());
        string streams = MediaSamples.Run("ffprobe", $"-v error -show_entries stream=codec_name,width,height -of csv=p=0 \"{_video.PathOf(video, "90/index.m3u8")}\"");
        Assert.Contains("h264,90,160", streams);
        Assert.DoesNotContain("aac", streams);
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task The_same_request_is_the_same_video_and_another_one_is_not()
    {
        string upload = await _video.UploadAsync(await File.ReadAllBytesAsync(MediaSamples.Mp4(_folder, "clip.mp4", seconds: 1)));
        string clip = $"{{\"upload\":\"{upload}\"}}";
        Assert.Equal(HttpStatusCode.Accepted, (await _video.AskAsync("once", clip)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _video.AskAsync("once", clip)).StatusCode);
        Assert.Equal("video-exists", await (await _video.AskAsync("once", clip, ",\"captions\":[]")).ProblemAsync(HttpStatusCode.Conflict));
        await _video.EndAsync("once");
        Assert.Equal(HttpStatusCode.OK, (await _video.AskAsync("once", clip)).StatusCode);
        Assert.Single(await _video.PublishedAsync());
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task Clips_are_cut_joined_muted_and_captioned_as_declared()
    {
        string one = await _video.UploadAsync(await File.ReadAllBytesAsync(MediaSamples.Mp4(_folder, "one.mp4", seconds: 4)));
        string two = await _video.UploadAsync(await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "two.webm", "-f lavfi -i testsrc2=s=160x160:r=10:d=2 -c:v libvpx -deadline realtime")));
        string clips = $"{{\"upload\":\"{one}\",\"fromMs\":1000,\"toMs\":3000}},{{\"upload\":\"{two}\"}},{{\"upload\":\"{one}\",\"fromMs\":3500}}";
        const string More = ",\"mute\":[{\"fromMs\":0,\"toMs\":1000}],\"captions\":[{\"fromMs\":200,\"toMs\":1500,\"text\":\"<b>\\u1112\\n\\n-->\"}]";
        using HttpResponseMessage asked = await _video.AskAsync("cut", clips, More);
        Assert.True(asked.StatusCode == HttpStatusCode.Accepted, await asked.Content.ReadAsStringAsync());
        JsonElement video = await _video.EndAsync("cut");
        Assert.True(video.GetProperty("state").GetString() == "published", video.GetRawText());
        Assert.Equal(4, video.GetProperty("durationSeconds").GetInt32());

        string source = _video.PathOf(video, "source");
        Assert.Equal(FileCid.Of(source).ToString(), video.GetProperty("cid").GetString());
        Assert.InRange(MediaSamples.Seconds(source), 4.3, 4.8);
        Assert.True(Loudness(source, 0.1, 0.7) < -80, "the muted second has sound");
        Assert.True(Loudness(source, 1.2, 0.6) > -40, "what is not muted has none");
        Assert.True(Loudness(source, 2.2, 1.5) < -80, "a clip without sound has some");
        Assert.Contains("SUBTITLES=\"captions\"", await File.ReadAllTextAsync(_video.PathOf(video, "master.m3u8")));
        Assert.Contains("00:00:00.200 --> 00:00:01.500\n&lt;b&gt;\u1112\n--&gt;\n", await File.ReadAllTextAsync(_video.PathOf(video, "captions.vtt")));
        Assert.InRange(MediaSamples.Seconds(_video.PathOf(video, "master.m3u8")), 4.3, 4.9);
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task Requests_that_make_no_sense_are_refused_at_once()
    {
        string upload = await _video.UploadAsync(await File.ReadAllBytesAsync(MediaSamples.Mp4(_folder, "clip.mp4", seconds: 1)));
        string clip = $"{{\"upload\":\"{upload}\"}}";
        Assert.Equal("edit-malformed", await (await _video.AskAsync("x", "")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("edit-malformed", await (await _video.AskAsync("x", "null")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("edit-malformed", await (await _video.AskAsync("x", clip, ",\"mute\":[{\"fromMs\":5,\"toMs\":5}]")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("json-malformed", await (await _video.AskAsync("x", clip, ",\"extra\":1")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("upload-unknown", await (await _video.AskAsync("x", "{\"upload\":\"../../../keys.db\"}")).ProblemAsync(HttpStatusCode.NotFound));
        Assert.Equal("id-too-long", await (await _video.AskAsync(new string('x', 65), clip)).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("unknown-video", await (await _video.Client.GetAsync(new Uri("/v1/videos/x", UriKind.Relative))).ProblemAsync(HttpStatusCode.NotFound));
        using HttpResponseMessage late = await _video.AskAsync("late", $"{{\"upload\":\"{upload}\",\"fromMs\":500,\"toMs\":5000}}");
        Assert.Equal(HttpStatusCode.Accepted, late.StatusCode);
        Assert.Equal("edit-out-of-range", (await _video.EndAsync("late")).GetProperty("code").GetString());
        Assert.Equal("upload-unknown", await (await _video.AskAsync("again", clip)).ProblemAsync(HttpStatusCode.NotFound));
        Assert.Empty(await _video.PublishedAsync());
    }

    private static double Loudness(string path, double from, double seconds)
    {
        string said = MediaSamples.Run("ffmpeg", FormattableString.Invariant($"-nostdin -ss {from} -t {seconds} -i \"{path}\" -map 0:a -af volumedetect -f null -"));
        const string Mean = "mean_volume: ";
        string value = said[(said.IndexOf(Mean, StringComparison.Ordinal) + Mean.Length)..];
        return double.Parse(value[..value.IndexOf(' ')].Replace("-inf", "-999"));
    }
}
