using Ledger.Core.Accounting;
using Ledger.Core.Quantities;

namespace Ledger.Projections.ReadModels.Supply;

/// <summary>What a journal account holds, or what everybody's accounts of one kind hold together.</summary>
/// <param name="Name">Such as <c>allocation:reserve</c>, or <c>accounts:available</c> for the sum.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Balance">How much.</param>
public sealed record SupplyRow(string Name, JournalAccountKind Kind, TokenAmount Balance);

/// <summary>What is asked of the supply.</summary>
public static class SupplyQueries
{
    /// <summary>Every row, by name.</summary>
    public static IReadOnlyList<SupplyRow> Supply(this ViewReader views) => ViewReader.List(
        views.Query("SELECT name, kind, balance FROM journal ORDER BY name"),
        row => new SupplyRow(row.Text(0), (JournalAccountKind)row.Int64(1), row.Amount(2)));

    /// <summary>Adds the rows up: what was issued, and what is held.</summary>
    public static (TokenAmount Issued, TokenAmount Held) Trial(this IEnumerable<SupplyRow> rows)
    {
        (UInt128 issued, UInt128 held) = (0, 0);
        foreach (SupplyRow row in rows)
        {
            if (row.Kind == JournalAccountKind.SupplyIssued) issued += row.Balance.BaseUnits;
            else held += row.Balance.BaseUnits;
        }

        return (TokenAmount.FromBaseUnits(issued), TokenAmount.FromBaseUnits(held));
    }

    internal static string SumName(JournalAccountKind kind) => kind switch
    {
        JournalAccountKind.AccountAvailable => "accounts:available",
        JournalAccountKind.AccountHeld => "accounts:held",
        JournalAccountKind.SupplyIssued => "supply:issued",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has a row of its own"),
    };
}
