using System.Globalization;
using Ledger.Core.Quantities;

namespace Ledger.Core.Rulesets;

/// <summary>What must hold between the fields of a ruleset, beyond each field's own range.</summary>
public static class RulesetChecks
{
    /// <summary>Everything that is wrong, in document order; empty when the ruleset may be adopted.</summary>
    public static IReadOnlyList<RulesetError> Find(Ruleset r)
    {
        List<RulesetError> errors = [];
        PoolRules pool = r.Pool;
        Check("quota-unreachable", "$.poa.quotaMicro", AllActivity(r) < r.Poa.QuotaMicro,
            "nobody can earn so many points within the caps of $.activity");
        Check("theta-not-below-one", "$.poa.theta", r.Poa.Theta >= Q32.One, "a decimal below 1");
        Check("share-default-above-max", "$.poa.providerShareDefaultBps", r.Poa.ProviderShareDefault > r.Poa.ProviderShareMax,
            "at most $.poa.providerShareMaxBps");
        Check("dimension-weights-above-one", "$.poc", DimensionWeights(r.Poc) > BasisPoints.Whole,
            "the weightBps of the five dimensions sum to at most 10000");
        // Compared without rounding: a product that exceeds 1 by less than a step of Q32 would still overdraw.
        Check("fund-overdraw", "$.pool.delta", (UInt128)pool.Delta.Raw * pool.ElasticityMax.Raw > (UInt128)Q32.One.Raw * Q32.One.Raw,
            string.Create(CultureInfo.InvariantCulture, $"delta · elasticityMax at most 1; it is {pool.Delta} · {pool.ElasticityMax}"));
        Check("elasticity-excludes-one", "$.pool.elasticityMax", pool.ElasticityMax < Q32.One, "at least 1");
        Check("metric-weights-zero", "$.pool.metricWeights", pool.MetricWeights.All(w => w == 0), "at least one weight above 0");
        return errors;

        void Check(string code, string path, bool broken, string expected)
        {
            if (broken) errors.Add(new RulesetError(code, path, expected));
        }
    }

    private static Int128 AllActivity(Ruleset r)
    {
        Int128 sum = 0;
        foreach (ActivityRule rule in r.Activity)
        {
            long countedMax = rule.CapPerWindow == 0 ? uint.MaxValue : rule.CapPerWindow;
            sum += (Int128)rule.WeightMicro * countedMax;
        }

        return sum;
    }

    private static int DimensionWeights(PocRules poc) =>
        poc.Production.Weight.Value + poc.Vertical.Weight.Value + poc.Broadcast.Weight.Value + poc.Interaction.Weight.Value + poc.Fans.Weight.Value;
}
