using Ledger.Core.Identity;
using Ledger.Projections.DayWindows;

namespace Ledger.Projections.ReadModels.Ranks;

/// <summary>Creators by popularity as of a close: most popular first, ties by id bytes (reward rules R7).</summary>
public static class Ranking
{
    /// <summary>All of them, in order.</summary>
    public static (int Creator, UInt128 Popularity)[] Of(ClosedWindow close)
    {
        NameTable names = close.Context.Directory.Names;
        (int Creator, UInt128 Popularity)[] ranked = [.. close.Result.Next.Popularity.ByCreator()];
        Array.Sort(ranked, (a, b) => a.Popularity != b.Popularity ? b.Popularity.CompareTo(a.Popularity) : names.Compare(a.Creator, b.Creator));
        return ranked;
    }

    /// <summary>Those after a rank (0: from the first), as rows.</summary>
    public static IReadOnlyList<RankRow> Rows(ClosedWindow close, long afterRank, int limit)
    {
        (int Creator, UInt128 Popularity)[] ranked = Of(close);
        List<RankRow> rows = [];
        for (long i = Math.Clamp(afterRank, 0, ranked.Length); i < ranked.Length && rows.Count < limit; i++)
            rows.Add(new RankRow(close.Window, i + 1, close.Context.Directory.Names.Text(ranked[i].Creator), ranked[i].Popularity));
        return rows;
    }
}
