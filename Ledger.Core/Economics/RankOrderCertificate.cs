namespace Ledger.Core.Economics;

/// <summary>
/// Whether the spread W_m − W_w makes working strictly better than idling whatever the others do (reward rule R4).
/// Conservative: an idle creator is credited with the paper's pay here, while the rule pays a zero score nothing.
/// </summary>
/// <param name="GroupSize">n.</param>
/// <param name="Spread">W_m − W_w, in the same unit as the effort's cost.</param>
/// <param name="EffortCost">e, what the quota's effort costs a creator.</param>
/// <param name="RequiredSpread">The spread must exceed this: e · n(3n − 2)/(2(n − 1)).</param>
/// <param name="RequiredSpreadNumerical">The same bound, found by trying every number of working opponents.</param>
/// <param name="HardestOpponents">The number of working opponents against which working pays least.</param>
/// <param name="Holds">Working strictly dominates idling.</param>
public sealed record RankOrderCertificate(
    int GroupSize, double Spread, double EffortCost, double RequiredSpread, double RequiredSpreadNumerical, int HardestOpponents, bool Holds)
{
    /// <summary>e · n(3n − 2)/(2(n − 1)); for two creators 4e, the white paper's bound.</summary>
    public static double ClosedFormRequiredSpread(int groupSize, double effortCost)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groupSize, 2);
        double n = groupSize;
        return effortCost * n * ((3 * n) - 2) / (2 * (n - 1));
    }

    public static RankOrderCertificate For(int groupSize, double spread, double effortCost)
    {
        // Opponents matter only through how many of them work, so n counts stand for all 2^(n−1) profiles.
        var hardest = Enumerable.Range(0, groupSize).MinBy(m => RankOrderContest.GainFromWork(groupSize, 1, 0, m));
        var numerical = effortCost / RankOrderContest.GainFromWork(groupSize, 1, 0, hardest);
        var required = ClosedFormRequiredSpread(groupSize, effortCost);
        return new RankOrderCertificate(groupSize, spread, effortCost, required, numerical, hardest, spread > required);
    }
}
