using Ledger.Host.Security;

namespace Ledger.Host.Adapters.Video;

/// <summary>What the adapter must not forget: uploads and videos in the making, in <c>video.db</c> of its folder. For any thread.</summary>
internal sealed class VideoDatabase(string folder) : IDisposable
{
    // "WELV"
    private const int ApplicationId = 0x57454c56;
    private const int Layout = 2;

    private const string Schema = """
        CREATE TABLE upload (
            id TEXT PRIMARY KEY, client TEXT NOT NULL, length INTEGER NOT NULL, offset INTEGER NOT NULL,
            metadata TEXT NOT NULL, expires_ms INTEGER NOT NULL, video TEXT, path TEXT) STRICT;
        CREATE INDEX upload_client ON upload (client);
        CREATE TABLE video (
            content TEXT PRIMARY KEY, client TEXT NOT NULL, request TEXT NOT NULL, state TEXT NOT NULL, code TEXT, detail TEXT,
            cid TEXT, duration_ms INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE INDEX video_state ON video (state);
        """;

    private readonly OwnerDatabase _database = AdapterDatabase.Open(Path.Combine(folder, "video.db"), ApplicationId, Layout, Schema);
    private readonly Lock _turn = new();

    /// <summary>Does something with the database, alone, all of it or nothing; durable when it returns.</summary>
    public T Transact<T>(Func<OwnerDatabase, T> act)
    {
        lock (_turn) return _database.Transact(() => act(_database));
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();
}
