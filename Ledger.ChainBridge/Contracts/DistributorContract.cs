using System.Numerics;
using Ledger.ChainBridge.Abi;
using Ledger.ChainBridge.Settlement;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Nethereum.ABI;

namespace Ledger.ChainBridge.Contracts;

/// <summary>Where the distributor stands.</summary>
/// <param name="Funded">Everything that ever came in.</param>
/// <param name="Total">The current root's total.</param>
/// <param name="CapWe">Most that a root may rise the total by, per window, whole WE.</param>
/// <param name="Window">The last window that has a root.</param>
/// <param name="IsPaused">Whether everything is paused.</param>
/// <param name="Root">What claims are proven against.</param>
/// <param name="Commitment">Hash of what it came with.</param>
/// <param name="Paid">Everything that was ever paid.</param>
public sealed record DistributorState(TokenAmount Funded, TokenAmount Total, uint CapWe, Day Window, bool IsPaused, Digest Root, Digest Commitment, TokenAmount Paid);

/// <summary>The deployed distributor and its token: calls to send, answers to read (<c>specs/contracts.md</c>).</summary>
/// <param name="node">The chain.</param>
/// <param name="address">The distributor.</param>
/// <param name="token">The token it pays.</param>
public sealed class DistributorContract(ChainNode node, WalletAddress address, WalletAddress token)
{
    /// <summary>Most accounts of one batch.</summary>
    public const int BatchSizeMax = 600;

    private const string Proposal = "(uint24,uint96,bytes32,bytes32,bytes32,bytes32)";
    private const int EntryBytes = 32;

    internal static readonly Digest TransferTopic = Calldata.Topic("Transfer(address,address,uint256)");
    internal static readonly Digest DisbursedTopic = Calldata.Topic("Disbursed(bytes32,uint256,uint256)");
    private static readonly Digest RootProposedTopic = Calldata.Topic("RootProposed(uint24,bytes32,uint96,bytes32,bytes32,bytes32,uint256)");
    private static readonly Digest BatchProposedTopic = Calldata.Topic("BatchProposed(bytes32,bytes32,uint256)");

    public WalletAddress Address => address;

    public WalletAddress Token => token;

    public StepCall Propose(RootProposal proposal) => Call(Calldata.Of($"propose({Proposal})", proposal.Arguments()));

    public StepCall Approve(RootProposal proposal, ulong readyAt) => Call(Calldata.Of($"approve({Proposal},uint256)", [.. proposal.Arguments(), Calldata.Number("uint256", readyAt)]));

    public StepCall ProposeBatch(Digest batch, IReadOnlyList<(WalletAddress Wallet, TokenAmount Cumulative)> entries) =>
        Call(Calldata.Of("proposeBatch(bytes32,bytes32)", Calldata.Word(batch), Calldata.Word(HashOf(entries))));

    public StepCall Disburse(Digest batch, ulong readyAt, IReadOnlyList<(WalletAddress Wallet, TokenAmount Cumulative)> entries) => Call(Calldata.Of(
        "disburse(bytes32,uint256,uint256[])", Calldata.Word(batch), Calldata.Number("uint256", readyAt), new ABIValue("uint256[]", entries.Select(e => new BigInteger(Entry(e), isUnsigned: true, isBigEndian: true)).ToList())));

    public StepCall Claim(WalletAddress wallet, TokenAmount cumulative, Digest root, IReadOnlyList<Digest> path) => Call(Calldata.Of(
        "claim(address,uint256,bytes32,bytes32[])", Calldata.Address(wallet), Calldata.Number("uint256", cumulative.BaseUnits), Calldata.Word(root), new ABIValue("bytes32[]", path.Select(p => p.ToArray()).ToList())));

    /// <summary>When a proposal that is mined can be approved: what the contract's event in the receipt says.</summary>
    /// <exception cref="FormatException"><c>receipt-without-event</c>.</exception>
    public ulong ReadyAt(ChainReceipt receipt)
    {
        foreach (ChainLog log in receipt.Logs)
        {
            if (log.Address != address) continue;
            if (log.Topics[0] == RootProposedTopic) return (ulong)new AbiWords(log.Data).Number(4);
            if (log.Topics[0] == BatchProposedTopic) return (ulong)new AbiWords(log.Data).Number(1);
        }

        throw new FormatException($"receipt-without-event: {receipt.TransactionHash} proposed nothing at {address}; check the address");
    }

    /// <summary>Everything that can be read of it, as of one block.</summary>
    public async Task<DistributorState> StateAsync(string block = "latest", CancellationToken cancel = default)
    {
        AbiWords state = new(await node.ReadAsync(address, Calldata.Of("state()"), block, cancel));
        AbiWords root = new(await node.ReadAsync(address, Calldata.Of("root()"), block, cancel));
        AbiWords commitment = new(await node.ReadAsync(address, Calldata.Of("commitment()"), block, cancel));
        AbiWords paid = new(await node.ReadAsync(address, Calldata.Of("paidTotal()"), block, cancel));
        return new DistributorState(
            TokenAmount.FromBaseUnits(state.UInt128(0)), TokenAmount.FromBaseUnits(state.UInt128(1)), (uint)state.Number(2), Day.FromNumber((int)state.Number(3)), !state.Number(4).IsZero,
            root.Word(0), commitment.Word(0), TokenAmount.FromBaseUnits(paid.UInt128(0)));
    }

    /// <summary>What its leaves are bound to, as it computes it itself.</summary>
    public async Task<Digest> DomainAsync(string block = "latest", CancellationToken cancel = default) => new AbiWords(await node.ReadAsync(address, Calldata.Of("domain()"), block, cancel)).Word(0);

    /// <summary>Everything that a wallet was ever paid.</summary>
    public async Task<TokenAmount> RewardedAsync(WalletAddress wallet, string block = "latest", CancellationToken cancel = default) =>
        TokenAmount.FromBaseUnits(new AbiWords(await node.ReadAsync(token, Calldata.Of("rewarded(address)", Calldata.Address(wallet)), block, cancel)).UInt128(0));

    /// <summary>What a wallet holds.</summary>
    public async Task<TokenAmount> BalanceAsync(WalletAddress wallet, string block = "latest", CancellationToken cancel = default) =>
        TokenAmount.FromBaseUnits(new AbiWords(await node.ReadAsync(token, Calldata.Of("balanceOf(address)", Calldata.Address(wallet)), block, cancel)).UInt128(0));

    private static Digest HashOf(IReadOnlyList<(WalletAddress Wallet, TokenAmount Cumulative)> entries) => Keccak256.Hash([.. entries.SelectMany(Entry)]);

    /// <summary>An account in the upper 160 bits, its sum in the lower 96.</summary>
    private static byte[] Entry((WalletAddress Wallet, TokenAmount Cumulative) entry)
    {
        byte[] word = new byte[EntryBytes];
        entry.Wallet.WriteTo(word);
        byte[] amount = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(amount, entry.Cumulative.BaseUnits);
        if (entry.Cumulative.BaseUnits >> 96 != 0) throw new FormatException("entry-range: a sum of more than 96 bits does not fit a batch; no such sum can be earned");
        amount.AsSpan(4).CopyTo(word.AsSpan(WalletAddress.SizeBytes));
        return word;
    }

    private StepCall Call(byte[] data) => new(address, data, revert => ContractArtifact.Distributor.ErrorOf(revert) == "TooEarly", ContractArtifact.Distributor.ErrorOf);
}
