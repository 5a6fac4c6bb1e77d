using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Names and settings of the SQLite file that holds the blocks.</summary>
internal static class LogFile
{
    public const string FileName = "log.db";

    /// <summary>Layout of the tables, kept in <c>PRAGMA user_version</c>.</summary>
    public const int Layout = 1;

    /// <summary>"WELG", in <c>PRAGMA application_id</c>.</summary>
    public const int ApplicationId = 0x57454c47;

    // Blobs of 50 to 250 kB: large pages mean short chains.
    private const int PageBytes = 16384;

    // Far longer than anybody but a stuck process holds a lock.
    private const int BusyMs = 5_000;

    private const string Schema = """
        CREATE TABLE block (first_position INTEGER PRIMARY KEY, header BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
        CREATE TABLE part (key INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        """;

    public static string PathIn(string directory) => Path.Combine(directory, FileName);

    /// <summary>Where a part stands in the table: eight keys for each block's first position.</summary>
    public static long PartKey(long firstPosition, BlockPart part) => (firstPosition * 8) + (int)part;

    /// <summary>Opens the one connection that writes and checkpoints, making the file when there is none.</summary>
    public static SqliteConnection OpenWriter(string directory)
    {
        SqliteConnection connection = Open(directory, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // A file without a table is a new one, or one whose making was interrupted.
            bool isNew = Pragma(connection, "application_id") == "0" && Pragma(connection, "user_version") == "0" && Scalar(connection, "SELECT count(*) FROM sqlite_schema") == "0";
            if (isNew) Execute(connection, $"PRAGMA page_size = {PageBytes}");
            Require(connection, "journal_mode", "wal", Pragma(connection, "journal_mode = wal"));
            Execute(connection, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384");
            Require(connection, "synchronous", "2", Pragma(connection, "synchronous"));
            if (isNew) Execute(connection, $"BEGIN IMMEDIATE; {Schema} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Layout}; COMMIT");
            CheckLayout(connection);
            return connection;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_FULL)
        {
            connection.Dispose();
            throw LogFaults.Disk(e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that cannot change the file.</summary>
    public static SqliteConnection OpenReader(string directory)
    {
        SqliteConnection connection = Open(directory, SqliteOpenMode.ReadOnly);
        try
        {
            CheckLayout(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    // The provider waits for a lock in its own commands alone; prepared statements need SQLite's waiting. A reader that begins while a commit is
    // being published looks once more under the write lock, and the writer must not take that moment for a failed disk.
    private static SqliteConnection Open(string directory, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = PathIn(directory),
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusyMs / 1000,
        }.ConnectionString);
        connection.Open();
        raw.sqlite3_busy_timeout(connection.Handle, BusyMs);
        return connection;
    }

    private static void CheckLayout(SqliteConnection connection)
    {
        string id = Pragma(connection, "application_id");
        string layout = Pragma(connection, "user_version");
        if (id != $"{ApplicationId}" || layout != $"{Layout}")
            throw new LogFaultException("unknown-format", $"{connection.DataSource} has application id {id} and layout {layout}; this build reads {ApplicationId} and {Layout}: use the build that wrote it, or another directory");
    }

    private static void Require(SqliteConnection connection, string name, string wanted, string found)
    {
        if (found != wanted)
            throw new LogFaultException("disk-failed", $"{connection.DataSource} is at {name} = {found}, not {wanted}: this file system does not support what durability needs; move the directory");
    }

    private static string Pragma(SqliteConnection connection, string text) => Scalar(connection, "PRAGMA " + text);

    private static string Scalar(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }
}
