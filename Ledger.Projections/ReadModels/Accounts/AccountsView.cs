using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;

namespace Ledger.Projections.ReadModels.Accounts;

/// <summary>Accounts: when they opened, who is suspended, where payouts go, what they hold.</summary>
internal sealed class AccountsView : View
{
    private readonly SqliteStatement _opened;
    private readonly SqliteStatement _suspended;
    private readonly SqliteStatement _wallet;
    private readonly SqliteStatement _available;
    private readonly SqliteStatement _held;
    private readonly SqliteStatement _bandwidth;

    private AccountsView(SqliteConnection connection)
        : base(connection)
    {
        _opened = Prepare("""
            INSERT INTO account (id, opened_at, opened_ms) VALUES (?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET opened_at = excluded.opened_at, opened_ms = excluded.opened_ms WHERE opened_at IS NULL
            """);
        _suspended = Prepare("""
            INSERT INTO account (id, suspended_at, suspended_reason) VALUES (?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET suspended_at = excluded.suspended_at, suspended_reason = excluded.suspended_reason WHERE suspended_at IS NULL
            """);
        _wallet = Prepare("INSERT INTO account (id, wallet, wallet_at) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET wallet = excluded.wallet, wallet_at = excluded.wallet_at");
        _available = Prepare("INSERT INTO account (id, available) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET available = excluded.available");
        _held = Prepare("INSERT INTO account (id, held) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET held = excluded.held");
        _bandwidth = Prepare("INSERT INTO account (id, bandwidth) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET bandwidth = excluded.bandwidth");
    }

    public static ViewDefinition Definition { get; } = new(
        "accounts", 2, ["account"],
        """
        CREATE TABLE account (id BLOB PRIMARY KEY, opened_at INTEGER, opened_ms INTEGER, suspended_at INTEGER, suspended_reason BLOB,
            wallet BLOB, wallet_at INTEGER, available BLOB, held BLOB, bandwidth INTEGER) STRICT, WITHOUT ROWID;
        """,
        connection => new AccountsView(connection));

    public override void Applied(RecordedEvent e, MoneyOutcome money, LedgerState state)
    {
        switch (e.Payload)
        {
            case AccountOpened opened:
                _opened.Bind(1, opened.Account.Value).Bind(2, e.Position).Bind(3, e.Event.RecordedAt.Value).Run();
                break;
            case AccountSuspended suspended:
                _suspended.Bind(1, suspended.Account.Value).Bind(2, e.Position).Bind(3, suspended.Reason).Run();
                break;
            case WalletLinked linked:
                Span<byte> wallet = stackalloc byte[WalletAddress.SizeBytes];
                linked.Wallet.WriteTo(wallet);
                _wallet.Bind(1, linked.Account.Value).Bind(2, wallet).Bind(3, e.Position).Run();
                break;
            case BandwidthPurchased bought when money.Verdict == MoneyVerdict.Moved:
                Bandwidth(state.Directory.Names.Intern(bought.Account.Value), state);
                break;
        }

        foreach (Posting posting in money.Entry?.Postings ?? []) Balance(posting.Account, state);
    }

    public override void Closed(ClosedWindow closed, LedgerState state)
    {
        int last = -1;
        foreach (int account in closed.Result.Statement.Account)
        {
            if (account != last) Balance(JournalAccount.Available(account), state);
            last = account;
        }

        for (int row = 0; row < closed.Sheet.Creator.Length; row++)
        {
            if (closed.Sheet.BroadcastMinutes[row] > 0) Bandwidth(closed.Sheet.Creator[row], state);
        }
    }

    /// <summary>What is left, not what was bought or used: writing it again changes nothing.</summary>
    private void Bandwidth(int account, LedgerState state) =>
        _bandwidth.Bind(1, state.Directory.Names.Bytes(account)).Bind(2, state.Books.Bandwidth.MinutesAt(account, long.MaxValue)).Run();

    /// <summary>The balance itself, not the difference: writing it again changes nothing.</summary>
    private void Balance(JournalAccount account, LedgerState state)
    {
        SqliteStatement? statement = account.Kind switch
        {
            JournalAccountKind.AccountAvailable => _available,
            JournalAccountKind.AccountHeld => _held,
            _ => null,
        };
        statement?.Bind(1, state.Directory.Names.Bytes(account.Of)).Bind(2, state.Books.Balances.Of(account)).Run();
    }
}
