using System.Numerics;

namespace Ledger.Core.Merkle;

/// <summary>
/// The leaves from <paramref name="Start"/> up to but without <paramref name="End"/>, as a subtree of some log tree.
/// </summary>
/// <remarks>
/// Only ranges that RFC 9162's splitting makes occur: the start is a multiple of the smallest power of two that is not
/// below the length. Such a range is one complete subtree, or a row of complete ones of falling size.
/// </remarks>
internal readonly record struct LogRange(long Start, long End)
{
    public long Length => End - Start;

    /// <summary>How many leaves the left child of a range of this length has: the largest power of two below it.</summary>
    /// <param name="length">2 or more.</param>
    public static long LeftLength(long length) => 1L << BitOperations.Log2((ulong)length - 1);

    /// <summary>The two children; the left one is complete. The range has two leaves or more.</summary>
    public (LogRange Left, LogRange Right) Split()
    {
        var middle = Start + LeftLength(Length);
        return (new LogRange(Start, middle), new LogRange(middle, End));
    }

    /// <summary>The hash of the subtree, from the hashes of the complete subtrees it is made of.</summary>
    public Digest Hash(ILogNodes nodes)
    {
        if (BitOperations.IsPow2(Length))
        {
            var level = BitOperations.Log2((ulong)Length);
            return nodes.Node(level, Start >> level);
        }

        var (left, right) = Split();
        return LogHash.Node(left.Hash(nodes), right.Hash(nodes));
    }
}
