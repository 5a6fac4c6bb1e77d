using Ledger.Core.Time;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Projections.ReadModels.Ranks;

/// <summary>A creator's place as of a close.</summary>
/// <param name="Window">Which close.</param>
/// <param name="Rank">From 1.</param>
/// <param name="Creator">Who.</param>
/// <param name="Popularity">Σ over givers of the root of what their gifts still weigh.</param>
public sealed record RankRow(Day Window, long Rank, string Creator, UInt128 Popularity);

/// <summary>What is asked of ranks.</summary>
public static class RankQueries
{
    private const string Columns = "SELECT window, rank, creator, popularity FROM popularity";

    /// <summary>The last window with ranks, or null.</summary>
    public static Day? LastRanked(this ViewReader views)
    {
        using SqliteStatement row = views.Query("SELECT max(window) FROM popularity");
        return row.Step() && row.Int64OrNull(0) is { } day ? Day.FromNumber((int)day) : null;
    }

    /// <summary>A window's ranks after one (0: from the first).</summary>
    public static IReadOnlyList<RankRow> Ranks(this ViewReader views, Day window, long afterRank, int limit) =>
        ViewReader.List(views.Query($"{Columns} WHERE window = ?1 AND rank > ?2 ORDER BY rank LIMIT ?3").Bind(1, window.Number).Bind(2, afterRank).Bind(3, limit), Row);

    private static RankRow Row(SqliteStatement row) => new(Day.FromNumber((int)row.Int64(0)), row.Int64(1), row.Text(2), row.Amount(3).BaseUnits);
}
