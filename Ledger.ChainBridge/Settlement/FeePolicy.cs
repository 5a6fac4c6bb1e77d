using System.Numerics;

namespace Ledger.ChainBridge.Settlement;

/// <summary>What a transaction may pay per gas, and how that rises while it waits.</summary>
public sealed record FeePolicy
{
    private const int PermilleOne = 1000;

    /// <summary>Wei per gas that is never passed, the tip included.</summary>
    public required BigInteger Cap { get; init; }

    /// <summary>The first tip, wei per gas.</summary>
    public required BigInteger Tip { get; init; }

    /// <summary>Blocks that a transaction may wait before its fee is raised.</summary>
    public int PatienceBlocks { get; init; } = 3;

    /// <summary>By how much a replacement is dearer; nodes ask for 10 %.</summary>
    public int BumpPermille { get; init; } = 125;

    /// <summary>The first fee; null while the chain asks for more than the cap.</summary>
    public TransactionFee? First(BigInteger baseFee) => Within(new TransactionFee(Tip, (2 * baseFee) + Tip), baseFee);

    /// <summary>The fee of a replacement; null when the cap leaves no room for what nodes ask.</summary>
    public TransactionFee? Bump(TransactionFee last, BigInteger baseFee)
    {
        BigInteger tip = Raised(last.Tip), max = BigInteger.Max(Raised(last.Max), (2 * baseFee) + tip);
        TransactionFee fee = new(tip, BigInteger.Min(max, Cap));
        return fee.Max >= Raised(last.Max) && fee.Tip <= fee.Max ? fee : null;
    }

    private TransactionFee? Within(TransactionFee fee, BigInteger baseFee) =>
        baseFee + fee.Tip > Cap ? null : fee with { Max = BigInteger.Min(fee.Max, Cap) };

    private BigInteger Raised(BigInteger fee) => ((fee * (PermilleOne + BumpPermille)) + PermilleOne - 1) / PermilleOne;
}

/// <summary>The two fees of a transaction, wei per gas.</summary>
public readonly record struct TransactionFee(BigInteger Tip, BigInteger Max);

/// <summary>When a block counts as being there for good.</summary>
/// <param name="ConfirmBlocks">Blocks that stand on one before the next step may build on it.</param>
/// <param name="FinalBlocks">Blocks that stand on one before it is final.</param>
/// <param name="UseFinalizedTag">Ask the node's <c>finalized</c> block too: final is what either says, whichever comes first.</param>
public sealed record FinalityPolicy(int ConfirmBlocks, int FinalBlocks, bool UseFinalizedTag);
