using System.Numerics;
using System.Text.Json;
using Ledger.ChainBridge.JsonRpc;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.ChainBridge.Transactions;

/// <summary>A block's header, as far as settlement looks at it.</summary>
public sealed record ChainBlock(ulong Number, Digest Hash, Digest ParentHash, ulong TimestampSeconds, BigInteger BaseFee);

/// <summary>One log of a contract.</summary>
public sealed record ChainLog(WalletAddress Address, IReadOnlyList<Digest> Topics, ReadOnlyMemory<byte> Data, Digest TransactionHash, ulong BlockNumber, uint LogIndex);

/// <summary>What a block did with a transaction.</summary>
public sealed record ChainReceipt(Digest TransactionHash, ulong BlockNumber, Digest BlockHash, bool Succeeded, ulong GasUsed, BigInteger GasPrice, IReadOnlyList<ChainLog> Logs);

/// <summary>What a call gave: its bytes, or the bytes of its revert.</summary>
public readonly record struct CallOutcome(bool Succeeded, ReadOnlyMemory<byte> Bytes, string Message);

/// <summary>A node's answers as values.</summary>
public sealed class ChainNode(INodeRpc rpc)
{
    /// <summary>EIP-155 chain id.</summary>
    public async Task<ulong> ChainIdAsync(CancellationToken cancel = default) => RpcHex.UInt64(await AskAsync(new RpcCall("eth_chainId"), cancel));

    /// <summary>A block by <c>latest</c>, <c>finalized</c> …; null when the node has none.</summary>
    public async Task<ChainBlock?> BlockAsync(string tag, CancellationToken cancel = default) => Block(await AskAsync(new RpcCall("eth_getBlockByNumber", tag, false), cancel));

    /// <summary>Blocks by number, null where the node has none.</summary>
    public async Task<IReadOnlyList<ChainBlock?>> BlocksAsync(IEnumerable<ulong> numbers, CancellationToken cancel = default) =>
        [.. (await AskAsync([.. numbers.Select(n => new RpcCall("eth_getBlockByNumber", RpcHex.Quantity(n), false))], cancel)).Select(Block)];

    /// <summary>How many transactions of a sender are in the chain up to a block: the next nonce there.</summary>
    public async Task<ulong> NonceAsync(WalletAddress sender, ulong block, CancellationToken cancel = default) =>
        RpcHex.UInt64(await AskAsync(new RpcCall("eth_getTransactionCount", sender.ToString(), RpcHex.Quantity(block)), cancel));

    /// <summary>The receipts of transactions, null where the node has none.</summary>
    public async Task<IReadOnlyList<ChainReceipt?>> ReceiptsAsync(IEnumerable<Digest> transactions, CancellationToken cancel = default) =>
        [.. (await AskAsync([.. transactions.Select(t => new RpcCall("eth_getTransactionReceipt", t.ToString()))], cancel)).Select(Receipt)];

    /// <summary>Whether the node knows a transaction, waiting or in a block.</summary>
    public async Task<bool> KnowsAsync(Digest transaction, CancellationToken cancel = default) => !IsNothing(await AskAsync(new RpcCall("eth_getTransactionByHash", transaction.ToString()), cancel));

    /// <summary>The transaction of a sender with a nonce in a block; null when it has none.</summary>
    public async Task<Digest?> TransactionOfAsync(WalletAddress sender, ulong nonce, ulong block, CancellationToken cancel = default)
    {
        JsonElement json = await AskAsync(new RpcCall("eth_getBlockByNumber", RpcHex.Quantity(block), true), cancel);
        if (IsNothing(json)) return null;
        foreach (JsonElement transaction in RpcHex.Member(json, "transactions").EnumerateArray())
        {
            if (RpcHex.Address(RpcHex.Member(transaction, "from")) == sender && RpcHex.UInt64(transaction, "nonce") == nonce) return RpcHex.Digest(transaction, "hash");
        }

        return null;
    }

    /// <summary>Runs a call without sending it.</summary>
    public async Task<CallOutcome> CallAsync(WalletAddress? from, WalletAddress to, ReadOnlyMemory<byte> data, string block = "latest", CancellationToken cancel = default)
    {
        RpcReply reply = (await rpc.SendAsync([new RpcCall("eth_call", Message(from, to, data), block)], cancel))[0];
        if (reply.Error is not { } error) return new CallOutcome(true, RpcHex.Bytes(reply.Result), "");
        return new CallOutcome(false, error.Data is { Length: > 2 } hex && hex.StartsWith("0x", StringComparison.Ordinal) ? Convert.FromHexString(hex.AsSpan(2)) : default, error.Message);
    }

