using Ledger.Core.Contributions;
using Ledger.Core.Kernels;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;

namespace Ledger.Core.Payouts;

/// <summary>Proof of Activity, the group rule (reward rules R3; white paper section 4.3).</summary>
public static class PoaRule
{
    /// <summary>√e of one member, Q32: isqrt(min(points, quota) · 2⁶⁴ / (4 · quota)). 2³¹ (one half) exactly at the quota, less below it.</summary>
    public static ulong Effort(long pointsMicro, long quotaMicro)
    {
        UInt128 counted = (UInt128)Math.Clamp(pointsMicro, 0, quotaMicro);
        // At most 2⁶² = 2⁶⁴/4, so the root is one of 64 bits.
        return IntegerRoot.Isqrt((ulong)((counted << 64) / (4 * (UInt128)quotaMicro)));
    }

    /// <summary>V* = N · 2³¹, Q32: every one of N people at the quota.</summary>
    public static ulong Optimum(int size) => (ulong)size << 31;

    /// <summary>φ, Q32: how much of its entitlement a team of this size and output is paid.</summary>
    public static ulong Factor(PoaRules rules, ulong output, int size)
    {
        ulong optimum = Optimum(size);
        if (output >= optimum) return Q32.One.Raw;
        ulong theta = rules.Theta.Raw;
        UInt128 above = (UInt128)output << 32;
        UInt128 floor = (UInt128)theta * optimum;
        if (rules.Mode == PoaMode.Strict || above <= floor) return 0;

        // One division: (V/V* − θ)/(1 − θ) = (V · 2³² − θ · V*) / (V* · (2³² − θ)), all scaled by 2³².
        Q32 part = Q32.FromRatio(above - floor, (UInt128)optimum * (Q32.One.Raw - theta));
        Q32 power = part;
        for (uint i = 1; i < rules.Exponent; i++) power = power.FloorMul(part);
        return power.Raw;
    }

    /// <summary>Pays <paramref name="pool"/> to the window's teams.</summary>
    /// <remarks>
    /// A team takes part when one of its people earned a point in its space, and then with all its people. An account in no team takes part
    /// when it earned a point anywhere. What is not paid stays in the pool.
    /// </remarks>
    internal static PoaResult Compute(PoaRules rules, ContributionSheet sheet, TeamRoster roster, CanonicalRows rows, TokenAmount pool)
    {
        Teams teams = new(rules, sheet, roster, rows);
        int count = teams.Head.Length;

        UInt128[] weights = GC.AllocateUninitializedArray<UInt128>(count);
        for (int i = 0; i < count; i++) weights[i] = (UInt128)teams.Size[i];
        UInt128[] entitlement = GC.AllocateUninitializedArray<UInt128>(count);
        Apportionment.LargestRemainder(pool.BaseUnits, weights, entitlement);

        ulong[] factor = GC.AllocateUninitializedArray<ulong>(count);
        UInt128[] paid = weights;
        AllCores.Rows(count, (from, to) =>
        {
            for (int i = from; i < to; i++)
            {
                factor[i] = Factor(rules, teams.Output[i], teams.Size[i]);
                paid[i] = factor[i] == Q32.One.Raw ? entitlement[i] : Q32.FromRaw(factor[i]).FloorOf(entitlement[i]);
            }
        });

        PoaLines lines = new(rules, sheet, roster, rows);
        lines.Add(teams.Head, teams.Team, paid);
        return new PoaResult
        {
            Head = teams.Head,
            Team = teams.Team,
            Size = teams.Size,
            Output = teams.Output,
            Entitlement = entitlement,
            Factor = factor,
            Paid = paid,
            LineAccount = lines.Account,
            LineRule = lines.Rule,
            LineAmount = lines.Amount,
            Total = TokenAmount.FromBaseUnits(lines.Total),
        };
    }

    /// <summary>The rows of the window: teams and accounts alone, merged in canonical order of their heads.</summary>
    private sealed class Teams
    {
        internal Teams(PoaRules rules, ContributionSheet sheet, TeamRoster roster, CanonicalRows rows)
        {
            bool[] inTeam = new bool[sheet.Account.Length];
            int[] active = FindActive(rules, sheet, roster, rows, inTeam, out ulong[] outputs);
            int[] heads = Array.ConvertAll(active, t => roster.Providers[t]);
            (int[] order, long[] places) = rows.Sort(heads);

            int alone = 0;
            for (int row = 0; row < inTeam.Length; row++)
            {
                if (!inTeam[row] && sheet.PointsMicro[row] > 0) alone++;
            }

            Head = GC.AllocateUninitializedArray<int>(alone + active.Length);
            Team = GC.AllocateUninitializedArray<int>(Head.Length);
            Size = GC.AllocateUninitializedArray<int>(Head.Length);
            Output = GC.AllocateUninitializedArray<ulong>(Head.Length);
            int next = 0, at = 0;
            for (int row = 0; row <= inTeam.Length; row++)
            {
                // A head with a row is that row's own account; one without goes before the row it precedes.
                for (; next < order.Length && (row == inTeam.Length || places[next] <= (2L * row) + 1); next++, at++)
                {
                    int team = active[order[next]];
                    (Head[at], Team[at], Size[at], Output[at]) = (roster.Providers[team], team, roster.Size(team), outputs[order[next]]);
                }

                if (row == inTeam.Length || inTeam[row] || sheet.PointsMicro[row] <= 0) continue;
                (Head[at], Team[at], Size[at]) = (sheet.Account[row], -1, 1);
                at++;
            }

            AllCores.Rows(Head.Length, (from, to) =>
            {
                for (int i = from; i < to; i++)
                {
                    if (Team[i] < 0) Output[i] = Effort(sheet.PointsMicro[rows.RowOf(Head[i])], rules.QuotaMicro);
                }
            });
        }

        internal int[] Head { get; }

        internal int[] Team { get; }

        internal int[] Size { get; }

        internal ulong[] Output { get; }

        private static int[] FindActive(
            PoaRules rules, ContributionSheet sheet, TeamRoster roster, CanonicalRows rows, bool[] inTeam, out ulong[] outputs)
        {
            List<int> active = [];
            List<ulong> found = [];
            for (int team = 0; team < roster.Count; team++)
            {
                ulong output = Take(roster.Providers[team]);
                bool any = output > 0 || Points(roster.Providers[team]) > 0;
                foreach (int member in roster.Members[team])
                {
                    output += Take(member);
                    any |= Points(member) > 0;
                }

                if (!any) continue;
                active.Add(team);
                found.Add(output);
            }

            outputs = [.. found];
            return [.. active];

            long Points(int account) => rows.RowOf(account) is var row and >= 0 ? sheet.TeamPointsMicro[row] : 0;

            ulong Take(int account)
            {
                int row = rows.RowOf(account);
                if (row < 0) return 0;
                inTeam[row] = true;
                return Effort(sheet.TeamPointsMicro[row], rules.QuotaMicro);
            }
        }
    }
}
