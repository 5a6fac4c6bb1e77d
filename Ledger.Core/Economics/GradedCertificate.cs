namespace Ledger.Core.Economics;

/// <summary>
/// Whether a pay rule keeps the quota worth meeting for a member of a team whose others meet it (reward rule R3).
/// Payoffs are in the unit of V: meeting the quota costs e* = 1/4 and pays V*/N = 1/2, so it is worth 1/4.
/// </summary>
/// <param name="TeamSize">N.</param>
/// <param name="Rule">The pay rule.</param>
/// <param name="HoldsLocally">The last bit of effort pays for itself: k/(1 − θ) ≥ N (always for the strict rule).</param>
/// <param name="HoldsGlobally">No effort from 0 to 1/4 is worth more than the quota, by search over all of them.</param>
/// <param name="WorstDeviation">The effort below the quota's that is worth most; 1/4 when none gains.</param>
/// <param name="WorstGain">What that deviation gains over meeting the quota; 0 when none gains.</param>
public sealed record GradedCertificate(
    int TeamSize, PayRule Rule, bool HoldsLocally, bool HoldsGlobally, double WorstDeviation, double WorstGain)
{
    /// <summary>Gains below this are rounding: a k short of N(1 − θ) by a part in 10^5 gains more.</summary>
    public const double GainTolerance = 1e-12;

    private const double QuotaEffort = 1.0 / 4;

    /// <summary>The least k that keeps the incentive at this θ and team size: N(1 − θ).</summary>
    public static double LeastK(int teamSize, double theta) => teamSize * (1 - theta);

    public static GradedCertificate For(int teamSize, double theta, double k) => For(teamSize, PayRule.Graded(theta, k));

    public static GradedCertificate For(int teamSize, PayRule rule)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(teamSize, 1);
        var holdsLocally = rule.IsStrict || rule.K >= LeastK(teamSize, rule.Theta);
        // Searched over the contribution x = √e, where the payoff is smooth near idling.
        var (contribution, value) = ScalarSearch.Maximum(x => Gain(teamSize, rule, x), 0, 0.5);
        var gains = value > GainTolerance;
        return new GradedCertificate(
            teamSize, rule, holdsLocally, !gains, gains ? contribution * contribution : QuotaEffort, gains ? value : 0);
    }

    /// <summary>Payoff of contributing x = √e less that of meeting the quota, everyone else meeting it.</summary>
    public static double Gain(int teamSize, PayRule rule, double contribution)
    {
        // 1 − (1 − 2x)/N rather than ((N − 1)/2 + x)/(N/2): exactly 1 at the quota for every N.
        var ratio = 1 - ((1 - (2 * contribution)) / teamSize);
        return (rule.Factor(ratio) / 2) - (contribution * contribution) - (0.5 - QuotaEffort);
    }
}