    /// <summary>What a call of a view answers.</summary>
    /// <exception cref="RpcErrorException">It reverted.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(WalletAddress to, ReadOnlyMemory<byte> data, string block = "latest", CancellationToken cancel = default) =>
        RpcHex.Bytes(await AskAsync(new RpcCall("eth_call", Message(null, to, data), block), cancel));

    /// <summary>The gas a transaction would use.</summary>
    public async Task<ulong> EstimateGasAsync(WalletAddress from, WalletAddress to, ReadOnlyMemory<byte> data, CancellationToken cancel = default) =>
        RpcHex.UInt64(await AskAsync(new RpcCall("eth_estimateGas", Message(from, to, data)), cancel));

    /// <summary>Hands a signed transaction to the node.</summary>
    /// <returns>Null when the node took it, else its reason, which may also be that it has it already.</returns>
    public async Task<string?> SendAsync(ReadOnlyMemory<byte> raw, CancellationToken cancel = default) =>
        (await rpc.SendAsync([new RpcCall("eth_sendRawTransaction", RpcHex.Data(raw.Span))], cancel))[0].Error?.Message;

    /// <summary>Logs of contracts in a range of blocks, in order.</summary>
    /// <param name="from">First block.</param>
    /// <param name="to">Last block.</param>
    /// <param name="addresses">Which contracts.</param>
    /// <param name="topics">Which first topics.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<IReadOnlyList<ChainLog>> LogsAsync(ulong from, ulong to, IEnumerable<WalletAddress> addresses, IEnumerable<Digest> topics, CancellationToken cancel = default)
    {
        Dictionary<string, object?> filter = new(StringComparer.Ordinal)
        {
            ["fromBlock"] = RpcHex.Quantity(from),
            ["toBlock"] = RpcHex.Quantity(to),
            ["address"] = addresses.Select(a => a.ToString()).ToArray(),
            ["topics"] = new object[] { topics.Select(t => t.ToString()).ToArray() },
        };
        return [.. (await AskAsync(new RpcCall("eth_getLogs", filter), cancel)).EnumerateArray().Select(Log)];
    }

    /// <summary>Any other call; its result.</summary>
    /// <exception cref="RpcErrorException">The node refused it.</exception>
    public async Task<JsonElement> AskAsync(RpcCall call, CancellationToken cancel = default) => (await AskAsync([call], cancel))[0];

    private async Task<IReadOnlyList<JsonElement>> AskAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel)
    {
        IReadOnlyList<RpcReply> replies = await rpc.SendAsync(calls, cancel);
        return [.. replies.Select((reply, i) => reply.Error is { } error ? throw new RpcErrorException(calls[i].Method, error) : reply.Result)];
    }

    private static Dictionary<string, object?> Message(WalletAddress? from, WalletAddress to, ReadOnlyMemory<byte> data)
    {
        Dictionary<string, object?> message = new(StringComparer.Ordinal) { ["to"] = to.ToString(), ["data"] = RpcHex.Data(data.Span) };
        if (from is { } sender) message["from"] = sender.ToString();
        return message;
    }

    private static bool IsNothing(JsonElement json) => json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    private static ChainBlock? Block(JsonElement json) => IsNothing(json) ? null : new ChainBlock(
        RpcHex.UInt64(json, "number"), RpcHex.Digest(json, "hash"), RpcHex.Digest(json, "parentHash"), RpcHex.UInt64(json, "timestamp"),
        json.TryGetProperty("baseFeePerGas", out JsonElement fee) ? RpcHex.Number(fee) : BigInteger.Zero);

    private static ChainReceipt? Receipt(JsonElement json) => IsNothing(json) ? null : new ChainReceipt(
        RpcHex.Digest(json, "transactionHash"), RpcHex.UInt64(json, "blockNumber"), RpcHex.Digest(json, "blockHash"), RpcHex.UInt64(json, "status") == 1,
        RpcHex.UInt64(json, "gasUsed"), RpcHex.Number(RpcHex.Member(json, "effectiveGasPrice")), [.. RpcHex.Member(json, "logs").EnumerateArray().Select(Log)]);

    private static ChainLog Log(JsonElement json) => new(
        RpcHex.Address(RpcHex.Member(json, "address")), [.. RpcHex.Member(json, "topics").EnumerateArray().Select(RpcHex.Digest)], RpcHex.Bytes(RpcHex.Member(json, "data")),
        RpcHex.Digest(json, "transactionHash"), RpcHex.UInt64(json, "blockNumber"), (uint)RpcHex.UInt64(json, "logIndex"));
}
