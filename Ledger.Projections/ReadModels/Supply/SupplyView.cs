using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels.Supply;

/// <summary>Where the supply is: a row per journal account that is nobody's own, and the sums over everybody's.</summary>
/// <remarks>People's balances are added up here posting by posting, apart from the books, so that the trial balance over these rows says something.</remarks>
internal sealed class SupplyView : View
{
    private readonly SqliteStatement _balance;
    private readonly SqliteStatement _sum;

    private SupplyView(SqliteConnection connection)
        : base(connection)
    {
        _balance = Prepare("INSERT OR REPLACE INTO journal VALUES (?1, ?2, ?3)");
        _sum = Prepare("SELECT balance FROM journal WHERE name = ?1");
    }

    public static ViewDefinition Definition { get; } = new(
        "supply", 1, ["journal"],
        "CREATE TABLE journal (name BLOB PRIMARY KEY, kind INTEGER NOT NULL, balance BLOB NOT NULL) STRICT, WITHOUT ROWID;",
        connection => new SupplyView(connection));

    public override void Applied(RecordedEvent e, MoneyOutcome money, LedgerState state)
    {
        foreach (Posting posting in money.Entry?.Postings ?? [])
        {
            switch (posting.Account.Kind)
            {
                case JournalAccountKind.AccountAvailable or JournalAccountKind.AccountHeld:
                    Add(posting.Account.Kind, posting.Amount);
                    break;
                case JournalAccountKind.SupplyIssued:
                    // The contra account is negative; its row says what was issued.
                    Add(posting.Account.Kind, -posting.Amount);
                    break;
                default:
                    Balance(posting.Account, state);
                    break;
            }
        }
    }

    public override void Closed(ClosedWindow closed, LedgerState state)
    {
        Day window = closed.Window;
        foreach (JournalAccount account in new[] { JournalAccount.IncentiveFund, JournalAccount.TopUps, JournalAccount.AdsBuyback, JournalAccount.PoaPool(window), JournalAccount.PocPool(window) })
            Balance(account, state);
        Add(JournalAccountKind.AccountAvailable, (Int128)closed.Result.Statement.Total.BaseUnits);
    }

    private void Balance(JournalAccount account, LedgerState state) =>
        _balance.Bind(1, account.Name(state.Directory.Names)).Bind(2, (long)account.Kind).Bind(3, state.Books.Balances.Of(account)).Run();

    private void Add(JournalAccountKind kind, Int128 amount)
    {
        string name = SupplyQueries.SumName(kind);
        Int128 sum = _sum.Bind(1, name).Step() ? (Int128)_sum.Amount(0).BaseUnits : 0;
        _sum.Reset();
        _balance.Bind(1, name).Bind(2, (long)kind).Bind(3, TokenAmount.FromBaseUnits((UInt128)checked(sum + amount))).Run();
    }
}
