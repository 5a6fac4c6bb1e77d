using System.Numerics;

namespace Ledger.Core.Merkle;

/// <summary>
/// Shows that a log only grew: that its first leaves are all leaves of an earlier, smaller log
/// (RFC 9162, sections 2.1.4.1 and 2.1.4.2).
/// </summary>
public static class ConsistencyProof
{
    /// <summary>The hashes from which both roots can be made, the lowest first; none if the sizes are equal.</summary>
    /// <param name="nodes">The log's nodes; asked only for those within the first <paramref name="newSize"/> leaves.</param>
    /// <param name="oldSize">1 to <paramref name="newSize"/>: every log continues the empty one, which needs no proof.</param>
    /// <param name="newSize">The number of leaves of the larger log.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sizes are none of these.</exception>
    public static Digest[] Build(ILogNodes nodes, long oldSize, long newSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(oldSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        var proof = new List<Digest>();
        var range = new LogRange(0, newSize);
        while (range.End != oldSize)
        {
            var (left, right) = range.Split();
            var isLeft = oldSize <= left.End;
            proof.Add((isLeft ? right : left).Hash(nodes));
            range = isLeft ? left : right;
        }

        // The subtree at which the old log ends; when that is the whole old log, the verifier has its hash as the root.
        if (range.Start != 0) proof.Add(range.Hash(nodes));
        proof.Reverse();
        return [.. proof];
    }

    /// <summary>Whether <paramref name="proof"/> shows that the new log begins with the whole of the old one.</summary>
    /// <param name="oldRoot">Root of the log when it had <paramref name="oldSize"/> leaves.</param>
    /// <param name="oldSize">1 or more. From size 0 nothing can be shown, and the answer is false.</param>
    /// <param name="newRoot">Root of the log when it had <paramref name="newSize"/> leaves.</param>
    /// <param name="newSize">Not below <paramref name="oldSize"/>.</param>
    /// <param name="proof">What <see cref="Build"/> gave.</param>
    public static bool Verify(Digest oldRoot, long oldSize, Digest newRoot, long newSize, ReadOnlySpan<Digest> proof)
    {
        if (oldSize < 1 || oldSize > newSize) return false;
        if (oldSize == newSize) return proof.IsEmpty && oldRoot == newRoot;

        // Start at the largest complete subtree that ends the old log.
        var level = BitOperations.TrailingZeroCount(oldSize);
        var index = (oldSize - 1) >> level;
        var lastIndex = (newSize - 1) >> level;
        Digest oldNode;
        if (index == 0)
        {
            oldNode = oldRoot;
        }
        else
        {
            if (proof.IsEmpty) return false;
            oldNode = proof[0];
            proof = proof[1..];
        }

        var newNode = oldNode;
        foreach (ref readonly var sibling in proof)
        {
            if (lastIndex == 0) return false;
            if ((index & 1) == 1 || index == lastIndex)
            {
                oldNode = LogHash.Node(sibling, oldNode);
                newNode = LogHash.Node(sibling, newNode);
                while ((index & 1) == 0 && index != 0)
                {
                    index >>= 1;
                    lastIndex >>= 1;
                }
            }
            else
            {
                newNode = LogHash.Node(newNode, sibling);
            }

            index >>= 1;
            lastIndex >>= 1;
        }

        return lastIndex == 0 && oldNode == oldRoot && newNode == newRoot;
    }
}
