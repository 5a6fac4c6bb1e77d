using FsCheck.Xunit;
using Ledger.Core.Economics;
using Xunit;
using static Ledger.Tests.Economics.EconomicsPage;

namespace Ledger.Tests.Economics;

/// <summary>Guarantee: a second account never more than doubles the pay, and the tables say from where on it pays at all.</summary>
public class AttackCostTests
{
    [Fact]
    public void Page_shows_the_split_attacks()
    {
        foreach (var row in Rows("Split attack by pay rule"))
        {
            var rule = Rule(row);
            Assert.Equal(Number(row["least profitable work"]), AttackCost.LeastProfitableWork(rule));
            Assert.Equal(Number(row["worst ratio up to one quota"]), AttackCost.WorstRatio(rule, 1), 0.00005);
            Assert.Equal(Number(row["worst ratio"]), AttackCost.WorstRatio(rule, 2), 0.00005);
        }
    }

    [Fact]
    public void Page_shows_the_contest_bounds()
    {
        foreach (var row in Rows("Contest split bound"))
            Assert.Equal(Number(row["bound"]), AttackCost.ContestBound(Count(row["n"]), Number(row["spread"])), 1e-12);
    }

    [Property(MaxTest = 500)]
    public void No_split_pays_more_than_the_declared_bound(byte thetaPercent, byte tenthsOfK, ushort work, bool strict)
    {
        var rule = strict ? PayRule.Strict : PayRule.Graded(thetaPercent % 100 / 100.0, (tenthsOfK + 1) / 10.0);
        var attack = AttackCost.BestSplit(rule, work / 16_384.0);
        Assert.True(attack.PayOfTwo <= AttackCost.DeclaredBound * attack.PayOfOne, attack.ToString());
        Assert.Equal(
            attack.PayOfTwo,
            AttackCost.PayOfOne(rule, attack.SmallerShareQuotas) + AttackCost.PayOfOne(rule, attack.WorkQuotas - attack.SmallerShareQuotas),
            1e-12);
    }

    [Property(MaxTest = 500)]
    public void No_sampled_split_beats_the_best_one(byte thetaPercent, byte tenthsOfK, ushort work, ushort share)
    {
        var rule = PayRule.Graded(thetaPercent % 100 / 100.0, (tenthsOfK + 1) / 10.0);
        var whole = work / 16_384.0;
        var part = whole * share / ushort.MaxValue;
        var best = AttackCost.BestSplit(rule, whole);
        // A grid of the search may miss a kink between two points by little.
        Assert.True(AttackCost.PayOfOne(rule, part) + AttackCost.PayOfOne(rule, whole - part) <= best.PayOfTwo + 1e-3, best.ToString());
    }

    [Property(MaxTest = 500)]
    public void One_full_account_and_a_rest_is_never_overlooked(byte thetaPercent, byte tenthsOfK, ushort rest)
    {
        var rule = PayRule.Graded(thetaPercent % 100 / 100.0, (tenthsOfK + 1) / 10.0);
        var whole = 1 + (rest / 65_536.0);
        var best = AttackCost.BestSplit(rule, whole);
        Assert.True(1 + AttackCost.PayOfOne(rule, whole - 1) <= best.PayOfTwo + 1e-12, best.ToString());
    }

    [Fact]
    public void Two_quotas_of_work_reach_the_bound_under_every_rule()
    {
        foreach (var rule in new[] { PayRule.Strict, PayRule.Graded(0.5, 4), PayRule.Graded(0, 0.5) })
            Assert.Equal(AttackCost.DeclaredBound, AttackCost.BestSplit(rule, 2).Ratio);
    }

    [Fact]
    public void Strict_rule_pays_no_split_below_two_quotas()
    {
        for (var i = 0; i < 2000; i++)
            Assert.True(AttackCost.BestSplit(PayRule.Strict, i / 1000.0).Ratio <= 1, $"work = {i / 1000.0}");
    }

    [Fact]
    public void Opening_cost_breaks_even_at_the_extra_pay_until_suspension()
    {
        var attack = AttackCost.BestSplit(PayRule.Strict, 2);
        Assert.Equal(3.5 * 30, AttackCost.BreakEvenOpeningCost(attack, headPay: 3.5, paidWindows: 30));
        Assert.Equal(0, AttackCost.BreakEvenOpeningCost(AttackCost.BestSplit(PayRule.Strict, 1), headPay: 3.5, paidWindows: 30));
    }
}
