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

    /// <summary>Subtrees whose roots stand this deep are hashed on their own: 64 of them, so that cores end together.</summary>
    private const int SubtreeDepth = 6;

    /// <summary>Leaves that are made before they are hashed: few enough to stay in a core's first cache, and whole numbers of every tier's lanes.</summary>
    private const int LeavesAtOnce = 256;

    /// <summary>Makes the leaves from an index on.</summary>
    internal delegate void MakeLeaves(int first, Span<RewardLeaf> leaves);

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
    public static RewardTree Build(RewardLeaf[] leaves) => Build(leaves, KeccakTiers.Best);

    /// <summary>The same, hashing so many at once.</summary>
    internal static RewardTree Build(RewardLeaf[] leaves, KeccakTier tier) =>
        Build(leaves.Length, (first, some) => leaves.AsSpan(first, some.Length).CopyTo(some), tier);

    /// <summary>Builds the tree of leaves that are made where they are hashed, a few at a time, and never stand together.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="make">Makes some of them; called from several threads.</param>
    /// <exception cref="DuplicateLeafException">Two leaves are equal.</exception>
    internal static RewardTree Build(int count, MakeLeaves make) => Build(count, make, KeccakTiers.Best);

    /// <summary>Builds the tree over leaf hashes made elsewhere with <see cref="RewardProof.HashLeaf"/>.</summary>
    /// <exception cref="DuplicateLeafException">Two hashes are equal.</exception>
    public static RewardTree FromHashes(ReadOnlySpan<Digest> leafHashes) => FromOwnedHashes(leafHashes.ToArray(), KeccakTiers.Best);

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

    private static RewardTree Build(int count, MakeLeaves make, KeccakTier tier)
    {
        var hashes = GC.AllocateUninitializedArray<Digest>(count);
        Parallel.ForEach(
            Partitioner.Create(0, Math.Max(1, count), ChunkLength),
            () => (Hasher: new RewardHasher(tier), Leaves: new RewardLeaf[LeavesAtOnce]),
            (range, _, worker) =>
            {
                for (var first = range.Item1; first < Math.Min(range.Item2, count); first += LeavesAtOnce)
                {
                    var leaves = worker.Leaves.AsSpan(0, Math.Min(LeavesAtOnce, Math.Min(range.Item2, count) - first));
                    make(first, leaves);
                    worker.Hasher.HashLeaves(leaves, hashes.AsSpan(first, leaves.Length));
                }

                return worker;
            },
            _ => { });
        return FromOwnedHashes(hashes, tier);
    }

    private static RewardTree FromOwnedHashes(Digest[] hashes, KeccakTier tier)
    {
        if (hashes.Length == 0) return new RewardTree([], []);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashes.Length, MaxLeafCount, nameof(hashes));
        var order = DigestOrder.Of(hashes);
        var nodes = GC.AllocateUninitializedArray<Digest>((2 * hashes.Length) - 1);
        var nodeIndexByLeaf = new int[hashes.Length];
        Parallel.ForEach(Partitioner.Create(0, order.Length, ChunkLength), range =>
        {
            for (var rank = range.Item1; rank < range.Item2; rank++)
            {
                var node = nodes.Length - 1 - rank;
                nodes[node] = hashes[order[rank]];
                nodeIndexByLeaf[order[rank]] = node;
            }
        });
        for (var rank = 1; rank < order.Length; rank++)
        {
            var node = nodes.Length - 1 - rank;
            if (nodes[node] == nodes[node + 1]) throw new DuplicateLeafException(nodes[node], order[rank - 1], order[rank]);
        }

        HashInnerNodes(nodes, hashes.Length - 1, tier);
        return new RewardTree(nodes, nodeIndexByLeaf);
    }

    /// <summary>Fills the first <paramref name="innerCount"/> nodes: every subtree below a certain depth on its own, then what is above them.</summary>
    private static void HashInnerNodes(Digest[] nodes, int innerCount, KeccakTier tier)
    {
        var depth = Math.Min(SubtreeDepth, DepthOf(innerCount));
        var firstRoot = (1 << depth) - 1;
        Parallel.For(firstRoot, (2 * firstRoot) + 1, () => new RewardHasher(tier), (root, _, hasher) =>
        {
            HashSubtree(nodes, root, innerCount, hasher);
            return hasher;
        }, _ => { });
        HashSubtree(nodes, 0, Math.Min(firstRoot, innerCount), new RewardHasher(tier));
    }

    /// <summary>Fills the inner nodes of a subtree depth by depth from the deepest: those of one depth are a run.</summary>
    private static void HashSubtree(Digest[] nodes, int root, int innerCount, RewardHasher hasher)
    {
        var deepest = 0;
        while (FirstBelow(root, deepest + 1) < innerCount) deepest++;
        for (var depth = deepest; depth >= 0; depth--)
        {
            var first = FirstBelow(root, depth);
            if (first < innerCount) hasher.HashNodes(nodes, (int)first, (int)Math.Min(first + (1L << depth), innerCount));
        }
    }

    /// <summary>The leftmost node so many steps below another.</summary>
    private static long FirstBelow(int root, int steps) => ((root + 1L) << steps) - 1;
}
