using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Video.Ipfs;
using Ledger.Host.Adapters.Video.Transcode;
using Ledger.Host.Adapters.Video.Uploads;
using Ledger.Projections.Ingest;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Adapters.Video.Jobs;

/// <summary>Makes videos one after the other: ffmpeg takes all cores for each.</summary>
internal sealed class VideoWorker(AdapterContext context, VideoStore videos, VideoMaker maker, UploadStore uploads, IpfsNode? ipfs, ILogger<VideoWorker> logger) : IDisposable
{
    /// <summary>A video whose making the host did not survive this often is not tried again.</summary>
    private const int AttemptsMax = 5;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _asked = new(1);
    private (string Content, int DoneBps) _progress = ("", 0);

    /// <summary>What keeps videos from being made, as of the last one.</summary>
    public AdapterHealth Health { get; private set; } = AdapterHealth.Up;

    /// <summary>The part of a video that is made, in basis points.</summary>
    public int DoneBps(VideoJob job) => job.State switch
    {
        VideoState.Queued or VideoState.Refused => 0,
        VideoState.Working => _progress is var (content, done) && content == job.Request.Content ? done : 0,
        _ => 10_000,
    };

    /// <summary>There is something to do.</summary>
    public void Wake() => _asked.Release();

    public async Task RunAsync(CancellationToken cancel)
    {
        videos.Requeue();
        while (true)
        {
            try
            {
                while (videos.Next() is { } job) await StepAsync(job, cancel);
                Health = AdapterHealth.Up;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Health = new AdapterHealth("video-storage", $"the disk does not take what is made of a video ({e.Message}); it is made anew every half minute until it does");
            }

            if (ipfs is not null) await ipfs.AddAsync(videos, maker.FolderOf, cancel);
            await _asked.WaitAsync(LookEvery, cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _asked.Dispose();

    private async Task StepAsync(VideoJob job, CancellationToken cancel)
    {
        try
        {
            if (job.State == VideoState.Working) job = await MakeAsync(job, cancel);
            maker.TakeSource(job);
            UnixMs now = UnixMs.From(context.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            IntakeOutcome outcome = (await context.SubmitAsync([new SubmittedEvent(job.Id, now, job.Published)]))[0];
            if (outcome.Refusal is { } refusal) throw new MediaRefusedException(refusal.Code, refusal.Detail);
            videos.End(job.Request.Content, VideoState.Published, null, null);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            videos.Again(job.Request.Content);
            throw;
        }
        catch (MediaRefusedException refused)
        {
            maker.Discard(job);
            videos.End(job.Request.Content, VideoState.Refused, refused.Code, refused.Detail);
            if (logger.IsEnabled(LogLevel.Information)) logger.LogInformation("video {Content} is refused: {Code}", job.Request.Content, refused.Code);
        }
    }

    private async Task<VideoJob> MakeAsync(VideoJob job, CancellationToken cancel)
    {
        if (job.Attempts > AttemptsMax) throw new MediaRefusedException("media-limits", $"the host did not survive {AttemptsMax} attempts at making it");
        _progress = (job.Request.Content, 0);
        (Cid cid, long durationMs) = await maker.MakeAsync(job, DeclaredType, done => _progress = (job.Request.Content, done), cancel);
        videos.Ready(job.Request.Content, cid, durationMs);
        return job with { State = VideoState.Ready, Cid = cid, DurationMs = durationMs };

        string? DeclaredType(string upload) => uploads.Find(job.Client, upload) is { } found ? UploadMetadata.Parse(found.Metadata)?.GetValueOrDefault("filetype") : null;
    }
}
