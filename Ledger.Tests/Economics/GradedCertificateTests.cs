using FsCheck.Xunit;
using Ledger.Core.Economics;
using Xunit;
using static Ledger.Tests.Economics.EconomicsPage;

namespace Ledger.Tests.Economics;

/// <summary>Guarantee: meeting the quota is a best response exactly when k/(1 − θ) is at least the team's size.</summary>
public class GradedCertificateTests
{
    [Fact]
    public void Page_shows_the_certificates()
    {
        foreach (var row in Rows("Graded certificates"))
        {
            var rule = Rule(row);
            var certificate = GradedCertificate.For(Count(row["N"]), rule);
            if (!rule.IsStrict) Assert.Equal(GradedCertificate.LeastK(certificate.TeamSize, rule.Theta), Number(row["least k"]), 1e-12);
            Assert.Equal(certificate.HoldsLocally, YesNo(row["locally"]));
            Assert.Equal(certificate.HoldsGlobally, YesNo(row["globally"]));
            Assert.Equal(certificate.WorstDeviation, Number(row["worst effort"]), 0.00005);
            Assert.Equal(certificate.WorstGain, Number(row["gain"]), 0.00005);
        }
    }

    [Property(MaxTest = 300)]
    public void Local_condition_decides_every_deviation(byte size, byte thetaPercent, byte excess)
    {
        var (teamSize, theta) = ((size % 64) + 1, thetaPercent % 100 / 100.0);
        var least = GradedCertificate.LeastK(teamSize, theta);
        var enough = GradedCertificate.For(teamSize, theta, least * (1 + 1e-12 + (excess / 100.0)));
        Assert.True(enough.HoldsLocally && enough.HoldsGlobally, enough.ToString());
        var short1 = GradedCertificate.For(teamSize, theta, least * (1 - 1e-4 - (excess / 300.0)));
        Assert.True(!short1.HoldsLocally && !short1.HoldsGlobally, short1.ToString());
    }

    [Property(MaxTest = 300)]
    public void Reported_deviation_gains_what_it_says_and_no_sampled_one_gains_more(byte size, byte thetaPercent, byte tenthsOfK, ushort sample)
    {
        var rule = PayRule.Graded(thetaPercent % 100 / 100.0, (tenthsOfK + 1) / 10.0);
        var certificate = GradedCertificate.For((size % 64) + 1, rule);
        var reported = GradedCertificate.Gain(certificate.TeamSize, rule, Math.Sqrt(certificate.WorstDeviation));
        Assert.Equal(certificate.WorstGain, reported, 1e-9);
        Assert.True(GradedCertificate.Gain(certificate.TeamSize, rule, sample / 131_070.0) <= certificate.WorstGain + 1e-9, certificate.ToString());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 0.9)]
    [InlineData(2, 0.5)]
    [InlineData(8, 0.5)]
    [InlineData(64, 0.9)]
    public void Search_sees_a_steepness_short_by_a_part_in_100_000(int teamSize, double theta)
    {
        var least = GradedCertificate.LeastK(teamSize, theta);
        Assert.False(GradedCertificate.For(teamSize, theta, least * (1 - 1e-5)).HoldsGlobally);
    }

    [Fact]
    public void Strict_rule_holds_for_every_team_size()
    {
        for (var size = 1; size <= 256; size++)
        {
            var certificate = GradedCertificate.For(size, PayRule.Strict);
            Assert.True(certificate.HoldsLocally && certificate.HoldsGlobally, $"N = {size}");
        }
    }

    [Theory]
    [InlineData(-0.1, 1)]
    [InlineData(1, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(0.5, 0)]
    [InlineData(0.5, double.NaN)]
    [InlineData(0.5, double.PositiveInfinity)]
    public void Rules_outside_their_range_are_refused(double theta, double k)
        => Assert.Throws<ArgumentOutOfRangeException>(() => PayRule.Graded(theta, k));
}
