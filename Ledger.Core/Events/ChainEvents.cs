using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>The distributor paid a wallet on the chain, seen in a final block.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Distributor">The contract that paid.</param>
/// <param name="Wallet">Who was paid.</param>
/// <param name="Amount">How much.</param>
/// <param name="Pushed">1 when a batch of ours sent it, 0 when it was claimed.</param>
/// <param name="TransactionHash">Where.</param>
/// <param name="BlockNumber">In which block.</param>
/// <param name="LogIndex">Its place among the block's logs.</param>
public sealed record ChainPaid(ulong ChainId, WalletAddress Distributor, WalletAddress Wallet, TokenAmount Amount, byte Pushed, Digest TransactionHash, ulong BlockNumber, uint LogIndex) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.ChainPaid;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Chain(ChainId);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.UInt64("chainId", ChainId);
        fields.Wallet("distributor", Distributor);
        fields.Wallet("wallet", Wallet);
        fields.Amount("amount", Amount);
        fields.Byte("pushed", Pushed);
        fields.Digest("transactionHash", TransactionHash);
        fields.UInt64("blockNumber", BlockNumber);
        fields.UInt32("logIndex", LogIndex);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static ChainPaid Read(IFieldReader fields) => new(
        fields.UInt64("chainId"),
        fields.Wallet("distributor"),
        fields.Wallet("wallet"),
        fields.Amount("amount"),
        fields.Byte("pushed"),
        fields.Digest("transactionHash"),
        fields.UInt64("blockNumber"),
        fields.UInt32("logIndex"));
}

/// <summary>Tokens changed hands on the chain, seen in a final block.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="From">Who gave.</param>
/// <param name="To">Who got.</param>
/// <param name="Amount">How much.</param>
/// <param name="TransactionHash">Where.</param>
/// <param name="BlockNumber">In which block.</param>
/// <param name="LogIndex">Its place among the block's logs.</param>
public sealed record ChainTransferred(ulong ChainId, WalletAddress From, WalletAddress To, TokenAmount Amount, Digest TransactionHash, ulong BlockNumber, uint LogIndex) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.ChainTransferred;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Chain(ChainId);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.UInt64("chainId", ChainId);
        fields.Wallet("from", From);
        fields.Wallet("to", To);
        fields.Amount("amount", Amount);
        fields.Digest("transactionHash", TransactionHash);
        fields.UInt64("blockNumber", BlockNumber);
        fields.UInt32("logIndex", LogIndex);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static ChainTransferred Read(IFieldReader fields) => new(
        fields.UInt64("chainId"),
        fields.Wallet("from"),
        fields.Wallet("to"),
        fields.Amount("amount"),
        fields.Digest("transactionHash"),
        fields.UInt64("blockNumber"),
        fields.UInt32("logIndex"));
}

/// <summary>Everything of ours in the chain's blocks up to here is in the log.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="BlockNumber">The last block that was read.</param>
/// <param name="BlockHash">Its hash.</param>
public sealed record ChainFollowed(ulong ChainId, ulong BlockNumber, Digest BlockHash) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.ChainFollowed;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Chain(ChainId);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.UInt64("chainId", ChainId);
        fields.UInt64("blockNumber", BlockNumber);
        fields.Digest("blockHash", BlockHash);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static ChainFollowed Read(IFieldReader fields) => new(fields.UInt64("chainId"), fields.UInt64("blockNumber"), fields.Digest("blockHash"));
}

/// <summary>The journal was compared with the chain.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="BlockNumber">As of which block.</param>
/// <param name="Escrow">The journal: published and not claimed.</param>
/// <param name="Settled">The journal: paid out on the chain.</param>
/// <param name="Owed">The chain: published and not claimed.</param>
/// <param name="Paid">The chain: paid out by the distributor.</param>
/// <param name="Differences">How many balances differ.</param>
/// <param name="Where">The first one that does; empty when none.</param>
public sealed record ChainReconciled(ulong ChainId, ulong BlockNumber, TokenAmount Escrow, TokenAmount Settled, TokenAmount Owed, TokenAmount Paid, uint Differences, string Where) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.ChainReconciled;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Chain(ChainId);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.UInt64("chainId", ChainId);
        fields.UInt64("blockNumber", BlockNumber);
        fields.Amount("escrow", Escrow);
        fields.Amount("settled", Settled);
        fields.Amount("owed", Owed);
        fields.Amount("paid", Paid);
        fields.UInt32("differences", Differences);
        fields.Text("where", Where);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static ChainReconciled Read(IFieldReader fields) => new(
        fields.UInt64("chainId"),
        fields.UInt64("blockNumber"),
        fields.Amount("escrow"),
        fields.Amount("settled"),
        fields.Amount("owed"),
        fields.Amount("paid"),
        fields.UInt32("differences"),
        fields.Text("where"));
}
