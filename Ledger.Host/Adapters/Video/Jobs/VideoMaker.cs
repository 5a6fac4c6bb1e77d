using Ledger.Core.Identity;
using Ledger.Host.Adapters.Video.Ipfs;
using Ledger.Host.Adapters.Video.Transcode;
using Ledger.Host.Adapters.Video.Uploads;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Host.Adapters.Video.Jobs;

/// <summary>Makes one video: checks its uploads, renders the edits, makes the ladder, names the source. Nothing of a broken attempt is left or used.</summary>
internal sealed class VideoMaker(VideoSettings settings, UploadStore uploads, Ffmpeg ffmpeg, string folder)
{
    /// <summary>Where a finished video lies: <c>master.m3u8</c>, thumbnails and <c>source</c>.</summary>
    public string FolderOf(VideoJob job) => Path.Combine(folder, job.Id.ToString());

    /// <summary>Makes it, durable on the disk when this returns.</summary>
    /// <exception cref="MediaRefusedException">It cannot be made of what was uploaded.</exception>
    public async Task<(Cid Cid, long DurationMs)> MakeAsync(VideoJob job, Func<string, string?> declaredType, Action<int> progress, CancellationToken cancel)
    {
        string work = FolderOf(job) + ".part";
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        EditList edits = job.Request.Edits;
        List<MediaFile> files = [];
        foreach (Clip clip in edits.Clips) files.Add(await ffmpeg.ProbeAsync(uploads.SourceOf(clip.Upload), declaredType(clip.Upload), cancel));
        Directory.CreateDirectory(work);
        MediaFile source = edits.IsAsUploaded ? files[0] : await RenderAsync(edits, files, Path.Combine(work, "source"), cancel);

        IReadOnlyList<Rung> rungs = Ladder.For(source);
        await ffmpeg.RunAsync(Ladder.Arguments(source, work, settings.DurationSecondsMax), source.DurationMs, progress, cancel);
        long durationMs = HlsFolder.DurationMs(work, rungs[0]);
        if (durationMs == 0) throw new MediaRefusedException("media-damaged", "there is not one picture in it");
        HlsFolder.AddCaptions(work, edits.Captions, durationMs);
        Cid cid = FileCid.Of(source.Path, cancel);

        foreach (string file in Directory.EnumerateFiles(work, "*", SearchOption.AllDirectories)) Sync(file);
        foreach (string inner in Directory.EnumerateDirectories(work)) FileSync.SyncFolder(inner);
        FileSync.SyncFolder(work);
        if (Directory.Exists(FolderOf(job))) Directory.Delete(FolderOf(job), recursive: true); // made before, but the host was stopped before it could be noted
        Directory.Move(work, FolderOf(job));
        FileSync.SyncFolder(folder);
        return (cid, durationMs);
    }

    /// <summary>Moves the upload or recording to where its video lies, as its source, and throws the rest away. Done again it does nothing.</summary>
    public void TakeSource(VideoJob job)
    {
        if (job.Request.Edits.IsAsUploaded && uploads.SourceOf(job.Request.Clips[0].Upload) is { } path && File.Exists(path))
        {
            string source = Path.Combine(FolderOf(job), "source");
            File.Move(path, source, overwrite: true);
            Sync(source); // from another disk it was copied
            FileSync.SyncFolder(FolderOf(job));
        }

        Discard(job);
    }

    /// <summary>Throws a video's uploads and its unfinished folder away; a recording stays where it is.</summary>
    public void Discard(VideoJob job)
    {
        if (Directory.Exists(FolderOf(job) + ".part")) Directory.Delete(FolderOf(job) + ".part", recursive: true);
        foreach (string upload in job.Request.Clips.Select(c => c.Upload).Distinct(StringComparer.Ordinal)) uploads.Remove(upload);
    }

    private async Task<MediaFile> RenderAsync(EditList edits, List<MediaFile> files, string output, CancellationToken cancel)
    {
        long durationMs = EditRender.DurationMs(edits, files);
        if (durationMs > settings.DurationSecondsMax * 1_000L) throw new MediaRefusedException("media-too-long", $"the edits make {durationMs / 1_000} s; at most {settings.DurationSecondsMax}");
        await ffmpeg.RunAsync(EditRender.Arguments(edits, files, output), durationMs, _ => { }, cancel);
        return await ffmpeg.ProbeAsync(output, null, cancel);
    }

    private static void Sync(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        FileSync.Sync(file);
    }
}
