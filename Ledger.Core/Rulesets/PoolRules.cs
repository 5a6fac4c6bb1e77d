using System.Collections.Immutable;
using Ledger.Core.Quantities;

namespace Ledger.Core.Rulesets;

/// <summary>How much of the incentive fund a window pays out, and how that follows the community's activity (reward rules R5).</summary>
public sealed record PoolRules
{
    /// <summary>δ: the part of the fund that a day of ordinary activity pays.</summary>
    public required Q32 Delta { get; init; }

    /// <summary>η: the power of the activity index in the elasticity E = A^η; 0 makes the pool blind to activity.</summary>
    public required Q32 Eta { get; init; }

    /// <summary>Least elasticity, at most 1.</summary>
    public required Q32 ElasticityMin { get; init; }

    /// <summary>Greatest elasticity, at least 1; δ · this is at most 1, so that the fund is never overdrawn.</summary>
    public required Q32 ElasticityMax { get; init; }

    /// <summary>The most that E may differ from the previous window's.</summary>
    public required Q32 ElasticityChangeMax { get; init; }

    /// <summary>n: references are exponential moving averages with the smoothing factor 2/(n + 1).</summary>
    public required uint ReferenceWindows { get; init; }

    /// <summary>POA's part of the pool; POC gets the rest.</summary>
    public required BasisPoints PoaShare { get; init; }

    /// <summary>Weight of each metric in the index, in the order of <see cref="Events.WindowClosed.MetricNames"/>; they need not sum to anything but must not all be 0.</summary>
    public required ImmutableArray<uint> MetricWeights { get; init; }
}
