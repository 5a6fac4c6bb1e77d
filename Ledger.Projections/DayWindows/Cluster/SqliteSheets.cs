using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>Parts in a SQLite file beside an embedded log, for machines that share its folder: in practice processes of one machine.</summary>
/// <remarks>A rollback journal, not a write-ahead log: several processes write here, and SQLite before 3.51.3 can corrupt a log that several reset.</remarks>
public sealed class SqliteSheets : ISheetStore
{
    /// <summary>The file's name.</summary>
    public const string FileName = "sheets.db";

    private const int BusySecondsMax = 30;

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);

    private SqliteSheets(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the store of a folder, making it when there is none.</summary>
    public static SqliteSheets Open(string folder)
    {
        Directory.CreateDirectory(folder);
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, FileName), Pooling = false, DefaultTimeout = BusySecondsMax }.ConnectionString);
        try
        {
            connection.Open();

            // SQLite's own waiting looks again after a millisecond or two, the provider's after 150.
            raw.sqlite3_busy_timeout(connection.Handle, BusySecondsMax * 1000);
            Run(connection, null, "PRAGMA journal_mode = DELETE");
            Run(connection, null, "PRAGMA synchronous = FULL");
            Run(connection, null, """
                CREATE TABLE IF NOT EXISTS term (one INTEGER PRIMARY KEY CHECK (one = 1), term INTEGER NOT NULL);
                INSERT OR IGNORE INTO term VALUES (1, 0);
                CREATE TABLE IF NOT EXISTS part (
                    window INTEGER NOT NULL, sealed_at INTEGER NOT NULL, part INTEGER NOT NULL, term INTEGER NOT NULL, digest BLOB NOT NULL, bytes BLOB NOT NULL,
                    PRIMARY KEY (window, sealed_at, part))
                """);
            return new SqliteSheets(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<long> BeginTermAsync(CancellationToken cancel = default) => InTurnAsync(
        transaction =>
        {
            Run(_connection, transaction, "UPDATE term SET term = term + 1");
            return Term(transaction);
        },
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PartWrite>> PutAsync(IReadOnlyList<FoldedPart> parts, CancellationToken cancel = default) => InTurnAsync<IReadOnlyList<PartWrite>>(
        transaction => [.. parts.Select(part => Put(part, transaction))],
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlySet<int>> HeldAsync(Day window, long sealedAt, CancellationToken cancel = default) => InTurnAsync<IReadOnlySet<int>>(
        transaction =>
        {
            using SqliteCommand select = Command("SELECT part FROM part WHERE window = $window AND sealed_at = $sealedAt", transaction, new PartKey(window, sealedAt, 0));
            using SqliteDataReader reader = select.ExecuteReader();
            HashSet<int> held = [];
            while (reader.Read()) held.Add(reader.GetInt32(0));
            return held;
        },
        cancel,
        reads: true);

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(PartKey key, CancellationToken cancel = default) => InTurnAsync(
        transaction => Find(transaction, key) is { } found ? SheetFaults.Checked(key, found.Digest, found.Bytes) : null,
        cancel,
        reads: true);

    /// <inheritdoc/>
    public Task DropBeforeAsync(Day window, CancellationToken cancel = default) => InTurnAsync(
        transaction =>
        {
            using SqliteCommand delete = Command("DELETE FROM part WHERE window < $window", transaction, new PartKey(window, 0, 0));
            return delete.ExecuteNonQuery();
        },
        cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _turn.Dispose();
    }

    private PartWrite Put(FoldedPart part, SqliteTransaction transaction)
    {
        if (Term(transaction) > part.Term) return PartWrite.Fenced;
        if (Find(transaction, part.Key) is { } held)
            return held.Digest == part.Digest ? PartWrite.AlreadyStored : throw SheetFaults.Differs(part.Key, held.Digest, part.Digest);
        using SqliteCommand insert = Command("INSERT INTO part VALUES ($window, $sealedAt, $part, $term, $digest, $bytes)", transaction, part.Key);
        insert.Parameters.AddWithValue("$term", part.Term);
        insert.Parameters.AddWithValue("$digest", part.Digest.ToArray());
        insert.Parameters.AddWithValue("$bytes", part.Bytes);
        insert.ExecuteNonQuery();
        return PartWrite.Stored;
    }

    private (Digest Digest, byte[] Bytes)? Find(SqliteTransaction transaction, PartKey key)
    {
        using SqliteCommand select = Command("SELECT digest, bytes FROM part WHERE window = $window AND sealed_at = $sealedAt AND part = $part", transaction, key);
        using SqliteDataReader reader = select.ExecuteReader();
        return reader.Read() ? (Digest.FromBytes(reader.GetFieldValue<byte[]>(0)), reader.GetFieldValue<byte[]>(1)) : null;
    }

    private long Term(SqliteTransaction transaction)
    {
        using SqliteCommand select = new("SELECT term FROM term", _connection, transaction);
        return (long)select.ExecuteScalar()!;
    }

    private SqliteCommand Command(string sql, SqliteTransaction transaction, PartKey key)
    {
        SqliteCommand command = new(sql, _connection, transaction);
        command.Parameters.AddWithValue("$window", key.Window.Number);
        command.Parameters.AddWithValue("$sealedAt", key.SealedAt);
        command.Parameters.AddWithValue("$part", key.Part);
        return command;
    }

    // A write begins at once: the term that it was checked against cannot be raised before it is committed. Readers keep nobody from beginning one.
    private async Task<T> InTurnAsync<T>(Func<SqliteTransaction, T> act, CancellationToken cancel, bool reads = false)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await Task.Run(
                () =>
                {
                    using SqliteTransaction transaction = _connection.BeginTransaction(deferred: reads);
                    T result = act(transaction);
                    transaction.Commit();
                    return result;
                },
                cancel).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static void Run(SqliteConnection connection, SqliteTransaction? transaction, string sql)
    {
        using SqliteCommand command = new(sql, connection, transaction);
        command.ExecuteNonQuery();
    }
}
