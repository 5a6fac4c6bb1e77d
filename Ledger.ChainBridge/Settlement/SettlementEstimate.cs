using System.Numerics;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Accounting;
using Ledger.Core.Quantities;

namespace Ledger.ChainBridge.Settlement;

/// <summary>What a settlement will cost, told before anything is sent.</summary>
/// <param name="Transactions">Transactions to be sent.</param>
/// <param name="Gas">Gas of all of them.</param>
/// <param name="GasPrice">Wei per gas that it is reckoned with.</param>
/// <param name="BatchSize">Wallets of one push.</param>
public sealed record SettlementEstimate(int Transactions, ulong Gas, BigInteger GasPrice, int BatchSize)
{
    /// <summary>A root, proposed and approved.</summary>
    public const ulong RootGas = 85_000;

    /// <summary>A claim, as a holder pays for it.</summary>
    public const uint ClaimGas = 70_000;

    /// <summary>One wallet of a push.</summary>
    public const uint PushGas = 26_000;

    /// <summary>A batch of pushes, its wallets left out: proposed and sent.</summary>
    public const ulong BatchGas = 110_000;

    /// <summary>A push must be worth so many times its gas.</summary>
    private const int PushWorth = 100;

    private static readonly BigInteger BaseUnitsPerWe = BigInteger.Pow(10, TokenAmount.Decimals);

    /// <summary>Wei for everything.</summary>
    public BigInteger Cost => Gas * GasPrice;

    /// <summary>From what amount on a wallet claims and is pushed to, at a gas price.</summary>
    /// <param name="minPayout">The ruleset's least payout.</param>
    /// <param name="gasPrice">Wei per gas.</param>
    /// <param name="weiPerWe">What a WE is worth, in wei; null when nobody says, and then nothing is pushed.</param>
    public static SettlementPolicy PolicyOf(TokenAmount minPayout, BigInteger gasPrice, BigInteger? weiPerWe)
    {
        if (weiPerWe is not { } price || price.IsZero) return new SettlementPolicy(minPayout.BaseUnits, 0, ClaimGas, PushGas);
        UInt128 claim = Worth(ClaimGas * gasPrice), push = Worth(PushWorth * PushGas * gasPrice);
        return new SettlementPolicy(UInt128.Max(minPayout.BaseUnits, claim), push, ClaimGas, PushGas);

        // Base units that a cost in wei is worth, rounded up, and no more than there can be.
        UInt128 Worth(BigInteger wei) => (UInt128)BigInteger.Min(((wei * BaseUnitsPerWe) + price - 1) / price, TokenAmount.Supply.BaseUnits);
    }

    /// <summary>What a plan costs.</summary>
    public static SettlementEstimate Of(PlannedSettlement plan, BigInteger gasPrice)
    {
        int pushes = plan.Count(SettlementChoice.Push);
        int size = (int)Math.Min(DistributorContract.BatchSizeMax, (FeeMarketTransaction.GasLimitMax - BatchGas) / PushGas);
        int batches = (pushes + size - 1) / size;
        return new SettlementEstimate(2 + (2 * batches), RootGas + ((ulong)batches * BatchGas) + ((ulong)pushes * PushGas), gasPrice, size);
    }
}
