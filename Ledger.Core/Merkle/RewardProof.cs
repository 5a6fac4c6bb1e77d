namespace Ledger.Core.Merkle;

/// <summary>
/// Checks that a leaf is in a reward tree, with the tree's root and nothing else from it. The rules are those of
/// OpenZeppelin's <c>MerkleProof</c> contract and <c>StandardMerkleTree</c> (<c>specs/merkle.md</c>).
/// </summary>
public static class RewardProof
{
    /// <summary>The hash of a leaf from the ABI encoding of its values.</summary>
    /// <remarks>
    /// Hashed twice: an inner node is the hash of 64 bytes, so with a single hash anyone could pass off a node as a
    /// leaf whose encoding happens to be 64 bytes long. What the outer hash takes is always 32 bytes.
    /// </remarks>
    public static Digest HashLeaf(ReadOnlySpan<byte> encoded)
    {
        Span<byte> inner = stackalloc byte[Digest.SizeBytes];
        Keccak256.Hash(encoded, inner);
        return Keccak256.Hash(inner);
    }

    /// <summary>The hash of an inner node from its two children: the lower one first, so that a proof needs no sides.</summary>
    public static Digest HashNode(in Digest child, in Digest sibling) =>
        child.CompareTo(sibling) <= 0 ? Keccak256.HashPair(child, sibling) : Keccak256.HashPair(sibling, child);

    /// <summary>Whether <paramref name="proof"/> leads from <paramref name="leaf"/> to <paramref name="root"/>.</summary>
    /// <param name="root">The root that was published.</param>
    /// <param name="leaf">What is claimed.</param>
    /// <param name="proof">The siblings from the leaf up, as <see cref="RewardTree.ProofFor"/> gives them.</param>
    public static bool Verify(Digest root, RewardLeaf leaf, ReadOnlySpan<Digest> proof) => Verify(root, leaf.Hash(), proof);

    /// <summary>Whether <paramref name="proof"/> leads from the hash of a leaf to <paramref name="root"/>.</summary>
    /// <remarks>
    /// Hash the leaf's values oneself: a hash that comes from the claimant may be that of an inner node.
    /// </remarks>
    public static bool Verify(Digest root, Digest leafHash, ReadOnlySpan<Digest> proof)
    {
        var node = leafHash;
        foreach (ref readonly var sibling in proof) node = HashNode(node, sibling);
        return node == root;
    }
}
