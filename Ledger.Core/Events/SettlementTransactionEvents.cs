using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>A transaction of a settlement was signed. In the log before any node sees it.</summary>
/// <param name="Batch">The transaction's name.</param>
/// <param name="Sender">Whose nonce it takes.</param>
/// <param name="Nonce">The sender's nonce.</param>
/// <param name="TransactionHash">Its hash.</param>
/// <param name="Raw">The signed transaction, ready to be sent again.</param>
public sealed record SettlementSigned(string Batch, WalletAddress Sender, ulong Nonce, Digest TransactionHash, byte[] Raw) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementSigned;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.Wallet("sender", Sender);
        fields.UInt64("nonce", Nonce);
        fields.Digest("transactionHash", TransactionHash);
        fields.Bytes("raw", Raw);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementSigned Read(IFieldReader fields) => new(
        fields.Text("batch"),
        fields.Wallet("sender"),
        fields.UInt64("nonce"),
        fields.Digest("transactionHash"),
        fields.Bytes("raw"));
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

/// <summary>A transaction is in a block of the chain; the block may still leave it.</summary>
/// <param name="Batch">The transaction's name.</param>
/// <param name="TransactionHash">Which of those signed for it.</param>
/// <param name="BlockNumber">In which block.</param>
/// <param name="BlockHash">That block's hash.</param>
/// <param name="Succeeded">1 when it had its effect, 0 when it reverted.</param>
/// <param name="GasUsed">What it used.</param>
/// <param name="GasPrice">What it paid per gas, wei.</param>
public sealed record SettlementMined(string Batch, Digest TransactionHash, ulong BlockNumber, Digest BlockHash, byte Succeeded, ulong GasUsed, ulong GasPrice) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementMined;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.Digest("transactionHash", TransactionHash);
        fields.UInt64("blockNumber", BlockNumber);
        fields.Digest("blockHash", BlockHash);
        fields.Byte("succeeded", Succeeded);
        fields.UInt64("gasUsed", GasUsed);
        fields.UInt64("gasPrice", GasPrice);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementMined Read(IFieldReader fields) => new(
        fields.Text("batch"),
        fields.Digest("transactionHash"),
        fields.UInt64("blockNumber"),
        fields.Digest("blockHash"),
        fields.Byte("succeeded"),
        fields.UInt64("gasUsed"),
        fields.UInt64("gasPrice"));
}

/// <summary>Enough blocks stand on a transaction for the next one to build on it.</summary>
/// <param name="Batch">The transaction's name.</param>
/// <param name="TransactionHash">Which of those signed for it.</param>
/// <param name="BlockNumber">In which block.</param>
/// <param name="BlockHash">That block's hash.</param>
public sealed record SettlementConfirmed(string Batch, Digest TransactionHash, ulong BlockNumber, Digest BlockHash) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementConfirmed;

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
    public static SettlementConfirmed Read(IFieldReader fields) => new(fields.Text("batch"), fields.Digest("transactionHash"), fields.UInt64("blockNumber"), fields.Digest("blockHash"));
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

/// <summary>The nonce of a transaction is used up beyond recall and it had no effect, so it may be signed with a new one.</summary>
/// <param name="Batch">The transaction's name.</param>
/// <param name="Nonce">The nonce that is gone.</param>
/// <param name="TransactionHash">The transaction that used it: ours if it reverted, else another.</param>
/// <param name="Code">Why: <c>reverted</c> or <c>nonce-taken</c>.</param>
public sealed record SettlementFailed(string Batch, ulong Nonce, Digest TransactionHash, string Code) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementFailed;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.UInt64("nonce", Nonce);
        fields.Digest("transactionHash", TransactionHash);
        fields.Text("code", Code);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementFailed Read(IFieldReader fields) => new(fields.Text("batch"), fields.UInt64("nonce"), fields.Digest("transactionHash"), fields.Text("code"));
}

/// <summary>An alarm: nothing more is sent until a person has looked.</summary>
/// <param name="Batch">The transaction's name.</param>
/// <param name="Code">Stable, kebab-case.</param>
/// <param name="Detail">What was seen and where.</param>
public sealed record SettlementHalted(string Batch, string Code, string Detail) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementHalted;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.Text("code", Code);
        fields.Text("detail", Detail);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementHalted Read(IFieldReader fields) => new(fields.Text("batch"), fields.Text("code"), fields.Text("detail"));
}

/// <summary>A person has looked at an alarm and lets the settlement go on.</summary>
/// <param name="Batch">The transaction's name.</param>
/// <param name="Reason">What was found.</param>
public sealed record SettlementResumed(string Batch, string Reason) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SettlementResumed;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Settlement(Batch);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("batch", Batch);
        fields.Text("reason", Reason);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SettlementResumed Read(IFieldReader fields) => new(fields.Text("batch"), fields.Text("reason"));
}
