using System.Net.Sockets;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>What PostgreSQL and the way to it can do to a log, in the log's words.</summary>
internal static class PostgresFaults
{
    /// <summary>Whether the connection or the server went away: another connection may find it well again.</summary>
    public static bool IsLost(Exception e) => e switch
    {
        PostgresException p => p.SqlState.StartsWith("08", StringComparison.Ordinal) || p.SqlState is
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections,
        NpgsqlException n => n.InnerException is IOException or SocketException or TimeoutException or EndOfStreamException or null,
        IOException or SocketException or TimeoutException or ObjectDisposedException => true,
        InvalidOperationException => true, // Npgsql: the connection is not open any more
        _ => false,
    };

    public static LogFaultException Of(PostgresAddress address, Exception e) => e as LogFaultException ?? (IsLost(e)
        ? new LogFaultException("store-unreachable", $"{address} cannot be reached: {Words(e)}; check that the server runs and the address is right", e)
        : new LogFaultException("store-failed", $"{address} refused: {Words(e)}; look into the server's log", e));

    public static LogFaultException Missing(PostgresAddress address) => new("log-missing", $"there is no log in {address}");

    public static LogFaultException Locked(PostgresAddress address) =>
        new("log-locked", $"another process writes to the log in {address}: stop it, or open the log for reading only; the lock of a machine that died ends after half a minute");

    public static LogFaultException Fenced(PostgresAddress address) =>
        new("writer-fenced", $"another process took the log in {address} over; this one stores nothing more: stop it, or open it again when the other has ended");

    public static LogFaultException Unknown(PostgresAddress address, Exception? e) => new(
        "commit-unknown",
        $"the connection to {address} was lost while events were stored and the server could not be asked since: they may be stored or not; send them again with the same ids, which stores each once",
        e);

    /// <summary>Stored rows that cannot be: found while reading.</summary>
    public static LogFaultException Damaged(string code, string what, Exception? e = null) => new(code, $"{what}; run 'weledger audit' and restore the database from a copy", e);

    private static string Words(Exception e) => e is PostgresException p ? $"{p.MessageText} ({p.SqlState})" : e.InnerException?.Message ?? e.Message;
}
