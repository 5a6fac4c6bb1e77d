using FsCheck.Xunit;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>A reward tree proves each of its leaves and nothing else, and depends on the set of leaves only.</summary>
public sealed class RewardTreeTests
{
    [Property]
    public void Every_leaf_is_proven_and_the_root_ignores_the_order_given(ushort count, int seed)
    {
        var leaves = RandomLeaves(1 + (count % 300), seed);
        var tree = RewardTree.Build(leaves);
        for (var i = 0; i < leaves.Length; i++) Assert.True(RewardProof.Verify(tree.Root, leaves[i], tree.ProofFor(i)));

        var shuffled = leaves.ToArray();
        new Random(seed).Shuffle(shuffled);
        Assert.Equal(tree.Root, RewardTree.Build(shuffled).Root);
    }

    /// <summary>Large enough that levels are hashed in parallel; the oracle hashes one node after the other.</summary>
    [Fact]
    public void A_tree_hashed_in_parallel_is_the_tree_hashed_node_by_node()
    {
        var leaves = RandomLeaves(20_011, seed: 1);
        var expected = new Digest[(2 * leaves.Length) - 1];
        leaves.Select(leaf => leaf.Hash()).OrderDescending().ToArray().CopyTo(expected, leaves.Length - 1);
        for (var i = leaves.Length - 2; i >= 0; i--) expected[i] = RewardProof.HashNode(expected[(2 * i) + 1], expected[(2 * i) + 2]);

        Assert.Equal(expected, RewardTree.Build(leaves).Nodes.ToArray());
    }

    /// <summary>Hashes that agree in their first word are the one case that the sort treats apart.</summary>
    [Fact]
    public void Hashes_that_agree_in_their_first_bytes_are_still_sorted_whole()
    {
        var hashes = Enumerable.Range(0, 100).Select(i => new Digest((ulong)(i % 3), (ulong)(i * 37 % 101), (ulong)i, 0)).ToArray();

        var tree = RewardTree.FromHashes(hashes);

        Assert.Equal(hashes.OrderDescending(), tree.Nodes[(hashes.Length - 1)..].ToArray());
    }

    [Property]
    public void Any_changed_bit_of_leaf_proof_or_root_is_rejected(byte count, int seed)
    {
        var leaves = RandomLeaves(2 + count, seed);
        var tree = RewardTree.Build(leaves);
        var random = new Random(seed);
        var index = random.Next(leaves.Length);
        var leaf = leaves[index];
        var proof = tree.ProofFor(index);

        Assert.False(RewardProof.Verify(random.FlipBit(tree.Root), leaf, proof));
        Assert.False(RewardProof.Verify(tree.Root, leaf with { Domain = random.FlipBit(leaf.Domain) }, proof));
        Assert.False(RewardProof.Verify(tree.Root, leaf with { Payee = random.FlipBit(leaf.Payee) }, proof));
        var amount = TokenAmount.FromBaseUnits(leaf.Cumulative.BaseUnits ^ (UInt128.One << random.Next(128)));
        Assert.False(RewardProof.Verify(tree.Root, leaf with { Cumulative = amount }, proof));
        Assert.False(RewardProof.Verify(tree.Root, leaf, proof.AsSpan(1)));
        Assert.False(RewardProof.Verify(tree.Root, leaf, [.. proof, tree.Root]));
        var step = random.Next(proof.Length);
        proof[step] = random.FlipBit(proof[step]);
        Assert.False(RewardProof.Verify(tree.Root, leaf, proof));
    }

    /// <summary>The attack that the double hash is for: the 64 bytes under a node, offered as the values of a leaf.</summary>
    [Fact]
    public void An_inner_node_cannot_pass_for_a_leaf()
    {
        var tree = RewardTree.Build(RandomLeaves(4, seed: 7));
        var children = new[] { tree.Nodes[3], tree.Nodes[4] }.Order().SelectMany(child => child.ToArray()).ToArray();
        Assert.Equal(tree.Nodes[1], Keccak256.Hash(children));

        Assert.False(RewardProof.Verify(tree.Root, RewardProof.HashLeaf(children), [tree.Nodes[2]]));
    }

    [Fact]
    public void A_tree_of_one_leaf_is_that_leaf_and_needs_no_siblings()
    {
        var leaf = RandomLeaves(1, seed: 5)[0];
        var tree = RewardTree.Build([leaf]);

        Assert.Equal(leaf.Hash(), tree.Root);
        Assert.Empty(tree.ProofFor(0));
    }

    [Fact]
    public void The_tree_without_leaves_has_the_zero_root_and_no_proof()
    {
        var tree = RewardTree.Build([]);

        Assert.Equal(Digest.Zero, tree.Root);
        Assert.Equal(0, tree.LeafCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.ProofFor(0));
    }

    [Fact]
    public void A_duplicate_leaf_is_refused_and_both_places_are_named()
    {
        var leaves = RandomLeaves(50, seed: 3);
        leaves[41] = leaves[17];

        var refusal = Assert.Throws<DuplicateLeafException>(() => RewardTree.Build(leaves));

        Assert.Equal("duplicate-reward-leaf", refusal.Code);
        Assert.Equal((17, 41), (refusal.FirstLeafIndex, refusal.SecondLeafIndex));
        Assert.Equal(leaves[17].Hash(), refusal.LeafHash);
    }

    private static RewardLeaf[] RandomLeaves(int count, int seed)
    {
        var random = new Random(seed);
        var domain = random.NextDigest();
        return
        [
            .. Enumerable.Range(0, count)
                .Select(_ => new RewardLeaf(domain, random.NextDigest(), TokenAmount.FromBaseUnits((ulong)random.NextInt64()))),
        ];
    }
}
