using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.ReadModels.Accounts;
using Ledger.Projections.ReadModels.Contents;
using Ledger.Projections.ReadModels.Ranks;
using Ledger.Projections.ReadModels.Rulesets;
using Ledger.Projections.ReadModels.Spaces;
using Ledger.Projections.ReadModels.Statements;
using Ledger.Projections.ReadModels.Supply;
using Ledger.Projections.ReadModels.Windows;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels;

/// <summary>The read models in one SQLite file beside the log, kept up by following a ledger.</summary>
/// <remarks>
/// Everything here is derived: a view of another layout or another log, or a file that cannot be read, is dropped and made anew. A view's rows and its
/// checkpoint are committed together, so after any stop it goes on exactly where it was. One ledger writes; any number of <see cref="ViewReader"/>s read.
/// </remarks>
public sealed class ReadModelStore : ILedgerObserver, IDisposable
{
    public const string FileName = "views.db";

    // "WEVW"; with the layout of the checkpoint table.
    private const int ApplicationId = 0x57455657;
    private const int Layout = 1;

    // A rebuild commits on the way, so that it goes on where it was stopped and the write-ahead log stays small.
    private const int EventsPerCommitMax = 20_000;

    private readonly int _eventsPerCommitMax;
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly View[] _views;
    private readonly ViewDefinition[] _definitions;
    private readonly SqliteStatement _checkpoint;
    private long _lastEvent = -1;
    private EventId _lastId;
    private long _lastSeal;
    private Digest _lastRoot;
    private int _uncommitted;
    private bool _inTransaction;
    private volatile Exception? _fault;

    private ReadModelStore(string path, SqliteConnection connection, ViewDefinition[] definitions, View[] views, int eventsPerCommitMax)
    {
        _eventsPerCommitMax = eventsPerCommitMax;
        (_path, _connection, _definitions, _views) = (path, connection, definitions, views);
        _checkpoint = new SqliteStatement(connection,
            "UPDATE view SET position = ?2, event_position = ?3, event_id = ?4, seal_position = ?5, seal_root = ?6 WHERE name = ?1");
    }

    /// <summary>Every view.</summary>
    internal static ViewDefinition[] All { get; } =
    [
        AccountsView.Definition, StatementsView.Definition, WindowsView.Definition, RanksView.Definition,
        SpacesView.Definition, ContentsView.Definition, RulesetsView.Definition, SupplyView.Definition,
    ];

    /// <inheritdoc/>
    public long NextPosition => _views.Min(v => v.Position);

    /// <summary>Why the views stopped following, or null while they follow. Opening the store again goes on from the last commit.</summary>
    public Exception? Fault => _fault;

    /// <summary>Opens the views of a log, making what is missing or does not fit anew.</summary>
    public static Task<ReadModelStore> OpenAsync(string dataDirectory, IEventLog log, CancellationToken cancel = default) => OpenAsync(dataDirectory, log, All, EventsPerCommitMax, cancel);

