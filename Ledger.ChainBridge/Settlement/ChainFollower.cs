using System.Globalization;
using Ledger.ChainBridge.Abi;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;

namespace Ledger.ChainBridge.Settlement;

/// <summary>Reads what happened to the token on the chain, up to a final block, and compares balances.</summary>
/// <param name="node">The chain.</param>
/// <param name="contract">The distributor and its token.</param>
/// <param name="chainId">EIP-155 chain id.</param>
public sealed class ChainFollower(ChainNode node, DistributorContract contract, ulong chainId)
{
    private const ulong RangeMax = 2_000;

    /// <summary>The newest block that is final.</summary>
    public async Task<ChainBlock?> FinalBlockAsync(FinalityPolicy finality, CancellationToken cancel = default)
    {
        HeaderWindow window = new(node, finality.FinalBlocks);
        if (!await window.AdvanceAsync(cancel)) return null;
        ChainBlock? deep = window.Head!.Number >= window.Deep.Number + (ulong)finality.FinalBlocks ? window.Deep : null;
        if (!finality.UseFinalizedTag || await node.BlockAsync("finalized", cancel) is not { } tagged || window.At(tagged.Number)?.Hash != tagged.Hash) return deep;
        return deep is null || tagged.Number > deep.Number ? tagged : deep;
    }

    /// <summary>Every payment and transfer in a range of final blocks, and the event that says how far was read.</summary>
    public async Task<IReadOnlyList<EventPayload>> ReadAsync(ulong from, ChainBlock to, CancellationToken cancel = default)
    {
        List<EventPayload> events = [];
        for (ulong start = from; start <= to.Number; start += RangeMax)
        {
            ulong end = Math.Min(to.Number, start + RangeMax - 1);
            IReadOnlyList<ChainLog> logs = await node.LogsAsync(start, end, [contract.Address, contract.Token], [DistributorContract.TransferTopic, DistributorContract.DisbursedTopic], cancel);
            HashSet<Digest> pushes = [.. logs.Where(l => l.Topics[0] == DistributorContract.DisbursedTopic && l.Address == contract.Address).Select(l => l.TransactionHash)];
            events.AddRange(logs.Where(l => l.Topics[0] == DistributorContract.TransferTopic && l.Address == contract.Token).Select(l => Transfer(l, pushes.Contains(l.TransactionHash))));
        }

        events.Add(new ChainFollowed(chainId, to.Number, to.Hash));
        return events;
    }

    /// <summary>Compares the books with the chain as of a block that was followed.</summary>
    /// <param name="sums">The journal's side.</param>
    /// <param name="wallets">Wallets whose own sums are compared too.</param>
    /// <param name="block">As of which block.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<ChainReconciled> ReconcileAsync(SettledSums sums, IReadOnlyCollection<WalletAddress> wallets, ulong block, CancellationToken cancel = default)
    {
        string at = JsonRpc.RpcHex.Quantity(block);
        DistributorState state = await contract.StateAsync(at, cancel);
        List<string> differences = [];
        TokenAmount published = TokenAmount.FromBaseUnits(sums.Published), paid = TokenAmount.FromBaseUnits(sums.Paid);

        // A wallet says more of where than a sum.
        foreach (WalletAddress wallet in wallets)
            Compare(wallet.ToString(), TokenAmount.FromBaseUnits(sums.Of(wallet).Paid), await contract.RewardedAsync(wallet, at, cancel));
        Compare("total", published, state.Total);
        Compare("paid", paid, state.Paid);
        Compare("balance", state.Funded - state.Paid, await contract.BalanceAsync(contract.Address, at, cancel));
        TokenAmount owed = state.Total.TrySubtract(state.Paid, out TokenAmount rest) ? rest : TokenAmount.Zero;
        return new ChainReconciled(chainId, block, published - paid, paid, owed, state.Paid, (uint)differences.Count, differences.FirstOrDefault() ?? "");

        void Compare(string where, TokenAmount journal, TokenAmount chain)
        {
            if (journal != chain) differences.Add(string.Create(CultureInfo.InvariantCulture, $"{where}: journal {journal}, chain {chain}"));
        }
    }

    private EventPayload Transfer(ChainLog log, bool isPush)
    {
        WalletAddress from = AddressOf(log.Topics[1]), to = AddressOf(log.Topics[2]);
        TokenAmount amount = TokenAmount.FromBaseUnits(new AbiWords(log.Data).UInt128(0));
        return from == contract.Address
            ? new ChainPaid(chainId, contract.Address, to, amount, isPush ? (byte)1 : (byte)0, log.TransactionHash, log.BlockNumber, log.LogIndex)
            : new ChainTransferred(chainId, from, to, amount, log.TransactionHash, log.BlockNumber, log.LogIndex);
    }

    private static WalletAddress AddressOf(Digest topic) => WalletAddress.FromBytes(topic.ToArray().AsSpan(PayeeNames.AddressOffset));
}
