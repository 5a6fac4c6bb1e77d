using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Projections.ReadModels.Accounts;

/// <summary>An account as the log has it.</summary>
/// <param name="Account">Its id.</param>
/// <param name="OpenedAt">Position of its opening; null when it was never opened.</param>
/// <param name="OpenedMs">When that was recorded, Unix milliseconds.</param>
/// <param name="SuspendedAt">Position of its suspension, if it is suspended.</param>
/// <param name="SuspendedReason">Why.</param>
/// <param name="Wallet">Where its payouts go, if anywhere.</param>
/// <param name="WalletAt">Position of the link.</param>
/// <param name="Available">What it may spend.</param>
/// <param name="Held">What is reserved for a settlement.</param>
/// <param name="BandwidthMinutes">Broadcast minutes it bought, less those that closed windows counted.</param>
public sealed record AccountRow(
    string Account, long? OpenedAt, long? OpenedMs, long? SuspendedAt, string? SuspendedReason, WalletAddress? Wallet, long? WalletAt, TokenAmount Available, TokenAmount Held, long BandwidthMinutes);

/// <summary>What is asked of accounts.</summary>
public static class AccountQueries
{
    private const string Columns = "SELECT id, opened_at, opened_ms, suspended_at, suspended_reason, wallet, wallet_at, available, held, bandwidth FROM account";

    /// <summary>An account, or null when the log says nothing of it.</summary>
    public static AccountRow? Account(this ViewReader views, AccountId id) => ViewReader.First(views.Query($"{Columns} WHERE id = ?1").Bind(1, id.Value), Row);

    /// <summary>Accounts in the order of their id bytes, after one.</summary>
    public static IReadOnlyList<AccountRow> Accounts(this ViewReader views, string after, int limit) =>
        ViewReader.List(views.Query($"{Columns} WHERE id > ?1 ORDER BY id LIMIT ?2").Bind(1, after).Bind(2, limit), Row);

    private static AccountRow Row(SqliteStatement row) => new(
        row.Text(0), row.Int64OrNull(1), row.Int64OrNull(2), row.Int64OrNull(3), row.TextOrNull(4),
        row.IsNull(5) ? null : WalletAddress.FromBytes(row.Blob(5)), row.Int64OrNull(6), row.Amount(7), row.Amount(8), row.Int64OrNull(9) ?? 0);
}
