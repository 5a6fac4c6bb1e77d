using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels.Rulesets;

/// <summary>Adoptions of rulesets, in log order.</summary>
internal sealed class RulesetsView : View
{
    private readonly SqliteStatement _adopted;

    private RulesetsView(SqliteConnection connection)
        : base(connection) =>
        _adopted = Prepare("INSERT OR REPLACE INTO ruleset VALUES (?1, ?2, ?3, ?4)");

    public static ViewDefinition Definition { get; } = new(
        "rulesets", 1, ["ruleset"],
        """
        CREATE TABLE ruleset (position INTEGER PRIMARY KEY, first_window INTEGER NOT NULL, hash BLOB NOT NULL, document BLOB NOT NULL) STRICT;
        CREATE INDEX ruleset_hash ON ruleset (hash, position);
        """,
        connection => new RulesetsView(connection));

    public override void Applied(RecordedEvent e, MoneyOutcome money, LedgerState state)
    {
        if (e.Payload is RulesetAdopted adopted)
            _adopted.Bind(1, e.Position).Bind(2, adopted.FirstWindow.Number).Bind(3, adopted.Hash).Bind(4, adopted.Document).Run();
    }
}
