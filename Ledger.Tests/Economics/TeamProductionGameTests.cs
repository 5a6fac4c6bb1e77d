using Ledger.Core.Economics;
using Xunit;
using static Ledger.Tests.Economics.EconomicsPage;

namespace Ledger.Tests.Economics;

/// <summary>Guarantee: the paper's formulas are what computing the game without them gives.</summary>
public class TeamProductionGameTests
{
    [Fact]
    public void Numerical_solution_equals_the_closed_forms_for_1_to_64_members()
    {
        for (var members = 1; members <= 64; members++)
        {
            var expected = TeamProductionGame.ClosedForm(members);
            var actual = TeamProductionGame.Numerical(members);
            Near(expected.OptimalEffort, actual.OptimalEffort, members);
            Near(expected.OptimalOutput, actual.OptimalOutput, members);
            Near(expected.NashEffort, actual.NashEffort, members);
            Near(expected.NashOutput, actual.NashOutput, members);
            Near(expected.Loss, actual.Loss, members);
            Near(expected.NashUtility, actual.NashUtility, members);
            Near(expected.NashUtilitySlope, actual.NashUtilitySlope, members);
        }
    }

    [Fact]
    public void Page_shows_the_closed_forms()
    {
        foreach (var row in Rows("Team production by size"))
        {
            var expected = TeamProductionGame.ClosedForm(Count(row["N"]));
            Assert.Equal(expected.OptimalEffort, Number(row["e*"]), 1e-15);
            Assert.Equal(expected.OptimalOutput, Number(row["V*"]), 1e-15);
            Assert.Equal(expected.NashEffort, Number(row["e alone"]), 1e-15);
            Assert.Equal(expected.NashOutput, Number(row["V alone"]), 1e-15);
            Assert.Equal(expected.Loss, Number(row["loss"]), 1e-15);
            Assert.Equal(expected.NashUtility, Number(row["U alone"]), 1e-15);
            Assert.Equal(expected.NashUtilitySlope, Number(row["dU/dN"]), 1e-15);
        }
    }

    [Fact]
    public void One_member_alone_is_already_at_the_optimum()
    {
        var one = TeamProductionGame.Numerical(1);
        Assert.Equal(one.OptimalEffort, one.NashEffort, TeamProductionGame.Tolerance);
        Assert.Equal(0, one.Loss, TeamProductionGame.Tolerance);
    }

    [Fact]
    public void A_team_without_members_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TeamProductionGame.ClosedForm(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TeamProductionGame.Numerical(0));
    }

    private static void Near(double expected, double actual, int members)
        => Assert.True(
            Math.Abs(expected - actual) <= TeamProductionGame.Tolerance * Math.Max(1e-3, Math.Abs(expected)),
            $"N = {members}: expected {expected:R}, computed {actual:R}");
}
