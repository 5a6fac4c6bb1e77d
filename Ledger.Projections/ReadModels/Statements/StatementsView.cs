using Ledger.Core.Identity;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels.Statements;

/// <summary>Every line of every statement: the log has their digest alone.</summary>
internal sealed class StatementsView : View
{
    private readonly SqliteStatement _line;

    private StatementsView(SqliteConnection connection)
        : base(connection) =>
        _line = Prepare("INSERT OR REPLACE INTO line VALUES (?1, ?2, ?3, ?4, ?5)");

    public static ViewDefinition Definition { get; } = new(
        "statements", 1, ["line"],
        """
        CREATE TABLE line (window INTEGER NOT NULL, line INTEGER NOT NULL, account BLOB NOT NULL, rule INTEGER NOT NULL, amount BLOB NOT NULL,
            PRIMARY KEY (window, line)) STRICT, WITHOUT ROWID;
        CREATE INDEX line_account ON line (account, window, line);
        """,
        connection => new StatementsView(connection));

    public override void Closed(ClosedWindow closed, LedgerState state)
    {
        RewardStatement statement = closed.Result.Statement;
        NameTable names = state.Directory.Names;
        for (int i = 0; i < statement.Count; i++)
        {
            _line.Bind(1, closed.Window.Number).Bind(2, i).Bind(3, names.Bytes(statement.Account[i])).Bind(4, (long)statement.Rule[i])
                .Bind(5, TokenAmount.FromBaseUnits(statement.Amount[i])).Run();
        }
    }
}
