using Ledger.Core.Identity;
using Ledger.Core.Quantities;

namespace Ledger.Core.Rulesets;

/// <summary>How votes by gift fade (reward rules R7).</summary>
public sealed record PopularityRules
{
    /// <summary>Days after which a gift weighs half.</summary>
    public required uint HalfLifeDays { get; init; }
}

/// <summary>The platform's part of payments (reward rules R8), rounded down.</summary>
public sealed record FeeRules
{
    public required BasisPoints Tip { get; init; }

    public required BasisPoints Gift { get; init; }

    public required BasisPoints Content { get; init; }

    public required BasisPoints App { get; init; }
}

/// <summary>What a promoter may get of a visitor's payments.</summary>
public sealed record PromoterRules
{
    /// <summary>The most that a creator may give away.</summary>
    public required BasisPoints ShareMax { get; init; }

    /// <summary>The promoter share in force: what was set, bounded; nothing where none was.</summary>
    public BasisPoints Share(uint? setBps) => BasisPoints.From((int)Math.Min(setBps ?? 0, (uint)ShareMax.Value));
}

/// <summary>Whether going live uses up bought minutes.</summary>
public sealed record BandwidthRules
{
    /// <summary>When true, a broadcast minute without a bought minute left is <c>unentitled-broadcast</c>.</summary>
    public required bool Required { get; init; }
}

/// <summary>What advertising does for the community.</summary>
public sealed record AdRules
{
    /// <summary>The part of advertising revenue that buys WE for the next window's pool.</summary>
    public required BasisPoints Buyback { get; init; }
}

/// <summary>Where and from what amount on earnings are settled (reward rules R9).</summary>
public sealed record SettlementRules
{
    /// <summary>A smaller unsettled amount waits; it keeps accruing and is never lost.</summary>
    public required TokenAmount MinPayout { get; init; }

    /// <summary>EIP-155 chain id, at least 1.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The contract that pays claims; zero until there is one.</summary>
    public required WalletAddress Distributor { get; init; }

    /// <summary>The token it pays; zero until there is one.</summary>
    public required WalletAddress Token { get; init; }
}
