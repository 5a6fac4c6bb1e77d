using Ledger.ChainBridge.Contracts;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;

namespace Ledger.ChainBridge.Settlement;

/// <summary>Why a settlement must not be signed.</summary>
/// <param name="Code">Stable, kebab-case; the closed set is in specs/settlement.md.</param>
/// <param name="Detail">What was found and what is expected.</param>
public sealed record GateRefusal(string Code, string Detail);

/// <summary>The last look before anything is signed: what is to be published against an independent recomputation, the root before, and the contract.</summary>
/// <remarks>The root is computed here once more, by the plainest code there is, so that an error of the tree's builder does not pass.</remarks>
public static class SettlementGate
{
    private const ulong BaseUnitsPerWe = 1_000_000_000_000_000_000;

    /// <summary>Everything that speaks against signing; none when it may be signed.</summary>
    /// <param name="planned">What is to be signed.</param>
    /// <param name="recomputed">The same from another replay of the log.</param>
    /// <param name="state">The contract.</param>
    /// <param name="domain">The contract's own domain.</param>
    public static IReadOnlyList<GateRefusal> Check(SettlementContent planned, SettlementContent recomputed, DistributorState state, Digest domain)
    {
        List<GateRefusal> refusals = [];
        RootProposal said = planned.Proposal, found = recomputed.Proposal;
        Require(said.RulesetHash == found.RulesetHash, "ruleset-differs", $"it names {said.RulesetHash}, the window closed under {found.RulesetHash}");
        Require(said.StatementDigest == found.StatementDigest && said.LogRoot == found.LogRoot, "statement-differs", $"it names statement {said.StatementDigest}, a replay gives {found.StatementDigest}");
        Digest expected = PayeeNames.Domain(planned.ChainId, planned.Distributor, planned.Token);
        Require(domain == expected && Array.TrueForAll(planned.Leaves, l => l.Domain == expected), "domain-differs", $"leaves must be bound to {expected}, the contract says {domain}");
        Dictionary<Digest, TokenAmount> now = new(planned.Leaves.Length);
        foreach (RewardLeaf leaf in planned.Leaves) now[leaf.Payee] = leaf.Cumulative;
        Require(now.Count == planned.Leaves.Length, "leaf-repeated", "a wallet has two leaves");
        CheckNobodyIsLowered(planned.Previous, now, refusals);

        Digest root = RootOf(recomputed.Leaves);
        Require(said.Root == root && found.Root == root, "root-differs", $"it names {said.Root}, a replay gives {root}");
        UInt128 sum = planned.Leaves.Aggregate(UInt128.Zero, (total, leaf) => total + leaf.Cumulative.BaseUnits);
        Require(said.Total.BaseUnits == sum && found.Total == said.Total, "total-differs", $"it names {said.Total}, the leaves sum to {sum}");
        Dictionary<Digest, TokenAmount> pushed = [];
        foreach ((WalletAddress wallet, TokenAmount cumulative) in planned.Pushes) pushed[PayeeNames.Of(wallet)] = cumulative;
        Require(
            recomputed.Leaves.Count(l => pushed.TryGetValue(l.Payee, out TokenAmount own) && own == l.Cumulative) == planned.Pushes.Count, "push-differs", "a push is not what the wallet's leaf says, or stands twice");

        Require(!state.IsPaused, "paused", "the contract is paused");
        Require(said.Window > state.Window, "window-passed", $"the contract has a root of {state.Window} already");
        Require(said.Total <= state.Funded, "funding-exceeded", $"the root is over {said.Total}, the contract was funded with {state.Funded}");
        Require(said.Total >= state.Total, "total-fell", $"the contract has a total of {state.Total}, the root one of {said.Total}");
        UInt128 allowed = said.Window > state.Window ? (UInt128)state.CapWe * BaseUnitsPerWe * (uint)(said.Window - state.Window) : 0;
        Require(said.Total <= state.Total || said.Total.BaseUnits - state.Total.BaseUnits <= allowed, "cap-exceeded", $"the root rises the total from {state.Total} to {said.Total}, the cap allows {allowed} more");
        Digest before = RootOf(planned.Previous);
        Require(state.Root == before, "root-before-differs", $"the contract holds {state.Root}, the last settlement was {before}");
        return refusals;

        void Require(bool holds, string code, string detail)
        {
            if (!holds) refusals.Add(new GateRefusal(code, detail));
        }
    }

    private static void CheckNobodyIsLowered(RewardLeaf[] previous, Dictionary<Digest, TokenAmount> now, List<GateRefusal> refusals)
    {
        foreach (RewardLeaf before in previous)
        {
            if (now.GetValueOrDefault(before.Payee) >= before.Cumulative) continue;
            refusals.Add(new GateRefusal("leaf-lowered", $"payee {before.Payee} had {before.Cumulative} and would have {now.GetValueOrDefault(before.Payee)}"));
            return;
        }
    }

    /// <summary>A reward tree's root by its definition (specs/merkle.md): leaves by hash, the lowest last, each node over its two children.</summary>
    private static Digest RootOf(RewardLeaf[] leaves)
    {
        if (leaves.Length == 0) return Digest.Zero;
        Digest[] nodes = new Digest[(2 * leaves.Length) - 1];
        Digest[] hashes = new Digest[leaves.Length];
        Parallel.For(0, leaves.Length, i => hashes[i] = leaves[i].Hash());
        Array.Sort(hashes);
        for (int i = 0; i < hashes.Length; i++) nodes[nodes.Length - 1 - i] = hashes[i];

        // A level at a time from below, so that both cores can work at it: 0, then 1 and 2, then 3 to 6.
        for (int first = (int)(uint)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)leaves.Length); first > 0; first /= 2)
            Parallel.For(first - 1, Math.Min((2 * first) - 1, leaves.Length - 1), i => nodes[i] = RewardProof.HashNode(nodes[(2 * i) + 1], nodes[(2 * i) + 2]));
        return nodes[0];
    }
}
