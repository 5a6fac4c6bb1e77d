using System.Collections.Concurrent;
using System.Security.Cryptography;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Host.Adapters.Video.Uploads;

/// <summary>Uploads: how far each is, in the database, and its bytes, a file each. An offset is told only when the bytes before it are durable.</summary>
internal sealed class UploadStore
{
    private const string Columns = "SELECT id, client, length, offset, metadata, expires_ms, video FROM upload";

    private readonly VideoDatabase _database;
    private readonly VideoSettings _settings;
    private readonly TimeProvider _clock;
    private readonly string _folder;
    private readonly ConcurrentDictionary<string, bool> _writing = new(StringComparer.Ordinal);

    public UploadStore(VideoDatabase database, VideoSettings settings, TimeProvider clock, string folder)
    {
        (_database, _settings, _clock, _folder) = (database, settings, clock, folder);
        Directory.CreateDirectory(folder);
    }

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The file that an upload's bytes come into.</summary>
    public string PathOf(string id) => Path.Combine(_folder, id);

    /// <summary>The file that holds the bytes of an upload or of a recording, which lies where its media server put it.</summary>
    public string SourceOf(string id) => _database.Transact(db =>
    {
        using SqliteCommand query = db.Command("SELECT path FROM upload WHERE id = $id", ("$id", id));
        return query.ExecuteScalar() as string ?? PathOf(id);
    });

    /// <summary>Begins an upload; null when it does not fit into what its client may keep here.</summary>
    public Upload? Create(string client, long length, string metadata)
    {
        Upload upload = new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), client, length, 0, metadata, NowMs + (long)_settings.UploadKept.TotalMilliseconds, null);
        bool fits = _database.Transact(db =>
        {
            using SqliteCommand held = db.Command("SELECT COALESCE(SUM(length), 0) FROM upload WHERE client = $client", ("$client", client));
            if ((long)held.ExecuteScalar()! + length > _settings.ClientBytesMax) return false;
            using SqliteCommand insert = db.Command(
                "INSERT INTO upload VALUES ($id, $client, $length, 0, $metadata, $expires, NULL, NULL)",
                ("$id", upload.Id), ("$client", client), ("$length", length), ("$metadata", metadata), ("$expires", upload.ExpiresMs));
            return insert.ExecuteNonQuery() == 1;
        });
        if (!fits) return null;
        using (OpenFile(upload.Id)) FileSync.SyncFolder(_folder);
        return upload;
    }

    /// <summary>A client's upload, or null.</summary>
    public Upload? Find(string client, string id) => _database.Transact(db => Read(db.Command($"{Columns} WHERE id = $id AND client = $client", ("$id", id), ("$client", client))).FirstOrDefault());

    /// <summary>Whether an upload's time is over.</summary>
    public bool IsExpired(Upload upload) => upload.Video is null && upload.ExpiresMs <= NowMs;

    /// <summary>The only writer of an upload until it is disposed of; null when there is one.</summary>
    public Writing? TryWrite(Upload upload) => _writing.TryAdd(upload.Id, true) ? new Writing(this, upload.Id) : null;

    /// <summary>Makes what was written durable and tells of it.</summary>
    /// <exception cref="IOException">It could not be made durable; the offset stays, and sending again from there writes those bytes anew.</exception>
    public void Advance(string id, SafeFileHandle file, long offset)
    {
        FileSync.Sync(file);
        _database.Transact(db => db.Command("UPDATE upload SET offset = $offset WHERE id = $id", ("$id", id), ("$offset", offset)).ExecuteNonQuery());
    }

    /// <summary>Throws an upload away, file first: a row without a file is found again, a file without a row never would be.</summary>
    public void Remove(string id)
    {
        File.Delete(PathOf(id));
        _database.Transact(db => db.Command("DELETE FROM upload WHERE id = $id", ("$id", id)).ExecuteNonQuery());
    }

    /// <summary>Throws away what has expired and what nobody writes.</summary>
    /// <returns>How many.</returns>
    public int Sweep()
    {
        List<Upload> expired = _database.Transact(db => Read(db.Command($"{Columns} WHERE expires_ms <= $now AND video IS NULL", ("$now", NowMs))));
        int removed = 0;
        foreach (Upload upload in expired)
        {
            using Writing? alone = TryWrite(upload);
            if (alone is null) continue;
            Remove(upload.Id);
            removed++;
        }

        return removed;
    }

    internal SafeFileHandle OpenFile(string id) => File.OpenHandle(PathOf(id), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);

    private static List<Upload> Read(SqliteCommand query)
    {
        using (query)
        {
            using SqliteDataReader rows = query.ExecuteReader();
            List<Upload> uploads = [];
            while (rows.Read())
                uploads.Add(new Upload(rows.GetString(0), rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetString(4), rows.GetInt64(5), rows.IsDBNull(6) ? null : rows.GetString(6)));
            return uploads;
        }
    }

    /// <summary>The right to write an upload.</summary>
    internal sealed class Writing(UploadStore store, string id) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => store._writing.TryRemove(id, out _);
    }
}
