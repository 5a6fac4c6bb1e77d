using System.Collections.Concurrent;

namespace Ledger.Core.Merkle;

/// <summary>
/// The tree whose root the chain holds and whose proofs payees present: byte-equal to OpenZeppelin's
/// <c>StandardMerkleTree</c>, so that any of its users can check ours (<c>specs/merkle.md</c>).
/// </summary>
/// <remarks>
/// <para>A complete binary tree of n leaves in one flat array of 2n − 1 nodes: the root at 0, the children of node i at
/// 2i + 1 and 2i + 2, the leaves at the end, sorted by hash, the lowest last.</para>
/// <para>The tree without leaves is allowed (a day may pay nobody): its root is <see cref="Digest.Zero"/>, and it proves
/// nothing.</para>
/// <para>Memory is linear: 68 bytes per leaf are kept (two nodes of 32 and a position of 4), and the build holds 112 at
/// its peak, besides the caller's leaves. Immutable once built, so safe for many readers.</para>
/// </remarks>
public sealed class RewardTree
{
    /// <summary>Leaves whose positions in a flat array of 2n − 1 nodes still fit an <see cref="int"/> index.</summary>
    private const int MaxLeafCount = 1 << 29;

    /// <summary>Hashes per piece of parallel work: about a millisecond, far more than handing it out costs.</summary>
    private const int ChunkLength = 4096;

    private readonly Digest[] _nodes;
    private readonly int[] _nodeIndexByLeaf;

    private RewardTree(Digest[] nodes, int[] nodeIndexByLeaf)
    {
        _nodes = nodes;
        _nodeIndexByLeaf = nodeIndexByLeaf;
    }

    /// <summary>How many leaves the tree has.</summary>
    public int LeafCount => _nodeIndexByLeaf.Length;

    /// <summary>The root; <see cref="Digest.Zero"/> for the tree without leaves.</summary>
    public Digest Root => _nodes.Length == 0 ? Digest.Zero : _nodes[0];

    /// <summary>The flat array of nodes: the <c>tree</c> of OpenZeppelin's dump.</summary>
    public ReadOnlySpan<Digest> Nodes => _nodes;

    /// <summary>Builds the tree of the given leaves, on all cores. The result depends on the leaves only.</summary>
    /// <exception cref="DuplicateLeafException">Two leaves are equal.</exception>
    public static RewardTree Build(ReadOnlySpan<RewardLeaf> leaves)
    {
        // Threads cannot share a span, so the leaves are copied; the copy is garbage before the nodes are allocated.
        return FromOwnedHashes(HashLeaves(leaves.ToArray()));
    }

    /// <summary>Builds the tree over leaf hashes made elsewhere with <see cref="RewardProof.HashLeaf"/>.</summary>
    /// <exception cref="DuplicateLeafException">Two hashes are equal.</exception>
    public static RewardTree FromHashes(ReadOnlySpan<Digest> leafHashes) => FromOwnedHashes(leafHashes.ToArray());

    /// <summary>Where a leaf stands in <see cref="Nodes"/>: the <c>treeIndex</c> of OpenZeppelin's dump.</summary>
    /// <param name="leafIndex">Index of the leaf in the order given to the build.</param>
    public int NodeIndexOf(int leafIndex) => _nodeIndexByLeaf[leafIndex];

    /// <summary>The siblings on the way from a leaf to the root, the leaf's own first; none for a tree of one leaf.</summary>
    /// <param name="leafIndex">Index of the leaf in the order given to the build.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public Digest[] ProofFor(int leafIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leafIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leafIndex, LeafCount);
        var start = _nodeIndexByLeaf[leafIndex];
        var proof = new Digest[DepthOf(start)];
        var node = start;
        for (var step = 0; step < proof.Length; step++)
        {
            var isLeftChild = (node & 1) == 1;
            proof[step] = _nodes[isLeftChild ? node + 1 : node - 1];
            node = (node - 1) / 2;
        }

        return proof;
    }

    private static int DepthOf(int node) => int.Log2(node + 1);

    private static Digest[] HashLeaves(RewardLeaf[] leaves)
    {
        var hashes = new Digest[leaves.Length];
        ForEachChunk(0, leaves.Length, (from, to) =>
        {
            for (var i = from; i < to; i++) hashes[i] = leaves[i].Hash();
        });
        return hashes;
    }

    private static RewardTree FromOwnedHashes(Digest[] hashes)
    {
        if (hashes.Length == 0) return new RewardTree([], []);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashes.Length, MaxLeafCount, nameof(hashes));
        var order = DigestOrder.Of(hashes);
        var nodes = new Digest[(2 * hashes.Length) - 1];
        var nodeIndexByLeaf = new int[hashes.Length];
        for (var rank = 0; rank < order.Length; rank++)
        {
            var leaf = order[rank];
            if (rank > 0 && hashes[leaf] == hashes[order[rank - 1]])
            {
                throw new DuplicateLeafException(hashes[leaf], order[rank - 1], leaf);
            }

            var node = nodes.Length - 1 - rank;
            nodes[node] = hashes[leaf];
            nodeIndexByLeaf[leaf] = node;
        }

        HashInnerNodes(nodes, hashes.Length - 1);
        return new RewardTree(nodes, nodeIndexByLeaf);
    }

    /// <summary>Fills the first <paramref name="innerCount"/> nodes, depth by depth from the deepest.</summary>
    private static void HashInnerNodes(Digest[] nodes, int innerCount)
    {
        for (var end = innerCount; end > 0;)
        {
            // The nodes of one depth are a run that starts at 2^depth − 1; their children are all one depth below.
            var start = (1 << DepthOf(end - 1)) - 1;
            ForEachChunk(start, end, (from, to) =>
            {
                for (var i = from; i < to; i++) nodes[i] = RewardProof.HashNode(nodes[(2 * i) + 1], nodes[(2 * i) + 2]);
            });
            end = start;
        }
    }

    private static void ForEachChunk(int start, int end, Action<int, int> body)
    {
        if (end - start <= ChunkLength)
        {
            body(start, end);
            return;
        }

        Parallel.ForEach(Partitioner.Create(start, end, ChunkLength), range => body(range.Item1, range.Item2));
    }
}
