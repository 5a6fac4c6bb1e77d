using Ledger.Core.Contributions;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;

namespace Ledger.Core.Payouts;

/// <summary>Proof of Contribution, the rank-order rule (reward rules R4; white paper section 4.4).</summary>
public static class PocRule
{
    /// <summary>A score moves the trailing average by one part in this many.</summary>
    public const int TrailingWindows = 8;

    /// <summary>Pays <paramref name="pool"/> to the window's creators.</summary>
    /// <param name="rules">The ruleset's POC section.</param>
    /// <param name="sheet">The window's sheet.</param>
    /// <param name="rows">Orders creators.</param>
    /// <param name="before">Standings after the previous window.</param>
    /// <param name="window">The window.</param>
    /// <param name="pool">What POC may pay.</param>
    /// <param name="drawSeed">A value nobody could choose; needed by <see cref="PrizeMode.Draw"/>, which does not run without it.</param>
    internal static PocResult Compute(
        PocRules rules, ContributionSheet sheet, CanonicalRows rows, CreatorBook before, Day window, TokenAmount pool, Digest? drawSeed)
    {
        Creators creators = new(rules, sheet, rows, before, window);
        PocEntrant[] entrants = creators.Entrants;
        (int[] order, int[] groupSizes) = Arrange(entrants, (int)rules.GroupSize);

        UInt128[] heads = Array.ConvertAll(groupSizes, n => (UInt128)n);
        UInt128[] pools = new UInt128[heads.Length];
        Apportionment.LargestRemainder(pool.BaseUnits, heads, pools);

        PocGroup[] groups = new PocGroup[groupSizes.Length];
        Contest contest = new(rules, window, drawSeed);
        UInt128 total = 0;
        for (int group = 0, start = 0; group < groups.Length; start += groupSizes[group++])
        {
            Span<int> members = order.AsSpan(start, groupSizes[group]);
            // Inside a group the canonical order decides ties; indices of entrants are in that order.
            members.Sort();
            groups[group] = contest.Run(entrants, members, group, pools[group]);
            foreach (int member in members) total += entrants[member].Paid;
        }

        return new PocResult(entrants, groups, TokenAmount.FromBaseUnits(total), creators.After(rules));
    }

    /// <summary>
    /// Entrants by level, then trailing average, strongest first, then id; cut into groups. A single one left over joins the group before it,
    /// unless it is alone in its level.
    /// </summary>
    private static (int[] Order, int[] GroupSizes) Arrange(PocEntrant[] entrants, int groupSize)
    {
        int[] order = new int[entrants.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (a, b) =>
        {
            int byLevel = entrants[a].Level.CompareTo(entrants[b].Level);
            if (byLevel != 0) return byLevel;
            int byTrailing = entrants[b].TrailingMicro.CompareTo(entrants[a].TrailingMicro);
            return byTrailing != 0 ? byTrailing : a.CompareTo(b);
        });

        List<int> sizes = [];
        for (int start = 0; start < order.Length;)
        {
            int end = start;
            while (end < order.Length && entrants[order[end]].Level == entrants[order[start]].Level) end++;
            while (start < end)
            {
                int size = Math.Min(groupSize, end - start);
                if (end - start == groupSize + 1) size++;
                sizes.Add(size);
                start += size;
            }
        }

        return (order, [.. sizes]);
    }

    /// <summary>The window's creators beside their standings: entrants going in, standings coming out.</summary>
    private sealed class Creators
    {
        private readonly List<CreatorStanding> _standings = [];
        private readonly List<int> _entrantOf = [];

        internal Creators(PocRules rules, ContributionSheet sheet, CanonicalRows rows, CreatorBook before, Day window)
        {
            CategoryHistory history = new(sheet, window);
            List<PocEntrant> entrants = [];
            ReadOnlySpan<CreatorStanding> old = before.Rows;
            int row = 0, at = 0;
            while (row < sheet.Creator.Length || at < old.Length)
            {
                int side = row == sheet.Creator.Length ? 1
                    : at == old.Length ? -1
                    : rows.Compare(sheet.Creator[row], old[at].Account);
                CreatorStanding standing = side >= 0 ? old[at++] : CreatorStanding.Newcomer(sheet.Creator[row]);
                int creatorRow = side <= 0 ? row++ : -1;
                standing = standing with { History = history.Extend(standing.History, creatorRow), Level = Math.Min(standing.Level, rules.LevelMax) };
                bool enters = creatorRow >= 0 && (sheet.Posts[creatorRow] > 0 || sheet.BroadcastMinutes[creatorRow] > 0);
                _entrantOf.Add(enters ? entrants.Count : -1);
                _standings.Add(standing);
                if (enters) entrants.Add(Enter(rules, sheet, creatorRow, standing, history));
            }

            Entrants = [.. entrants];
        }

        internal PocEntrant[] Entrants { get; }

        /// <summary>Winners rise, the idle fall, averages move; who has nothing left to remember is forgotten.</summary>
        internal CreatorBook After(PocRules rules)
        {
            List<CreatorStanding> after = new(_standings.Count);
            for (int i = 0; i < _standings.Count; i++)
            {
                CreatorStanding standing = _standings[i];
                bool entered = _entrantOf[i] >= 0;
                PocEntrant entrant = entered ? Entrants[_entrantOf[i]] : default;
                long trailing = (long)((((UInt128)standing.TrailingMicro * (TrailingWindows - 1)) + (UInt128)entrant.ScoreMicro) / TrailingWindows);
                (uint level, uint idle) = entered
                    ? (entrant.Won ? Math.Min(standing.Level + 1, rules.LevelMax) : standing.Level, 0)
                    : standing.Idle + 1 >= rules.IdleWindows ? (Math.Max(standing.Level - 1, 1), 0) : (standing.Level, standing.Idle + 1);
                CreatorStanding next = standing with { Level = level, Idle = idle, TrailingMicro = trailing };
                if (next.Matters) after.Add(next);
            }

            return new CreatorBook([.. after]);
        }

        private static PocEntrant Enter(PocRules rules, ContributionSheet sheet, int row, CreatorStanding standing, CategoryHistory history)
        {
            (ulong top, ulong all) = history.Concentration(standing.History);
            BaseCoefficient coefficient = CreatorScore.Coefficient(rules, sheet, row, top, all);
            long contribution = CreatorScore.Contribution(rules.Weights, sheet, row);
            return new PocEntrant(
                standing.Account, standing.Level, standing.TrailingMicro, coefficient, contribution,
                CreatorScore.Of(contribution, coefficient.Beta), -1, Q32.Zero, 0, false);
        }
    }
}
