using Ledger.Core.Quantities;

namespace Ledger.Core.Payouts;

/// <summary>A window's rewards and how they came about.</summary>
public sealed record WindowResult
{
    /// <summary>F: the incentive fund when the pool was drawn.</summary>
    public required TokenAmount FundBefore { get; init; }

    /// <summary>What others added to the pool.</summary>
    public required TokenAmount TopUps { get; init; }

    public required PoolResult Pool { get; init; }

    public required PoaResult Poa { get; init; }

    public required PocResult Poc { get; init; }

    public required RewardStatement Statement { get; init; }

    /// <summary>What the next window starts from.</summary>
    public required PayoutState Next { get; init; }

    /// <summary>What goes back to the incentive fund: the pool less what was paid.</summary>
    public TokenAmount Returned => Pool.Pool - Statement.Total;
}
