using System.Text.Json;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Identity;

namespace Ledger.ChainBridge.Signing;

/// <summary>Signs by <c>eth_signTransaction</c>: Web3Signer, or a node that holds the account itself.</summary>
public sealed class RemoteSigner(INodeRpc signer, WalletAddress address) : ISigner
{
    /// <inheritdoc/>
    public WalletAddress Address => address;

    /// <inheritdoc/>
    public async Task<SignedTransaction> SignAsync(FeeMarketTransaction transaction, CancellationToken cancel = default)
    {
        transaction.RequireSendable();
        RpcReply reply = (await signer.SendAsync([new RpcCall("eth_signTransaction", Parameters(transaction))], cancel))[0];
        if (reply.Error is { } error)
            throw new SignerException("signer-refused", $"the signer refused ({error.Message}); check that it holds the key of {address} and knows eth_signTransaction");

        // Web3Signer answers with the bytes, geth and anvil's kin with an object that has them.
        JsonElement raw = reply.Result.ValueKind == JsonValueKind.Object ? RpcHex.Member(reply.Result, "raw") : reply.Result;
        return SignerException.Require(transaction, address, RpcHex.Bytes(raw));
    }

    private Dictionary<string, object?> Parameters(FeeMarketTransaction transaction)
    {
        Dictionary<string, object?> fields = new(StringComparer.Ordinal)
        {
            ["type"] = "0x2",
            ["chainId"] = RpcHex.Quantity(transaction.ChainId),
            ["from"] = address.ToString(),
            ["nonce"] = RpcHex.Quantity(transaction.Nonce),
            ["gas"] = RpcHex.Quantity(transaction.GasLimit),
            ["maxFeePerGas"] = RpcHex.Quantity(transaction.MaxFeePerGas),
            ["maxPriorityFeePerGas"] = RpcHex.Quantity(transaction.MaxPriorityFeePerGas),
            ["value"] = RpcHex.Quantity(transaction.Value),
            ["data"] = RpcHex.Data(transaction.Data.Span),
            ["accessList"] = Array.Empty<object>(),
        };
        if (transaction.To is { } to) fields["to"] = to.ToString();
        return fields;
    }
}
