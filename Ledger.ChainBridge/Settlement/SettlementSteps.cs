using System.Globalization;
using System.Text;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.Signing;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Merkle;

namespace Ledger.ChainBridge.Settlement;

/// <summary>The transactions of a settlement: a root is proposed by one key and approved by another, and so is every batch of pushes.</summary>
/// <param name="content">What is settled.</param>
/// <param name="contract">Where.</param>
/// <param name="node">The chain.</param>
/// <param name="proposer">The first key.</param>
/// <param name="approver">The second.</param>
/// <param name="minedAs">The transaction that a batch is mined as.</param>
public sealed class SettlementSteps(SettlementContent content, DistributorContract contract, ChainNode node, ISigner proposer, ISigner approver, Func<string, Digest?> minedAs)
{
    /// <summary>The steps, in the order in which they are looked at.</summary>
    public IReadOnlyList<SettlementStep> All()
    {
        string propose = content.Name + ".propose", approve = content.Name + ".approve";
        List<SettlementStep> steps =
        [
            new(propose, proposer, [], _ => Task.FromResult(contract.Propose(content.Proposal))),
            new(approve, approver, [propose], async cancel => contract.Approve(content.Proposal, await ReadyAtAsync(propose, cancel))),
        ];
        int number = 0;
        foreach (IReadOnlyList<(Core.Identity.WalletAddress Wallet, Core.Quantities.TokenAmount Cumulative)> entries in content.Batches)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{content.Name}.push-{++number}");
            Digest id = BatchId(name);
            steps.Add(new(name + ".propose", proposer, [], _ => Task.FromResult(contract.ProposeBatch(id, entries))));
            steps.Add(new(name, approver, [approve, name + ".propose"], async cancel => contract.Disburse(id, await ReadyAtAsync(name + ".propose", cancel), entries)));
        }

        return steps;
    }

    /// <summary>The contract's id of a batch of pushes: bound to the chain and the contract, so that no other ledger or contract shares it.</summary>
    private Digest BatchId(string name) => Keccak256.Hash(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"weledger:push:{content.ChainId}:{content.Distributor}:{name}")));

    private async Task<ulong> ReadyAtAsync(string batch, CancellationToken cancel)
    {
        Digest transaction = minedAs(batch) ?? throw new InvalidOperationException($"step-order: {batch} is not mined and something is built on it");
        ChainReceipt receipt = (await node.ReceiptsAsync([transaction], cancel))[0]
            ?? throw new JsonRpc.RpcFaultException("node-behind", $"the node does not have the receipt of {transaction}; it may be behind");
        return contract.ReadyAt(receipt);
    }
}
