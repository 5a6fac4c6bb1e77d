using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Projections.ReadModels.Rulesets;

/// <summary>An adoption of a ruleset.</summary>
/// <param name="Position">Where it stands in the log.</param>
/// <param name="FirstWindow">The first window it holds for.</param>
/// <param name="Hash">The ruleset's name.</param>
/// <param name="Document">Its canonical JSON document.</param>
public sealed record RulesetRow(long Position, Day FirstWindow, Digest Hash, byte[] Document);

/// <summary>What is asked of rulesets.</summary>
public static class RulesetQueries
{
    private const string Columns = "SELECT position, first_window, hash, document FROM ruleset";

    /// <summary>Adoptions, latest first, before a position.</summary>
    public static IReadOnlyList<RulesetRow> Rulesets(this ViewReader views, long before, int limit) =>
        ViewReader.List(views.Query($"{Columns} WHERE position < ?1 ORDER BY position DESC LIMIT ?2").Bind(1, before).Bind(2, limit), Row);

    /// <summary>The latest adoption of a ruleset, or null when it was never adopted.</summary>
    public static RulesetRow? Ruleset(this ViewReader views, Digest hash) =>
        ViewReader.First(views.Query($"{Columns} WHERE hash = ?1 ORDER BY position DESC LIMIT 1").Bind(1, hash), Row);

    /// <summary>The ruleset that a window opened now would close under: the last one adopted that holds from that day or earlier.</summary>
    public static RulesetRow? RulesetFor(this ViewReader views, Day window) =>
        ViewReader.First(views.Query($"{Columns} WHERE first_window <= ?1 ORDER BY position DESC LIMIT 1").Bind(1, window.Number), Row);

    private static RulesetRow Row(SqliteStatement row) => new(row.Int64(0), Day.FromNumber((int)row.Int64(1)), row.Digest(2), row.Blob(3).ToArray());
}
