using System.Globalization;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>
/// One writer at a time. A session-level advisory lock keeps others out while this one's session lives; the fence, raised by every writer that gets the
/// lock, makes the server refuse whatever an earlier one still sends.
/// </summary>
internal static class WriterLock
{
    /// <summary>"WELG": the class of all advisory locks taken here; the other half is the schema's hash.</summary>
    private const int LockClass = 0x57454c47;

    /// <summary>Makes a new session fit for writing: durable commits, and a server that notices soon when this machine is gone.</summary>
    /// <exception cref="LogFaultException"><c>store-unsafe</c>: the server does not make commits durable, or cannot hold every text.</exception>
    public static async Task PrepareAsync(NpgsqlConnection connection, PostgresAddress address, CancellationToken cancel)
    {
        await using (NpgsqlCommand settings = new("SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('server_encoding'), current_setting('synchronous_commit')", connection))
        await using (NpgsqlDataReader reader = await settings.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            if (reader.GetString(0) != "on" || reader.GetString(1) != "on")
                throw new LogFaultException("store-unsafe", $"{address}: the server runs with fsync or full_page_writes off, so nothing it commits is durable; set both on");
            if (reader.GetString(2) != "UTF8")
                throw new LogFaultException("store-unsafe", $"{address}: the database's encoding is {reader.GetString(2)}; make one with ENCODING 'UTF8'");
        }

        await PostgresSchema.RunAsync(
            connection,
            """
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
            SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET default_transaction_isolation = 'read committed';
            SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 25000; SET client_connection_check_interval = 5000
            """,
            cancel);
    }

    /// <summary>Takes the lock for as long as the session lives; false when another session has it.</summary>
    public static async Task<bool> TryTakeAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        await using NpgsqlCommand take = new(string.Create(CultureInfo.InvariantCulture, $"SELECT pg_try_advisory_lock({LockClass}, hashtext('{schema}'))"), connection);
        return await take.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>Gives the lock back.</summary>
    public static Task GiveBackAsync(NpgsqlConnection connection, string schema) =>
        PostgresSchema.RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_unlock({LockClass}, hashtext('{schema}'))"), CancellationToken.None);

    /// <summary>Ends the session that this same writer had before it lost its connection, if the server still keeps it.</summary>
    public static Task EndFormerAsync(NpgsqlConnection connection, string schema, long fence, CancellationToken cancel) => PostgresSchema.RunAsync(
        connection,
        string.Create(CultureInfo.InvariantCulture, $"""
            SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN {schema}.log_state s ON a.pid = s.writer_pid AND a.backend_start = s.writer_started
            WHERE s.fence = {fence} AND a.pid <> pg_backend_pid()
            """),
        cancel);
}
