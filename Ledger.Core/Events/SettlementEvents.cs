using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>A final statement is to be settled on a chain.</summary>
/// <param name="Batch">The batch's name, never used twice.</param>
/// <param name="Window">The window it settles.</param>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="RewardRoot">The root to be set.</param>
/// <param name="CumulativeTotal">Sum over the leaves of that root.</param>
public sealed record SettlementPlanned(string Batch, Day Window, ulong ChainId, Digest RewardRoot, TokenAmount CumulativeTotal) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementPlanned;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.Day("window", Window);
        fields.UInt64("chainId", ChainId);
        fields.Digest("rewardRoot", RewardRoot);
        fields.Amount("cumulativeTotal", CumulativeTotal);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementPlanned Read(IFieldReader fields) => new(fields.Text("batch"), fields.Day("window"), fields.UInt64("chainId"), fields.Digest("rewardRoot"), fields.Amount("cumulativeTotal"));
}

/// <summary>A signed transaction of the batch was handed to a node.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Nonce">The sender's nonce.</param>
/// <param name="TransactionHash">Its hash.</param>
public sealed record SettlementSubmitted(string Batch, ulong Nonce, Digest TransactionHash) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementSubmitted;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.UInt64("nonce", Nonce);
        fields.Digest("transactionHash", TransactionHash);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementSubmitted Read(IFieldReader fields) => new(fields.Text("batch"), fields.UInt64("nonce"), fields.Digest("transactionHash"));
}

/// <summary>The batch is on the chain beyond recall.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="TransactionHash">Which of its transactions.</param>
/// <param name="BlockNumber">In which block.</param>
/// <param name="BlockHash">That block's hash.</param>
public sealed record SettlementFinalized(string Batch, Digest TransactionHash, ulong BlockNumber, Digest BlockHash) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementFinalized;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.Digest("transactionHash", TransactionHash);
        fields.UInt64("blockNumber", BlockNumber);
        fields.Digest("blockHash", BlockHash);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementFinalized Read(IFieldReader fields) => new(fields.Text("batch"), fields.Digest("transactionHash"), fields.UInt64("blockNumber"), fields.Digest("blockHash"));
}

/// <summary>A block that held the batch left the chain.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="BlockNumber">The block's number.</param>
/// <param name="BlockHash">The hash that is no longer canonical.</param>
public sealed record SettlementReorganized(string Batch, ulong BlockNumber, Digest BlockHash) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementReorganized;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.UInt64("blockNumber", BlockNumber);
        fields.Digest("blockHash", BlockHash);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementReorganized Read(IFieldReader fields) => new(fields.Text("batch"), fields.UInt64("blockNumber"), fields.Digest("blockHash"));
}
