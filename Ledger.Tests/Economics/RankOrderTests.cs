using FsCheck.Xunit;
using Ledger.Core.Economics;
using Xunit;
using static Ledger.Tests.Economics.EconomicsPage;

namespace Ledger.Tests.Economics;

/// <summary>Guarantee: the contest has the paper's table, and working dominates exactly above the stated spread.</summary>
public class RankOrderTests
{
    [Fact]
    public void Page_shows_the_papers_table_for_two_creators()
    {
        foreach (var row in Rows("Chance to rise for two creators"))
        {
            Assert.Equal(
                Number(row["chance"]),
                RankOrderContest.ChanceToRise(2, YesNo(row["own work"]), YesNo(row["other's work"]) ? 1 : 0));
        }
    }

    [Fact]
    public void Page_shows_the_required_spreads()
    {
        foreach (var row in Rows("Contest spread by group size"))
        {
            var certificate = RankOrderCertificate.For(Count(row["n"]), 0, 1);
            Assert.Equal(certificate.RequiredSpread, Number(row["required spread"]), 1e-12);
            if (row["hardest opponents"] == "any")
                Assert.Equal(RankOrderContest.GainFromWork(2, 1, 0, 0), RankOrderContest.GainFromWork(2, 1, 0, 1));
            else
                Assert.Equal(certificate.HardestOpponents, Count(row["hardest opponents"]));
        }
    }

    [Fact]
    public void Bound_by_trying_all_opponents_equals_the_closed_form_for_2_to_32_creators()
    {
        for (var n = 2; n <= 32; n++)
        {
            var certificate = RankOrderCertificate.For(n, 0, 1.5);
            Assert.Equal(certificate.RequiredSpread, certificate.RequiredSpreadNumerical, 1e-12 * certificate.RequiredSpread);
        }
    }

    [Fact]
    public void Counting_working_opponents_stands_for_every_profile_of_them()
    {
        // The chances from the definition, over all 2^(n-1) profiles, against the count used by the product.
        for (var n = 2; n <= 10; n++)
        {
            for (var profile = 0; profile < 1 << (n - 1); profile++)
            {
                var others = Enumerable.Range(0, n - 1).Sum(j => (profile >> j & 1) + 0.5);
                Assert.Equal(1.5 / (1.5 + others), RankOrderContest.ChanceToRise(n, true, int.PopCount(profile)), 1e-15);
                Assert.Equal(0.5 / (0.5 + others), RankOrderContest.ChanceToRise(n, false, int.PopCount(profile)), 1e-15);
            }
        }
    }

    [Property]
    public void Chances_of_a_group_sum_to_one(byte size, byte working)
    {
        var n = (size % 31) + 2;
        var k = working % (n + 1);
        var workers = k == 0 ? 0 : k * RankOrderContest.ChanceToRise(n, true, k - 1);
        var idlers = k == n ? 0 : (n - k) * RankOrderContest.ChanceToRise(n, false, k);
        Assert.Equal(1, workers + idlers, 1e-12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void Above_the_bound_all_working_is_the_only_equilibrium_and_below_it_is_none(int n)
    {
        var bound = RankOrderCertificate.ClosedFormRequiredSpread(n, 1);
        Assert.True(RankOrderCertificate.For(n, bound * 1.001, 1).Holds);
        Assert.Equal([(1 << n) - 1], RankOrderContest.PureEquilibria(n, bound * 1.001, 1));
        Assert.Null(RankOrderContest.IndifferentMix(n, bound * 1.001, 1));
        Assert.False(RankOrderCertificate.For(n, bound * 0.999, 1).Holds);
        Assert.DoesNotContain((1 << n) - 1, RankOrderContest.PureEquilibria(n, bound * 0.999, 1));
    }

    [Fact]
    public void Two_creators_below_the_bound_both_idle_and_at_it_everything_is_an_equilibrium()
    {
        Assert.Equal([0], RankOrderContest.PureEquilibria(2, 3.999, 1));
        Assert.Null(RankOrderContest.IndifferentMix(2, 3.999, 1));
        Assert.Equal([0, 1, 2, 3], RankOrderContest.PureEquilibria(2, 4, 1));
        Assert.NotNull(RankOrderContest.IndifferentMix(2, 4, 1));
    }

    [Fact]
    public void Indifferent_mix_leaves_no_gain_from_work()
    {
        // n = 3, spread 5: between the easiest and the hardest opponents, so a mix balances them.
        var mix = RankOrderContest.IndifferentMix(3, 5, 1);
        Assert.NotNull(mix);
        var p = mix.Value;
        var gain = ((1 - p) * (1 - p) * RankOrderContest.GainFromWork(3, 5, 1, 0))
            + (2 * p * (1 - p) * RankOrderContest.GainFromWork(3, 5, 1, 1))
            + (p * p * RankOrderContest.GainFromWork(3, 5, 1, 2));
        Assert.Equal(0, gain, 1e-9);
    }
}
