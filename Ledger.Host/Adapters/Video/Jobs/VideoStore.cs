using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Host.Adapters.Video.Transcode;
using Ledger.Host.Adapters.Video.Uploads;
using Ledger.Host.Api;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Security;
using Microsoft.Data.Sqlite;

namespace Ledger.Host.Adapters.Video.Jobs;

/// <summary>Videos asked for and how far each is. Every step is durable before the next begins.</summary>
internal sealed class VideoStore(VideoDatabase database)
{
    private const string Columns = "SELECT client, request, state, code, detail, cid, duration_ms, attempts, pinned FROM video";

    /// <summary>Whose recordings are: no client is named so.</summary>
    private const string RecordingClient = "";

    /// <summary>A video by its content id, or null.</summary>
    public VideoJob? Find(string content) => database.Transact(db => First(db, "WHERE content = $content", content));

    /// <summary>Asks for a video and takes its uploads, all or none.</summary>
    /// <returns>The video and whether it is new; or why not.</returns>
    public (VideoJob? Job, bool IsNew, ApiProblem? Problem) Ask(string client, VideoRequest request) => database.Transact<(VideoJob?, bool, ApiProblem?)>(db =>
    {
        string json = JsonSerializer.Serialize(request, StrictJson.Options);
        if (First(db, "WHERE content = $content", request.Content) is { } known)
        {
            return known.Client == client && JsonSerializer.Serialize(known.Request, StrictJson.Options) == json ? (known, false, null)
                : (null, false, new ApiProblem(409, "video-exists", "a video of this id was asked for in another way; choose a new id"));
        }

        foreach (string upload in request.Clips.Select(c => c.Upload).Distinct(StringComparer.Ordinal))
        {
            if (UploadFault(db, client, upload) is { } problem) return (null, false, problem);
        }

        foreach (string upload in request.Clips.Select(c => c.Upload).Distinct(StringComparer.Ordinal))
            Run(db, "UPDATE upload SET video = $video WHERE id = $id", ("$id", upload), ("$video", request.Content));
        Run(db, "INSERT INTO video (content, client, request, state) VALUES ($content, $client, $request, 'Queued')", ("$content", request.Content), ("$client", client), ("$request", json));
        return (First(db, "WHERE content = $content", request.Content), true, null);
    });

    /// <summary>Asks for the video of a recording, whose bytes count as an upload that is whole and nobody's.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Ask(Recording recording) => database.Transact(db =>
    {
        string content = recording.Content.Value;
        if (First(db, "WHERE content = $content", content) is not null) return false;
        long length = new FileInfo(recording.Path).Length;
        Run(
            db, "INSERT INTO upload VALUES ($content, $client, $length, $length, '', 0, $content, $path)",
            ("$content", content), ("$client", RecordingClient), ("$length", length), ("$path", recording.Path));
        VideoRequest request = new(content, recording.Space.Value, recording.Account.Value, recording.Category, [new Clip(content)]);
        Run(
            db, "INSERT INTO video (content, client, request, state) VALUES ($content, $client, $request, 'Queued')",
            ("$content", content), ("$client", RecordingClient), ("$request", JsonSerializer.Serialize(request, StrictJson.Options)));
        return true;
    });

    /// <summary>After a start: what a stopped host was making is to be made anew.</summary>
    public void Requeue() => database.Transact(db => Run(db, "UPDATE video SET state = 'Queued' WHERE state = 'Working'"));

    /// <summary>It could not be made for a reason of the host's: its turn comes again, and the attempt does not count.</summary>
    public void Again(string content) => database.Transact(db => Run(
        db, "UPDATE video SET state = 'Queued', attempts = attempts - 1 WHERE content = $content AND state = 'Working'", ("$content", content)));

    /// <summary>The next to be made or stated, its beginning noted; null when there is none.</summary>
    public VideoJob? Next() => database.Transact(db =>
    {
        if (First(db, "WHERE state IN ('Ready', 'Queued') ORDER BY state DESC, rowid LIMIT 1", null) is not { } job) return null;
        if (job.State == VideoState.Ready) return job;
        Run(db, "UPDATE video SET state = 'Working', attempts = attempts + 1 WHERE content = $content", ("$content", job.Request.Content));
        return job with { State = VideoState.Working, Attempts = job.Attempts + 1 };
    });

    /// <summary>It is made and durable.</summary>
    public void Ready(string content, Cid cid, long durationMs) => database.Transact(db => Run(
        db, "UPDATE video SET state = 'Ready', cid = $cid, duration_ms = $duration WHERE content = $content", ("$content", content), ("$cid", cid.ToString()), ("$duration", durationMs)));

    /// <summary>It is stated, or refused; its uploads are free to be thrown away.</summary>
    public void End(string content, VideoState state, string? code, string? detail) => database.Transact(db => Run(
        db, "UPDATE video SET state = $state, code = $code, detail = $detail WHERE content = $content", ("$content", content), ("$state", state.ToString()), ("$code", code), ("$detail", detail)));

    /// <summary>Published ones that the IPFS node does not have yet.</summary>
    public IReadOnlyList<VideoJob> Unpinned() => database.Transact(db => Read(db, "WHERE state = 'Published' AND pinned = 0 ORDER BY rowid LIMIT 16", null));

    /// <summary>The IPFS node has it.</summary>
    public void Pinned(string content) => database.Transact(db => Run(db, "UPDATE video SET pinned = 1 WHERE content = $content", ("$content", content)));

    /// <summary>How many wait or are being made.</summary>
    public long Waiting() => database.Transact(db =>
    {
        using SqliteCommand count = db.Command("SELECT COUNT(*) FROM video WHERE state IN ('Queued', 'Working', 'Ready')");
        return (long)count.ExecuteScalar()!;
    });

    private static ApiProblem? UploadFault(OwnerDatabase db, string client, string id)
    {
        using SqliteCommand query = db.Command("SELECT length - offset, video FROM upload WHERE id = $id AND client = $client", ("$id", id), ("$client", client));
        using SqliteDataReader row = query.ExecuteReader();
        if (!row.Read()) return TusProblems.Unknown;
        if (!row.IsDBNull(1)) return TusProblems.InUse;
        return row.GetInt64(0) > 0 ? new ApiProblem(409, "upload-incomplete", $"the upload lacks {row.GetInt64(0)} bytes; send them first") : null;
    }

    private static int Run(OwnerDatabase db, string sql, params ReadOnlySpan<(string, object?)> parameters)
    {
        using SqliteCommand command = db.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    private static VideoJob? First(OwnerDatabase db, string where, string? content) => Read(db, where, content).FirstOrDefault();

    private static List<VideoJob> Read(OwnerDatabase db, string where, string? content)
    {
        using SqliteCommand query = content is null ? db.Command($"{Columns} {where}") : db.Command($"{Columns} {where}", ("$content", content));
        using SqliteDataReader row = query.ExecuteReader();
        List<VideoJob> jobs = [];
        while (row.Read())
        {
            jobs.Add(new VideoJob(
                row.GetString(0), JsonSerializer.Deserialize<VideoRequest>(row.GetString(1), StrictJson.Options)!, Enum.Parse<VideoState>(row.GetString(2)), Text(3), Text(4),
                Text(5) is { } text && Cid.TryParse(text, out Cid cid) ? cid : null, row.GetInt64(6), row.GetInt32(7), row.GetInt64(8) == 1));
        }

        return jobs;

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }
}
