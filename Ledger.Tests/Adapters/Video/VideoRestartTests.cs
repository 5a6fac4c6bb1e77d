using System.Net;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Host.Adapters;
using Ledger.Host.Adapters.Video;
using Ledger.Host.Adapters.Video.Ipfs;
using Ledger.Host.Adapters.Video.Jobs;
using Ledger.Host.Adapters.Video.Transcode;
using Ledger.Host.Adapters.Video.Uploads;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Video;

/// <summary>Guaranteed: what was asked for survives the host, wherever it was stopped, and an IPFS node gets what is published, or is told of.</summary>
public sealed class VideoRestartTests : IDisposable
{
    private static readonly ManualClock Clock = new("2026-11-22T12:00:00Z");
    private readonly ScratchFolder _folder = new("weledger-restart");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_offset_and_the_bytes_before_it_survive()
    {
        string id = Upload([1, 2, 3, 4, 5], 3);
        using VideoDatabase database = new(_folder.Path);
        UploadStore uploads = new(database, new VideoSettings(), Clock, _folder.PathOf("uploads"));
        Upload found = uploads.Find("app", id)!;
        Assert.Equal((5L, 3L, false), (found.Length, found.Offset, found.IsWhole));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(uploads.PathOf(id)));
    }

    [Fact]
    public void Only_what_nobody_uses_expires()
    {
        string unused = Upload([1], 1);
        string used = Upload([1], 1);
        using VideoDatabase database = new(_folder.Path);
        Assert.True(new VideoStore(database).Ask("app", Request("v", used)).IsNew);
        ManualClock later = new("2026-11-23T12:00:00Z");
        UploadStore uploads = new(database, new VideoSettings(), later, _folder.PathOf("uploads"));
        Assert.Equal(1, uploads.Sweep());
        Assert.Null(uploads.Find("app", unused));
        Assert.NotNull(uploads.Find("app", used));
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task A_video_that_was_being_made_is_made_anew()
    {
        string id = Upload(await File.ReadAllBytesAsync(MediaSamples.Mp4(_folder, "clip.mp4", seconds: 1)), null);
        VideoJob begun;
        using (VideoDatabase database = new(_folder.Path))
        {
            VideoStore videos = new(database);
            videos.Ask("app", Request("v", id));
            begun = videos.Next()!;
            Assert.Null(videos.Next());
            Directory.CreateDirectory(_folder.PathOf($"videos/{begun.Id}.part"));
            await File.WriteAllTextAsync(_folder.PathOf($"videos/{begun.Id}.part/master.m3u8"), "half of it");
        }

        using VideoDatabase reopened = new(_folder.Path);
        VideoStore again = new(reopened);
        again.Requeue();
        VideoJob job = again.Next()!;
        Assert.Equal((begun.Request.Content, 2), (job.Request.Content, job.Attempts));
        UploadStore uploads = new(reopened, new VideoSettings(), Clock, _folder.PathOf("uploads"));
        VideoMaker maker = new(new VideoSettings(), uploads, new Ffmpeg(new VideoSettings(), _folder.PathOf("bin")), _folder.PathOf("videos"));
        (Cid cid, long durationMs) = await maker.MakeAsync(job, _ => null, _ => { }, CancellationToken.None);
        again.Ready("v", cid, durationMs);

        // Stopped between the making and the stating, at either side of taking the source.
        for (int i = 0; i < 2; i++)
        {
            VideoJob ready = again.Next()!;
            Assert.Equal((VideoState.Ready, (Cid?)cid), (ready.State, ready.Cid));
            maker.TakeSource(ready);
            Assert.Equal(cid, FileCid.Of(Path.Combine(maker.FolderOf(ready), "source")));
        }

        Assert.False(Directory.Exists(maker.FolderOf(job) + ".part"));
        Assert.Equal("#EXTM3U", File.ReadLines(Path.Combine(maker.FolderOf(job), "master.m3u8")).First());
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task A_recording_is_one_video_over_restarts_and_stays_until_it_is_one()
    {
        string file = MediaSamples.Make(_folder, "music-1.flv", "-f lavfi -i testsrc2=s=64x64:r=5:d=1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p");
        Recording recording = new(new ContentId("live-1"), file, new SpaceId("stage"), new AccountId("mia"), "live");
        VideoSettings settings = new();
        for (int start = 0; start < 4; start++)
        {
            using VideoDatabase database = new(_folder.Path);
            VideoStore videos = new(database);
            UploadStore uploads = new(database, settings, Clock, _folder.PathOf("uploads"));
            VideoMaker maker = new(settings, uploads, new Ffmpeg(settings, _folder.PathOf("bin")), _folder.PathOf("videos"));
            Assert.Equal(start == 0, videos.Ask(recording));
            Assert.Equal(0, uploads.Sweep());
            videos.Requeue();
            if (start == 3) break;
            VideoJob job = videos.Next()!;
            Assert.Equal("live-1", job.Request.Content);
            if (start < 2) Assert.True(File.Exists(file));
            if (start == 1)
            {
                (Cid cid, long durationMs) = await maker.MakeAsync(job, _ => null, _ => { }, CancellationToken.None);
                videos.Ready("live-1", cid, durationMs);
                maker.TakeSource(job);
                Assert.Equal(cid, FileCid.Of(Path.Combine(maker.FolderOf(job), "source")));
            }
            else if (start == 2)
            {
                Assert.Equal(VideoState.Ready, job.State);
                maker.TakeSource(job);
                videos.End("live-1", VideoState.Published, null, null);
                Assert.Null(videos.Next());
                Assert.False(File.Exists(file));
            }
        }
    }

    [PartFact("ffmpeg", "ffprobe")]
    public async Task A_host_that_is_asked_to_stop_counts_no_attempt()
    {
        string id = Upload(await File.ReadAllBytesAsync(MediaSamples.Make(_folder, "clip.mp4", "-f lavfi -i testsrc2=s=1280x720:r=30:d=8 -c:v libx264 -preset ultrafast -pix_fmt yuv420p")), null);
        using VideoDatabase database = new(_folder.Path);
        VideoStore videos = new(database);
        videos.Ask("app", Request("v", id));
        VideoSettings settings = new();
        UploadStore uploads = new(database, settings, Clock, _folder.PathOf("uploads"));
        VideoMaker maker = new(settings, uploads, new Ffmpeg(settings, _folder.PathOf("bin")), _folder.PathOf("videos"));
        VideoJob job = videos.Next()!;
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => maker.MakeAsync(job, _ => null, _ => stop.Cancel(), stop.Token));
        videos.Again("v");
        Assert.Equal((VideoState.Working, 1), (videos.Next()!.State, videos.Find("v")!.Attempts));
        Assert.True(File.Exists(uploads.PathOf(id)));
    }

    [Theory]
    [InlineData("right", null)]
    [InlineData("wrong", "ipfs-cid-differs")]
    [InlineData("broken", "ipfs-unreachable")]
    [InlineData("refusing", "ipfs-unreachable")]
    public async Task An_ipfs_node_must_name_the_file_as_we_do(string node, string? code)
    {
        await File.WriteAllBytesAsync(_folder.PathOf("source"), new byte[300_000]);
        Cid cid = FileCid.Of(_folder.PathOf("source"));
        using HttpListener listener = new();
        int port = FreePort.Next();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        Task<(string Query, long Bytes)> served = Task.Run(async () =>
        {
            HttpListenerContext context = await listener.GetContextAsync();
            using MemoryStream body = new();
            await context.Request.InputStream.CopyToAsync(body);
            string hash = (node == "right" ? cid : new Cid(CidCodec.Raw, default)).ToString();
            context.Response.StatusCode = node == "refusing" ? 403 : 200;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(node == "broken" ? "<html>" : $"{{\"Name\":\"source\",\"Hash\":\"{hash}\",\"Size\":\"300104\"}}\n"));
            context.Response.Close();
            return (context.Request.Url!.PathAndQuery, body.Length);
        });
        using IpfsNode ipfs = new(new Uri($"http://127.0.0.1:{port}"));
        AdapterHealth health = await ipfs.AddAsync(_folder.PathOf("source"), cid, CancellationToken.None);
        Assert.Equal(code, health.Code);
        (string query, long bytes) = await served;
        Assert.Equal("/api/v0/add?cid-version=1&raw-leaves=true&chunker=size-262144&pin=true&progress=false", query);
        Assert.InRange(bytes, 300_000, 301_000);
    }

    [Theory]
    [InlineData("""{"video":{"uploadMibMax":0}}""", "video-settings-out-of-range")]
    [InlineData("""{"video":{"ipfs":"127.0.0.1"}}""", "ipfs-address-malformed")]
    public void Settings_that_make_no_sense_are_refused(string json, string code) =>
        Assert.StartsWith(code, Assert.Throws<FormatException>(() => AdaptersFile.Parse(Encoding.UTF8.GetBytes(json), Path.GetTempPath(), AdapterKinds.All)).Message, StringComparison.Ordinal);

    private static VideoRequest Request(string content, string upload) => new(content, "stage", "mia", "music", [new Clip(upload)]);

    private string Upload(byte[] bytes, int? taken)
    {
        using VideoDatabase database = new(_folder.Path);
        UploadStore uploads = new(database, new VideoSettings(), Clock, _folder.PathOf("uploads"));
        Upload upload = uploads.Create("app", bytes.Length, "")!;
        UploadBody.WriteAsync(uploads, upload, new MemoryStream(bytes[..(taken ?? bytes.Length)]), null, CancellationToken.None).GetAwaiter().GetResult();
        return upload.Id;
    }
}
