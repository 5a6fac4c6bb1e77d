using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels;

/// <summary>Reads views in one transaction: everything it answers is of one position. For one caller at a time; dispose it soon.</summary>
public sealed class ViewReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _end;

    internal ViewReader(SqliteConnection connection)
    {
        _connection = connection;
        _end = new SqliteStatement(connection, "ROLLBACK");
        using (SqliteStatement begin = new(connection, "BEGIN")) begin.Run();
        using SqliteStatement position = Query("SELECT min(position) FROM view");
        Position = position.Step() ? position.Int64(0) : 0;
    }

    /// <summary>Everything before this position of the log is in the answers.</summary>
    public long Position { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Run();
        _end.Dispose();
        _connection.Dispose();
    }

    internal SqliteStatement Query(string sql) => new(_connection, sql);

    /// <summary>Every row of a query.</summary>
    internal static List<T> List<T>(SqliteStatement query, Func<SqliteStatement, T> read)
    {
        using (query)
        {
            List<T> rows = [];
            while (query.Step()) rows.Add(read(query));
            return rows;
        }
    }

    /// <summary>The first row of a query, or null.</summary>
    internal static T? First<T>(SqliteStatement query, Func<SqliteStatement, T> read)
        where T : class
    {
        using (query) return query.Step() ? read(query) : null;
    }
}
