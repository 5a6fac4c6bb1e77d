namespace Ledger.Core.Merkle;

/// <summary>
/// Shows that a leaf is at an index of a log, against the root of that log (RFC 9162, sections 2.1.3.1 and 2.1.3.2).
/// </summary>
public static class InclusionProof
{
    /// <summary>The hashes beside the way from the leaf to the root, the lowest first.</summary>
    /// <param name="nodes">The log's nodes; asked only for those within the first <paramref name="size"/> leaves.</param>
    /// <param name="leafIndex">0 to size − 1.</param>
    /// <param name="size">The number of leaves of the log at the root in question.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static Digest[] Build(ILogNodes nodes, long leafIndex, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leafIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leafIndex, size);
        var proof = new List<Digest>();
        for (var range = new LogRange(0, size); range.Length > 1;)
        {
            var (left, right) = range.Split();
            var isLeft = leafIndex < left.End;
            proof.Add((isLeft ? right : left).Hash(nodes));
            range = isLeft ? left : right;
        }

        proof.Reverse();
        return [.. proof];
    }

    /// <summary>Whether <paramref name="proof"/> shows that the leaf is in the log.</summary>
    /// <param name="root">The log's root, from a source that is trusted together with its size.</param>
    /// <param name="size">The log's number of leaves. A root does not bind it: see <c>specs/merkle.md</c>.</param>
    /// <param name="leafIndex">Where the leaf is said to be.</param>
    /// <param name="leafHash">The leaf, hashed by the verifier with <see cref="LogHash.Leaf"/>.</param>
    /// <param name="proof">What <see cref="Build"/> gave.</param>
    public static bool Verify(Digest root, long size, long leafIndex, Digest leafHash, ReadOnlySpan<Digest> proof)
    {
        if (leafIndex < 0 || leafIndex >= size) return false;

        // Position of the node reached, and of the last node of its level.
        var index = leafIndex;
        var lastIndex = size - 1;
        var node = leafHash;
        foreach (ref readonly var sibling in proof)
        {
            if (lastIndex == 0) return false;
            if ((index & 1) == 1 || index == lastIndex)
            {
                node = LogHash.Node(sibling, node);

                // A last node without a right sibling is its own parent, for as many levels as that is so.
                while ((index & 1) == 0 && index != 0)
                {
                    index >>= 1;
                    lastIndex >>= 1;
                }
            }
            else
            {
                node = LogHash.Node(node, sibling);
            }

            index >>= 1;
            lastIndex >>= 1;
        }

        return lastIndex == 0 && node == root;
    }
}
