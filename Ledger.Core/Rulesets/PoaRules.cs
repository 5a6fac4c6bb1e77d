using Ledger.Core.Quantities;

namespace Ledger.Core.Rulesets;

/// <summary>How a team's output becomes its pay factor φ.</summary>
public enum PoaMode
{
    /// <summary>All or nothing: φ = 1 exactly when every member met the quota (white paper section 4.3).</summary>
    Strict,

    /// <summary>φ = ((ρ − θ)/(1 − θ))ᵏ above θ, else 0.</summary>
    Graded,
}

/// <summary>How the members' part of a team's pay is divided among them.</summary>
public enum PoaSplit
{
    /// <summary>The same for each member.</summary>
    Equal,

    /// <summary>In proportion to each member's points up to the quota.</summary>
    Activity,
}

/// <summary>Proof of Activity: the group rule (reward rules R3).</summary>
public sealed record PoaRules
{
    /// <summary>Points that are the optimal effort e* = 1/4, µpoints, at least 1.</summary>
    public required long QuotaMicro { get; init; }

    public required PoaMode Mode { get; init; }

    /// <summary>θ: at or below this ratio of output to the optimum, <see cref="PoaMode.Graded"/> pays nothing. Below 1.</summary>
    public required Q32 Theta { get; init; }

    /// <summary>k: the exponent of <see cref="PoaMode.Graded"/>, 1 to 64. Free riding never pays in teams of N ≤ k/(1 − θ).</summary>
    public required uint Exponent { get; init; }

    public required PoaSplit Split { get; init; }

    /// <summary>The most of a team's pay that its provider may take.</summary>
    public required BasisPoints ProviderShareMax { get; init; }

    /// <summary>What a provider takes that never set a share.</summary>
    public required BasisPoints ProviderShareDefault { get; init; }

    /// <summary>The provider's share in force, basis points: what the roster says, bounded by <see cref="ProviderShareMax"/>.</summary>
    public BasisPoints ProviderShare(uint shareBps) => BasisPoints.From((int)Math.Min(shareBps, (uint)ProviderShareMax.Value));
}
