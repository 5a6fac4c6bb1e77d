using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Video;

/// <summary>Guaranteed: files that are not what they say, that name other files or addresses, or that are too much, are refused with a code; nothing is fetched, nothing published.</summary>
public sealed class CraftedMediaTests : IAsyncLifetime, IDisposable
{
    private readonly ScratchFolder _folder = new("weledger-crafted");
    private readonly TcpListener _bait = new(IPAddress.Loopback, 0);
    private VideoHarness _video = null!;

    public async Task InitializeAsync()
    {
        _bait.Start();
        _video = await VideoHarness.StartAsync("{\"durationSecondsMax\":5,\"sideMax\":640,\"cpuSecondsMax\":20,\"memoryMibMax\":1024}");
    }

    public async Task DisposeAsync() => await _video.DisposeAsync();

    public void Dispose()
    {
        _bait.Dispose();
        _folder.Dispose();
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task Playlists_and_lists_of_files_fetch_nothing()
    {
        string bait = $"http://127.0.0.1:{((IPEndPoint)_bait.LocalEndpoint).Port}/x.mp4";
        string secret = Path.Combine(_video.Api.Data, "keys.db");
        (string Name, string Text)[] lists =
        [
            ("m3u8", $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{bait}\n#EXT-X-ENDLIST\n"),
            ("m3u8-key", $"#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"{bait}\"\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n"),
            ("concat", $"ffconcat version 1.0\nfile '{bait}'\nfile 'file:{secret}'\n"),
            ("concat-protocol", $"concat:{bait}|{secret}"),
            ("dash", $"<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" mediaPresentationDuration=\"PT1S\" type=\"static\"><Period><AdaptationSet><Representation id=\"1\" bandwidth=\"1\"><BaseURL>{bait}</BaseURL></Representation></AdaptationSet></Period></MPD>"),
            ("sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"),
            ("subtitles", "1\n00:00:00,000 --> 00:00:01,000\nhello\n"),
            ("svg", $"<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"{bait}\"/></svg>"),
        ];
        foreach ((string name, string text) in lists) Assert.Equal((name, "media-unreadable"), (name, await CodeAsync(name, Encoding.UTF8.GetBytes(text), "video/mp4")));
        Assert.False(_bait.Pending(), "something was fetched");
        Assert.Empty(await _video.PublishedAsync());
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task Damaged_and_disguised_files_are_told_apart_from_videos()
    {
        byte[] good = await File.ReadAllBytesAsync(MediaSamples.Mp4(_folder, "good.mp4"));
        byte[] noise = new byte[100_000];
        new Random(4).NextBytes(noise);
        // A box that says it is 2^63 bytes long; an index of four thousand million samples.
        byte[] hugeBox = [0, 0, 0, 24, .. "ftypisom"u8, 0, 0, 2, 0, .. "isomiso2"u8, 0, 0, 0, 1, .. "moov"u8, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, .. new byte[64]];
        byte[] hugeTable = [.. good];
        int stsz = hugeTable.AsSpan().IndexOf("stsz"u8);
        hugeTable.AsSpan(stsz + 12, 4).Fill(0xff);
        Assert.Equal("media-unreadable", await CodeAsync("empty", []));
        Assert.Equal("media-unreadable", await CodeAsync("noise", noise));
        Assert.Equal("media-unreadable", await CodeAsync("cut", good[..(good.Length / 2)]));
        Assert.Equal("media-no-video", await CodeAsync("huge-box", hugeBox));
        Assert.Contains(await CodeAsync("huge-table", hugeTable), (string[])["media-unreadable", "media-damaged", "media-limits", "media-no-duration", "media-too-long", "published"]);
        Assert.Equal("media-mismatch", await CodeAsync("webm-as-mp4", await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "a.webm", "-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v libvpx -deadline realtime")), "video/mp4"));
        Assert.Equal("media-no-video", await CodeAsync("sound", await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "sound.mp4", "-f lavfi -i sine=d=1 -c:a aac"))));
        Assert.Equal("media-codec", await CodeAsync("codec", await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "codec.mov", "-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v mjpeg"))));
        Assert.Equal("media-too-long", await CodeAsync("long", await File.ReadAllBytesAsync(MediaSamples.Mp4(_folder, "long.mp4", seconds: 6))));
        Assert.Equal("media-too-large", await CodeAsync("large", await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "large.mp4", "-f lavfi -i testsrc2=s=642x200:r=5:d=1 -c:v libx264 -preset ultrafast"))));
        Assert.All(await _video.PublishedAsync(), p => Assert.Equal("huge-table", p.Content.Value));
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task A_file_that_ends_early_has_the_length_that_is_really_in_it()
    {
        byte[] whole = await File.ReadAllBytesAsync(MediaSamples.Mp4(_folder, "early.mp4", seconds: 5, more: "-g 15 -movflags +faststart"));
        JsonElement video = await _video.MakeAsync("early", whole[..(whole.Length * 6 / 10)]);
        if (video.GetProperty("state").GetString() == "refused") Assert.Equal("media-damaged", video.GetProperty("code").GetString());
        else Assert.InRange(video.GetProperty("durationSeconds").GetInt32(), 1, 4);
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task Work_beyond_the_caps_is_ended_and_the_next_video_is_made()
    {
        await using VideoHarness tight = await VideoHarness.StartAsync("{\"cpuSecondsMax\":1,\"sideMax\":1920}");
        byte[] heavy = await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "heavy.mp4", "-f lavfi -i testsrc2=s=1280x720:r=30:d=5 -c:v libx264 -preset ultrafast -pix_fmt yuv420p"));
        JsonElement refused = await tight.MakeAsync("heavy", heavy);
        Assert.True(refused.GetProperty("code").GetString() == "media-limits", refused.GetRawText());
        JsonElement next = await tight.MakeAsync("light", await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "light.mp4", "-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p")));
        Assert.Equal("published", next.GetProperty("state").GetString());

        await using VideoHarness small = await VideoHarness.StartAsync("{\"memoryMibMax\":64,\"sideMax\":1920}");
        Assert.NotEqual("published", (await small.MakeAsync("memory", heavy)).GetProperty("state").GetString());
    }

    private async Task<string?> CodeAsync(string content, byte[] file, string? type = null)
    {
        JsonElement video = await _video.MakeAsync(content, file, type);
        return video.GetProperty("code").GetString() ?? video.GetProperty("state").GetString();
    }
}
