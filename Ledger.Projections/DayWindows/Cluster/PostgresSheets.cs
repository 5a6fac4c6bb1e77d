using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.Postgres;
using Npgsql;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>Parts in the schema of a log in PostgreSQL, for members on any machines that reach it.</summary>
public sealed class PostgresSheets : ISheetStore
{
    private readonly PostgresAddress _address;
    private readonly NpgsqlDataSource _connections;
    private readonly string _schema;

    private PostgresSheets(PostgresAddress address) => (_address, _connections, _schema) = (address, address.Readers(), address.Schema);

    /// <summary>Opens the store of the log at this address, making its tables when there are none.</summary>
    /// <param name="address">As for <see cref="PostgresEventLog"/>; the log itself must be there.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="EventLog.LogFaultException"><c>store-unreachable</c>, <c>store-failed</c>.</exception>
    public static async Task<PostgresSheets> OpenAsync(string address, CancellationToken cancel = default)
    {
        PostgresSheets sheets = new(PostgresAddress.Parse(address));
        try
        {
            await sheets.EnsureTablesAsync(cancel);
            return sheets;
        }
        catch
        {
            await sheets.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<long> BeginTermAsync(CancellationToken cancel = default) => CommitAsync(
        async transaction =>
        {
            await using NpgsqlCommand raise = Command("UPDATE $s.sheet_term SET term = term + 1 RETURNING term", transaction);
            return (long)(await raise.ExecuteScalarAsync(cancel))!;
        },
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PartWrite>> PutAsync(IReadOnlyList<FoldedPart> parts, CancellationToken cancel = default) => CommitAsync<IReadOnlyList<PartWrite>>(
        async transaction =>
        {
            // Shared: the term that a write was checked against cannot be raised before it is committed, and writes do not wait for each other.
            await using NpgsqlCommand current = Command("SELECT term FROM $s.sheet_term FOR SHARE", transaction);
            long term = (long)(await current.ExecuteScalarAsync(cancel))!;
            List<PartWrite> written = new(parts.Count);
            foreach (FoldedPart part in parts) written.Add(term > part.Term ? PartWrite.Fenced : await PutAsync(part, transaction, cancel));
            return written;
        },
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlySet<int>> HeldAsync(Day window, long sealedAt, CancellationToken cancel = default) => CommitAsync<IReadOnlySet<int>>(
        async transaction =>
        {
            await using NpgsqlCommand select = Command("SELECT part FROM $s.sheet_part WHERE window_day = $1 AND sealed_at = $2", transaction, PostgresValues.DateOnly(window), sealedAt);
            await using NpgsqlDataReader reader = await select.ExecuteReaderAsync(cancel);
            HashSet<int> held = [];
            while (await reader.ReadAsync(cancel)) held.Add(reader.GetInt32(0));
            return held;
        },
        cancel);

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(PartKey key, CancellationToken cancel = default) => CommitAsync(
        async transaction => await FindAsync(transaction, key, cancel) is { } found ? SheetFaults.Checked(key, found.Digest, found.Bytes) : null,
        cancel);

    /// <inheritdoc/>
    public Task DropBeforeAsync(Day window, CancellationToken cancel = default) => CommitAsync(
        async transaction =>
        {
            await using NpgsqlCommand delete = Command("DELETE FROM $s.sheet_part WHERE window_day < $1", transaction, PostgresValues.DateOnly(window));
            return await delete.ExecuteNonQueryAsync(cancel);
        },
        cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task<PartWrite> PutAsync(FoldedPart part, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        PartKey key = part.Key;
        await using NpgsqlCommand insert = Command(
            "INSERT INTO $s.sheet_part VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            transaction, PostgresValues.DateOnly(key.Window), key.SealedAt, key.Part, part.Term, part.Digest.ToArray(), part.Bytes);
        if (await insert.ExecuteNonQueryAsync(cancel) == 1) return PartWrite.Stored;
        Digest held = (await FindAsync(transaction, key, cancel))!.Value.Digest;
        return held == part.Digest ? PartWrite.AlreadyStored : throw SheetFaults.Differs(key, held, part.Digest);
    }

    // One at a time: two sessions that make the same table at once can both fail.
    private Task EnsureTablesAsync(CancellationToken cancel) => CommitAsync(
        async transaction =>
        {
            await using NpgsqlCommand create = Command(
                """
                SELECT pg_advisory_xact_lock(hashtext('$s sheets'));
                CREATE TABLE IF NOT EXISTS $s.sheet_term (one boolean PRIMARY KEY DEFAULT true CHECK (one), term bigint NOT NULL);
                INSERT INTO $s.sheet_term VALUES (true, 0) ON CONFLICT DO NOTHING;
                CREATE TABLE IF NOT EXISTS $s.sheet_part (
                  window_day date NOT NULL, sealed_at bigint NOT NULL, part integer NOT NULL, term bigint NOT NULL, digest bytea NOT NULL, bytes bytea NOT NULL,
                  PRIMARY KEY (window_day, sealed_at, part));
                """,
                transaction);
            return await create.ExecuteNonQueryAsync(cancel);
        },
        cancel);

    private async Task<(Digest Digest, byte[] Bytes)?> FindAsync(NpgsqlTransaction transaction, PartKey key, CancellationToken cancel)
    {
        await using NpgsqlCommand select = Command(
            "SELECT digest, bytes FROM $s.sheet_part WHERE window_day = $1 AND sealed_at = $2 AND part = $3",
            transaction, PostgresValues.DateOnly(key.Window), key.SealedAt, key.Part);
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (Digest.FromBytes(reader.GetFieldValue<byte[]>(0)), reader.GetFieldValue<byte[]>(1)) : null;
    }

    private NpgsqlCommand Command(string sql, NpgsqlTransaction transaction, params ReadOnlySpan<object> values)
    {
        NpgsqlCommand command = new(sql.Replace("$s", _schema, StringComparison.Ordinal), transaction.Connection, transaction);
        foreach (object value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }

    // Nothing is tried again here: who asked asks again, and a part written twice is the same.
    private async Task<T> CommitAsync<T>(Func<NpgsqlTransaction, Task<T>> act, CancellationToken cancel)
    {
        try
        {
            await using NpgsqlConnection connection = await _connections.OpenConnectionAsync(cancel);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
            await PostgresSchema.RunAsync(connection, "SET LOCAL synchronous_commit = on", cancel);
            T result = await act(transaction);
            await transaction.CommitAsync(cancel);
            return result;
        }
        catch (Exception e) when (e is NpgsqlException or IOException)
        {
            throw PostgresFaults.Of(_address, e);
        }
    }
}
