using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels.Windows;

/// <summary>Windows from their opening to finality, with the events that record their close and statement as they stand in the log.</summary>
internal sealed class WindowsView : View
{
    private readonly SqliteStatement _opened;
    private readonly SqliteStatement _sealed;
    private readonly SqliteStatement _closed;
    private readonly SqliteStatement _issued;
    private readonly SqliteStatement _final;

    private WindowsView(SqliteConnection connection)
        : base(connection)
    {
        _opened = Prepare("INSERT OR IGNORE INTO window (day, opened_at, ruleset) VALUES (?1, ?2, ?3)");
        _sealed = Prepare("UPDATE window SET sealed_at = ?2 WHERE day = ?1 AND sealed_at IS NULL");
        _closed = Prepare("UPDATE window SET closed_at = ?2, closed = ?3 WHERE day = ?1");
        _issued = Prepare("UPDATE window SET issued_at = ?2, issued = ?3 WHERE day = ?1");
        _final = Prepare("UPDATE window SET final_at = ?2 WHERE day = ?1");
    }

    public static ViewDefinition Definition { get; } = new(
        "windows", 1, ["window"],
        """
        CREATE TABLE window (day INTEGER PRIMARY KEY, opened_at INTEGER NOT NULL, ruleset BLOB NOT NULL, sealed_at INTEGER, closed_at INTEGER, closed BLOB,
            issued_at INTEGER, issued BLOB, final_at INTEGER) STRICT;
        """,
        connection => new WindowsView(connection));

    public override void Applied(RecordedEvent e, MoneyOutcome money, LedgerState state)
    {
        switch (e.Payload)
        {
            case WindowOpened opened:
                _opened.Bind(1, opened.Window.Number).Bind(2, e.Position).Bind(3, opened.RulesetHash).Run();
                break;
            case WindowSealed seal:
                _sealed.Bind(1, seal.Window.Number).Bind(2, e.Position).Run();
                break;
            case WindowClosed closed:
                _closed.Bind(1, closed.Window.Number).Bind(2, e.Position).Bind(3, CanonicalBytes.Of(e.Event)).Run();
                break;
            case StatementIssued issued:
                _issued.Bind(1, issued.Window.Number).Bind(2, e.Position).Bind(3, CanonicalBytes.Of(e.Event)).Run();
                break;
            case StatementFinalized final:
                _final.Bind(1, final.Window.Number).Bind(2, e.Position).Run();
                break;
        }
    }
}
