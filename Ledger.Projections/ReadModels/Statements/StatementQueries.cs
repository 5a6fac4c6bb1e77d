using Ledger.Core.Identity;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Projections.ReadModels.Statements;

/// <summary>One line of a statement.</summary>
/// <param name="Window">Whose statement.</param>
/// <param name="Line">Its place in it, from 0.</param>
/// <param name="Account">Who gets it.</param>
/// <param name="Rule">Under which rule.</param>
/// <param name="Amount">How much.</param>
public sealed record StatementLineRow(Day Window, long Line, string Account, PayoutRule Rule, TokenAmount Amount);

/// <summary>What is asked of statements.</summary>
public static class StatementQueries
{
    private const string Columns = "SELECT window, line, account, rule, amount FROM line";

    /// <summary>A window's lines in the statement's order, after a line (−1: from the first).</summary>
    public static IReadOnlyList<StatementLineRow> StatementLines(this ViewReader views, Day window, long afterLine, int limit) => ViewReader.List(
        views.Query($"{Columns} WHERE window = ?1 AND line > ?2 ORDER BY line LIMIT ?3").Bind(1, window.Number).Bind(2, afterLine).Bind(3, limit), Row);

    /// <summary>An account's lines, latest window first, before a window's line.</summary>
    /// <param name="views">The views.</param>
    /// <param name="account">Whose.</param>
    /// <param name="before">The line to go on behind, or null for the latest.</param>
    /// <param name="limit">How many at most.</param>
    public static IReadOnlyList<StatementLineRow> AccountLines(this ViewReader views, AccountId account, (Day Window, long Line)? before, int limit) => ViewReader.List(
        views.Query($"{Columns} WHERE account = ?1 AND (window, line) < (?2, ?3) ORDER BY window DESC, line DESC LIMIT ?4")
            .Bind(1, account.Value).Bind(2, before?.Window.Number ?? int.MaxValue).Bind(3, before?.Line ?? 0).Bind(4, limit),
        Row);

    private static StatementLineRow Row(SqliteStatement row) =>
        new(Day.FromNumber((int)row.Int64(0)), row.Int64(1), row.Text(2), (PayoutRule)row.Int64(3), row.Amount(4));
}