    internal static async Task<ReadModelStore> OpenAsync(string dataDirectory, IEventLog log, ViewDefinition[] definitions, int eventsPerCommitMax, CancellationToken cancel)
    {
        Directory.CreateDirectory(dataDirectory);
        string path = Path.Combine(dataDirectory, FileName);
        try
        {
            return await OpenFileAsync(path, log, definitions, eventsPerCommitMax, cancel).ConfigureAwait(false);
        }
        catch (SqliteException)
        {
            foreach (string suffix in new[] { "", "-wal", "-shm" }) File.Delete(path + suffix);
            return await OpenFileAsync(path, log, definitions, eventsPerCommitMax, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Opens a reader; its answers are of one position.</summary>
    public ViewReader Read() => new(Connect(_path, SqliteOpenMode.ReadOnly));

    /// <inheritdoc/>
    public void Applied(RecordedEvent e, MoneyOutcome money, LedgerState state)
    {
        Follow(() =>
        {
            foreach (View view in _views)
            {
                if (e.Position >= view.Position) view.Applied(e, money, state);
            }

            (_lastEvent, _lastId) = (e.Position, e.Event.Id);
            if (++_uncommitted >= _eventsPerCommitMax && state.Pending is null) Commit(e.Position + 1);
        });
    }

    /// <inheritdoc/>
    public void Closed(ClosedWindow closed, LedgerState state)
    {
        Follow(() =>
        {
            foreach (View view in _views)
            {
                if (closed.Context.SealedAt >= view.Position) view.Closed(closed, state);
            }

            (_lastSeal, _lastRoot) = (closed.Context.SealedAt, closed.Facts.LogRoot);
            Commit(closed.Context.SealedAt + 1);
        });
    }

    /// <inheritdoc/>
    public void CaughtUp(long position)
    {
        // A seal whose window waits is told and not passed: kept too, or the window would look open for as long as it waits.
        if (position > NextPosition || _uncommitted > 0) Follow(() => Commit(position));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _checkpoint.Dispose();
        foreach (View view in _views) view.Dispose();
        _connection.Dispose();
    }

    private static async Task<ReadModelStore> OpenFileAsync(string path, IEventLog log, ViewDefinition[] definitions, int eventsPerCommitMax, CancellationToken cancel)
    {
        SqliteConnection connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            if (Scalar(connection, "PRAGMA application_id") != ApplicationId || Scalar(connection, "PRAGMA user_version") != Layout)
            {
                if (Scalar(connection, "SELECT count(*) FROM sqlite_schema") > 0) throw new SqliteException("a file of another kind or layout", SQLitePCL.raw.SQLITE_NOTADB);
                Execute(connection, $"""
                    CREATE TABLE view (name BLOB PRIMARY KEY, layout INTEGER NOT NULL, position INTEGER NOT NULL, event_position INTEGER NOT NULL, event_id BLOB NOT NULL,
                        seal_position INTEGER NOT NULL, seal_root BLOB NOT NULL) STRICT, WITHOUT ROWID;
                    PRAGMA application_id = {ApplicationId};
                    PRAGMA user_version = {Layout};
                    """);
            }

            View[] views = new View[definitions.Length];
            Checkpoint newest = default;
            for (int i = 0; i < views.Length; i++)
            {
                Checkpoint? checkpoint = Checkpoint.Read(connection, definitions[i]);
                if (checkpoint is { } kept && !await kept.IsOfAsync(log, cancel).ConfigureAwait(false)) checkpoint = null;
                if (checkpoint is null) Make(connection, definitions[i]);
                views[i] = definitions[i].Open(connection);
                views[i].Position = checkpoint?.Position ?? 0;
                if (checkpoint?.Position > newest.Position) newest = checkpoint.Value;
            }

            return new ReadModelStore(path, connection, definitions, views, eventsPerCommitMax)
            {
                _lastEvent = newest.Position == 0 ? -1 : newest.EventPosition,
                _lastId = newest.EventId,
                _lastSeal = newest.SealPosition,
                _lastRoot = newest.SealRoot,
            };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Make(SqliteConnection connection, ViewDefinition definition)
    {
        string drops = string.Concat(definition.Tables.Select(t => $"DROP TABLE IF EXISTS {t}; "));
        Execute(connection, $"BEGIN IMMEDIATE; {drops} {definition.Schema}");
        using (SqliteStatement insert = new(connection, "INSERT OR REPLACE INTO view VALUES (?1, ?2, 0, -1, zeroblob(16), 0, zeroblob(32))"))
            insert.Bind(1, definition.Name).Bind(2, definition.Layout).Run();
        Execute(connection, "COMMIT");
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ConnectionString);
        try
        {
            connection.Open();

            // Derived data: a commit lost to a power cut is made again from the log.
            if (mode != SqliteOpenMode.ReadOnly) Execute(connection, "PRAGMA journal_mode = wal; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 2000; PRAGMA cache_size = -16384");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>A view that cannot be written must not stop the ledger: it stands still at its last commit, says so, and goes on when it is opened again.</summary>
    private void Follow(Action act)
    {
        if (_fault is not null) return;
        try
        {
            if (!_inTransaction) Execute(_connection, "BEGIN IMMEDIATE");
            _inTransaction = true;
            act();
        }
        catch (SqliteException e)
        {
            _fault = e;
        }
    }

    private void Commit(long position)
    {
        Span<byte> id = stackalloc byte[EventId.SizeBytes];
        _lastId.WriteTo(id);
        for (int i = 0; i < _views.Length; i++)
        {
            if (position <= _views[i].Position) continue;
            _checkpoint.Bind(1, _definitions[i].Name).Bind(2, position).Bind(3, _lastEvent).Bind(4, id).Bind(5, _lastSeal).Bind(6, _lastRoot).Run();
        }

        Execute(_connection, "COMMIT");
        foreach (View view in _views) view.Position = Math.Max(view.Position, position); // now: whoever sees it must find what it promises
        _inTransaction = false;
        _uncommitted = 0;
    }
}
