using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;

namespace Ledger.Core.Payouts;

/// <summary>How big a window's pool is, and why (reward rules R5).</summary>
/// <param name="References">What each metric was compared with, Q32, at least 1.</param>
/// <param name="Index">A: the weighted geometric mean of metric over reference.</param>
/// <param name="Elasticity">E: A^η within the ruleset's bounds.</param>
/// <param name="Pool">R = floor(F · δ · E) + top-ups.</param>
/// <param name="PoaPool">POA's part, rounded down.</param>
/// <param name="PocPool">The rest.</param>
/// <param name="NextReferences">The moving averages that the next window is compared with, Q32.</param>
public sealed record PoolResult(ulong[] References, Q32 Index, Q32 Elasticity, TokenAmount Pool, TokenAmount PoaPool, TokenAmount PocPool, ulong[] NextReferences);

/// <summary>Draws a window's pool from the incentive fund.</summary>
public static class PoolRule
{
    /// <summary>Computes the pool. In the first window every metric is its own reference, so the index is 1.</summary>
    /// <param name="rules">The ruleset's pool section.</param>
    /// <param name="metrics">The window's metrics.</param>
    /// <param name="references">The previous windows' averages, Q32; null in the first window.</param>
    /// <param name="elasticityBefore">The previous window's E; 1 in the first.</param>
    /// <param name="fund">F: the incentive fund's balance.</param>
    /// <param name="topUps">What others added to this window's pool.</param>
    public static PoolResult Compute(PoolRules rules, ReadOnlySpan<ulong> metrics, ulong[]? references, Q32 elasticityBefore, TokenAmount fund, TokenAmount topUps)
    {
        ulong[] floored = new ulong[metrics.Length];
        for (int i = 0; i < floored.Length; i++) floored[i] = Math.Clamp(metrics[i], 1, uint.MaxValue) << Q32.FractionBits;
        ulong[] used = references is null ? floored : Array.ConvertAll(references, r => Math.Max(r, Q32.One.Raw));
        Q32 index = Index(rules, floored, used);
        Q32 elasticity = Elasticity(rules, index, elasticityBefore);
        TokenAmount drawn = fund.FloorMulDiv((UInt128)rules.Delta.Raw * elasticity.Raw, (UInt128)1 << (2 * Q32.FractionBits), out _);
        TokenAmount pool = drawn + topUps;
        TokenAmount poa = rules.PoaShare.Of(pool);
        return new PoolResult(used, index, elasticity, pool, poa, pool - poa, Averages(rules, floored, used));
    }

    private static Q32 Index(PoolRules rules, ulong[] metrics, ulong[] references)
    {
        WeightedRatio[] terms = new WeightedRatio[metrics.Length];
        for (int i = 0; i < terms.Length; i++) terms[i] = new WeightedRatio(metrics[i], references[i], Q32.FromInteger(rules.MetricWeights[i]));
        return FixedMath.WeightedGeometricMean(terms);
    }

    /// <summary>A^η, first within the change allowed since yesterday, then within the bounds, which therefore always hold.</summary>
    private static Q32 Elasticity(PoolRules rules, Q32 index, Q32 before)
    {
        Q32 raised = Raise(index, rules.Eta, rules.ElasticityMax);
        Q32 least = before > rules.ElasticityChangeMax ? before - rules.ElasticityChangeMax : Q32.Zero;
        Q32 steady = Q32.Min(Q32.Max(raised, least), before + rules.ElasticityChangeMax);
        return Q32.Min(Q32.Max(steady, rules.ElasticityMin), rules.ElasticityMax);
    }

    /// <summary>min(index^eta, most): a power beyond the range is beyond any bound too.</summary>
    private static Q32 Raise(Q32 index, Q32 eta, Q32 most)
    {
        if (index <= Q32.One) return Q32.Min(FixedMath.Pow(index, eta), most);
        return FixedMath.Log2(index).FloorMul(eta) >= FixedMath.Log2(most) ? most : Q32.Min(FixedMath.Pow(index, eta), most);
    }

    /// <summary>floor((reference · (n − 1) + 2 · metric) / (n + 1)): the exponential moving average over n windows.</summary>
    private static ulong[] Averages(PoolRules rules, ulong[] metrics, ulong[] references)
    {
        ulong[] next = new ulong[metrics.Length];
        for (int i = 0; i < next.Length; i++)
            next[i] = (ulong)((((UInt128)references[i] * (rules.ReferenceWindows - 1)) + ((UInt128)2 * metrics[i])) / (rules.ReferenceWindows + 1));
        return next;
    }
}
