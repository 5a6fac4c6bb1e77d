using FsCheck.Xunit;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Xunit;

namespace Ledger.Tests.Payouts;

/// <summary>The group rule: a team at its quota is paid in full, one µpoint less breaks strict, graded never falls when output rises.</summary>
public sealed class PoaRuleTests
{
    private static readonly PoaRules Strict = Ruleset.Default.Poa with { Mode = PoaMode.Strict };

    [Property]
    public void Effort_is_one_half_exactly_at_the_quota_and_less_one_micropoint_below(ulong any)
    {
        long quota = 1 + (long)(any % ((1UL << 53) - 1));
        Assert.Equal(1UL << 31, PoaRule.Effort(quota, quota));
        Assert.Equal(1UL << 31, PoaRule.Effort(long.MaxValue, quota));
        Assert.True(PoaRule.Effort(quota - 1, quota) < 1UL << 31);
        Assert.Equal(0UL, PoaRule.Effort(0, quota));
    }

    [Property]
    public void Effort_never_falls_with_points(ulong any, ulong some)
    {
        long quota = 1 + (long)(any % ((1UL << 53) - 1));
        long points = (long)(some % (ulong)quota);
        Assert.True(PoaRule.Effort(points, quota) <= PoaRule.Effort(points + 1, quota));
    }

    [Property]
    public void Strict_pays_a_team_exactly_when_every_member_meets_the_quota(Person[] people)
    {
        World world = new(Ruleset.Default with { Poa = Strict }, people);
        PoaResult poa = WindowRules.Compute(world.Window(0, PayoutState.Initial)).Poa;
        for (int row = 0; row < poa.Head.Length; row++)
        {
            bool all = poa.Team[row] < 0
                ? people[world.PersonOf(poa.Head[row])].Points >= 10
                : people.Where(p => p.TeamNumber == people[world.PersonOf(poa.Head[row])].TeamNumber).All(p => Math.Min(p.TeamPoints % 21, (int)p.Points) >= 10);
            Assert.Equal(all ? Q32.One.Raw : 0, poa.Factor[row]);
            Assert.Equal(all ? poa.Entitlement[row] : 0, poa.Paid[row]);
        }
    }

    [Property]
    public void Factor_never_falls_when_output_rises(uint a, uint b, ushort theta, byte exponent, byte size)
    {
        PoaRules rules = Ruleset.Default.Poa with { Mode = PoaMode.Graded, Theta = Q32.FromRatio(theta, 65_536), Exponent = 1u + (exponent % 64u) };
        int n = 1 + (size % 100);
        ulong low = Math.Min(a, b) % (PoaRule.Optimum(n) + 1), high = Math.Max(low, Math.Max(a, b) % (PoaRule.Optimum(n) + 1));
        Assert.True(PoaRule.Factor(rules, low, n) <= PoaRule.Factor(rules, high, n));
        Assert.Equal(Q32.One.Raw, PoaRule.Factor(rules, PoaRule.Optimum(n), n));
        Assert.True(PoaRule.Factor(rules, PoaRule.Optimum(n) - 1, n) < Q32.One.Raw);
    }

    [Property]
    public void Factor_is_low_by_less_than_its_roundings(uint output, ushort theta, byte exponent)
    {
        PoaRules rules = Ruleset.Default.Poa with { Mode = PoaMode.Graded, Theta = Q32.FromRatio(theta, 65_536), Exponent = 1u + (exponent % 64u) };
        ulong v = output % (PoaRule.Optimum(1) + 1);
        double t = theta / 65_536.0;
        double exact = Math.Pow(Math.Max(0, ((v / (double)PoaRule.Optimum(1)) - t) / (1 - t)), rules.Exponent);
        double computed = PoaRule.Factor(rules, v, 1) / (double)Q32.One.Raw;
        Assert.InRange(computed, exact - (2.0 * rules.Exponent / Q32.One.Raw) - 1e-12, exact + 1e-12);
    }

    [Property]
    public void An_entitlement_is_per_head_and_a_teams_lines_never_exceed_its_pay(Person[] people, byte variant)
    {
        World world = new(Variants.Of(variant), people);
        WindowResult result = WindowRules.Compute(world.Window(0, PayoutState.Initial));
        PoaResult poa = result.Poa;
        UInt128 heads = (UInt128)poa.Size.Sum();
        for (int row = 0; row < poa.Head.Length; row++)
        {
            UInt128 floor = result.Pool.PoaPool.BaseUnits * (UInt128)poa.Size[row] / heads;
            Assert.InRange(poa.Entitlement[row], floor, floor + 1);
            if (poa.Team[row] < 0) continue;
            HashSet<int> team = [poa.Head[row], .. world.Roster().Members[poa.Team[row]]];
            UInt128 lines = 0;
            for (int i = 0; i < poa.LineAccount.Length; i++)
            {
                if (team.Contains(poa.LineAccount[i])) lines += poa.LineAmount[i];
            }

            Assert.True(lines <= poa.Paid[row]);
            if (world.Ruleset.Poa.Split == PoaSplit.Equal) Assert.Equal(poa.Paid[row], lines);
        }
    }

    [Fact]
    public void A_strangers_activity_in_a_teams_space_changes_nothing_for_the_team()
    {
        Person provider = new(1, 10, 10, 0, 0, 0), member = new(1, 10, 10, 0, 0, 0), stranger = new(0, 200, 0, 0, 0, 0);
        World world = new(Ruleset.Default with { Poa = Strict }, [provider, member, stranger]);
        PoaResult poa = WindowRules.Compute(world.Window(0, PayoutState.Initial)).Poa;
        Assert.Equal([2, 1], poa.Size);
        Assert.All(poa.Factor, f => Assert.Equal(Q32.One.Raw, f));
    }

    [Fact]
    public void A_team_in_which_nobody_earned_a_point_takes_no_part()
    {
        Person idle = new(1, 5, 0, 0, 0, 0), alone = new(0, 10, 0, 0, 0, 0);
        World world = new(Ruleset.Default, [idle, idle, alone]);
        PoaResult poa = WindowRules.Compute(world.Window(0, PayoutState.Initial)).Poa;
        Assert.Equal([world.Ordinal(2)], poa.Head);
    }
}
