using MathNet.Numerics;
using MathNet.Numerics.RootFinding;

namespace Ledger.Core.Economics;

/// <summary>
/// The rank-order contest of white paper §4.4 as reward rule R4 states it: n creators work (score = creatorQuota, at effort cost e)
/// or idle (score 0); creator i rises with chance (scoreᵢ + s₀)/Σ(scoreⱼ + s₀), s₀ = creatorQuota/2, and is paid W_w plus,
/// in expectation, that chance of the spread W_m − W_w.
/// </summary>
public static class RankOrderContest
{
    private const double WorkScore = 1;
    private const double BaseScore = WorkScore / 2;

    /// <summary>The chance to rise of a creator who works or idles while <paramref name="workingOpponents"/> of the n − 1 others work.</summary>
    public static double ChanceToRise(int groupSize, bool works, int workingOpponents)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groupSize, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(workingOpponents);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(workingOpponents, groupSize);
        var own = (works ? WorkScore : 0) + BaseScore;
        return own / ((WorkScore * (workingOpponents + (works ? 1 : 0))) + (BaseScore * groupSize));
    }

    /// <summary>What working adds to the expected pay less what it costs, for one count of working opponents.</summary>
    public static double GainFromWork(int groupSize, double spread, double effortCost, int workingOpponents)
        => (spread * (ChanceToRise(groupSize, true, workingOpponents) - ChanceToRise(groupSize, false, workingOpponents))) - effortCost;

    /// <summary>
    /// Every pure Nash equilibrium, by trying all 2ⁿ profiles; bit i set means that creator i works. Group sizes 2 to 16.
    /// </summary>
    public static IReadOnlyList<int> PureEquilibria(int groupSize, double spread, double effortCost)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groupSize, 16);
        return [.. Enumerable.Range(0, 1 << groupSize).Where(IsEquilibrium)];

        bool IsEquilibrium(int profile)
        {
            for (var i = 0; i < groupSize; i++)
            {
                var works = (profile >> i & 1) != 0;
                var others = int.PopCount(profile & ~(1 << i));
                var gain = GainFromWork(groupSize, spread, effortCost, others);
                if (works ? gain < 0 : gain > 0) return false;
            }

            return true;
        }
    }

    /// <summary>
    /// The chance of working that leaves everyone indifferent when all mix alike: the candidate for a symmetric mixed equilibrium.
    /// The smallest one when there are several; null when working (or idling) is better against every mix, so that none exists.
    /// </summary>
    public static double? IndifferentMix(int groupSize, double spread, double effortCost)
    {
        const int Cells = 256;
        for (var i = 0; i < Cells; i++)
        {
            double low = (double)i / Cells, high = (double)(i + 1) / Cells;
            double atLow = ExpectedGain(low), atHigh = ExpectedGain(high);
            if (atLow == 0) return low;
            if (atHigh == 0) return high;
            if (atLow < 0 != atHigh < 0) return Brent.FindRoot(ExpectedGain, low, high, 1e-12, 200);
        }

        return null;

        double ExpectedGain(double mix) => Enumerable.Range(0, groupSize).Sum(m =>
            SpecialFunctions.Binomial(groupSize - 1, m) * Math.Pow(mix, m) * Math.Pow(1 - mix, groupSize - 1 - m)
            * GainFromWork(groupSize, spread, effortCost, m));
    }
}
