using Ledger.Projections.EventLog;
using Microsoft.Data.Sqlite;

namespace Ledger.Host.Security;

/// <summary>State that is the owner's alone: a SQLite file that nobody else may read, durable at every commit. For one thread at a time.</summary>
internal sealed class OwnerDatabase : IDisposable
{
    private readonly SqliteConnection _connection;

    private OwnerDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens a file, making it when there is none.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="applicationId">Tells whose file it is; four letters.</param>
    /// <param name="layout">From 1; a file of another layout is refused.</param>
    /// <param name="schema">Makes its tables.</param>
    /// <exception cref="LogFaultException"><c>unknown-format</c>: the file is another one's, or another build's.</exception>
    public static OwnerDatabase Open(string path, int applicationId, int layout, string schema)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!OperatingSystem.IsWindows())
        {
            using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }

        OwnerDatabase database = new(new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5, ForeignKeys = true }.ConnectionString));
        try
        {
            database._connection.Open();
            database.Transact(() =>
            {
                string found = $"{database.Command("PRAGMA application_id").ExecuteScalar()}/{database.Command("PRAGMA user_version").ExecuteScalar()}";
                if (found == "0/0") return database.Command($"{schema}; PRAGMA application_id = {applicationId}; PRAGMA user_version = {layout}").ExecuteNonQuery();
                return found == $"{applicationId}/{layout}" ? 0
                    : throw new LogFaultException("unknown-format", $"{path} has application id and layout {found}; this build reads {applicationId}/{layout}: use the build that wrote it");
            });
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>A statement with its parameters.</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object? value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    /// <summary>All of it or nothing; durable when it returns.</summary>
    public T Transact<T>(Func<T> act)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
        T result = act();
        transaction.Commit();
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();
}
