namespace Ledger.Core.Economics;

/// <summary>
/// What one person gains by splitting the work of one account over two (a sybil), for accounts that are teams of one.
/// Pay is in heads: 1 is one account's full entitlement P_A/ΣN. Work is in quotas. The rise of ΣN by the second account is ignored,
/// which favours the attacker.
/// </summary>
public static class AttackCost
{
    /// <summary>
    /// Two accounts sharing the work of one never earn more than this many times its pay, under any pay rule that never falls with points:
    /// each part's points are at most the whole's, so each part's pay is too. Reached from two quotas of work on, where both accounts are paid in full.
    /// </summary>
    public const double DeclaredBound = 2;

    /// <summary>Full work for two accounts; beyond it nothing changes.</summary>
    private const double WorkMax = 2;

    private const int WorkCells = 512;

    /// <summary>Pay of a team of one with this much work: φ(√min(work, 1)).</summary>
    public static double PayOfOne(PayRule rule, double workQuotas)
        => rule.Factor(Math.Sqrt(Math.Min(workQuotas, 1)));

    /// <summary>The split of this much work that pays most, found by search; the ratio is 0 when nothing is paid either way.</summary>
    public static SplitAttack BestSplit(PayRule rule, double workQuotas)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workQuotas);
        var one = PayOfOne(rule, workQuotas);
        var (share, two) = ScalarSearch.Maximum(s => PayOfOne(rule, s) + PayOfOne(rule, workQuotas - s), 0, workQuotas / 2);
        // Exactly one quota on one account and the rest on the other is a corner of the pay, and no grid is sure to meet it.
        var kink = workQuotas - 1;
        if (kink > 0 && kink < workQuotas / 2 && PayOfOne(rule, kink) + 1 > two) (share, two) = (kink, PayOfOne(rule, kink) + 1);
        return new SplitAttack(workQuotas, one, two, share, one == 0 ? 0 : two / one);
    }

    /// <summary>The largest ratio of <see cref="BestSplit"/> over amounts of work up to <paramref name="workQuotasMax"/>.</summary>
    public static double WorstRatio(PayRule rule, double workQuotasMax)
        => Enumerable.Range(1, WorkCells).Max(i => BestSplit(rule, workQuotasMax * i / WorkCells).Ratio);

    /// <summary>
    /// The least work, to 1/256 quota, from which splitting pays more than not splitting; 2 for the strict rule.
    /// What honest accounts do below it is safe without any other defence.
    /// </summary>
    public static double LeastProfitableWork(PayRule rule)
    {
        const double RoundingSlack = 1e-9;
        for (var i = 1; i < WorkCells; i++)
        {
            var work = WorkMax * i / WorkCells;
            if (BestSplit(rule, work).Ratio > 1 + RoundingSlack) return work;
        }

        return WorkMax;
    }

    /// <summary>
    /// The cost of opening one more account (identity check, deposit, waiting) from which the split is no longer profitable:
    /// the extra pay per window times the windows until the account is found and suspended. Unit: that of <paramref name="headPay"/>.
    /// </summary>
    /// <param name="attack">The split.</param>
    /// <param name="headPay">One full entitlement per window, P_A/ΣN, in tokens.</param>
    /// <param name="paidWindows">Windows in which the account is paid before it is suspended.</param>
    public static double BreakEvenOpeningCost(SplitAttack attack, double headPay, double paidWindows)
        => Math.Max(0, attack.PayOfTwo - attack.PayOfOne) * headPay * paidWindows;

    /// <summary>
    /// The contest's bound (reward rule R4): two entrants earn at most 2 · W_m where one earns at least W_w, and
    /// W_m/W_w = 1 + n · spread/(1 − spread). Reached only if the whole meets the strongest rivals and both parts meet the weakest.
    /// Infinite at spread 1, where the loser's prize is nothing.
    /// </summary>
    /// <param name="groupSize">n.</param>
    /// <param name="spread">The part of the group's pool that rank decides, 0 to 1.</param>
    public static double ContestBound(int groupSize, double spread) => DeclaredBound * (1 + (groupSize * spread / (1 - spread)));
}
