using Ledger.Core.Merkle;

namespace Ledger.Tests.Merkle;

/// <summary>
/// A log in memory, written straight from the recursive definitions of RFC 9162, section 2.1: the oracle for the log tree.
/// As a source of nodes it fails the test when it is asked for one that reaches past <see cref="VisibleSize"/>.
/// </summary>
internal sealed class MemoryLog(IReadOnlyList<Digest> leafHashes) : ILogNodes
{
    private readonly Dictionary<(long, long), Digest> _hashes = [];

    /// <summary>The number of leaves that a reader may see.</summary>
    public long VisibleSize { get; set; } = leafHashes.Count;

    public static MemoryLog OfSize(int size) =>
        new([.. Enumerable.Range(0, size).Select(i => LogHash.Leaf(BitConverter.GetBytes(i)))]);

    public Digest Leaf(long index) => leafHashes[(int)index];

    public Digest Node(int level, long index)
    {
        var length = 1L << level;
        var start = index * length;
        if (index < 0 || start + length > VisibleSize)
        {
            throw new InvalidOperationException($"Node ({level}, {index}) reaches past the log's {VisibleSize} leaves.");
        }

        return Hash(start, start + length);
    }

    /// <summary>MTH of the first leaves.</summary>
    public Digest Root(long size) => size == 0 ? LogHash.EmptyRoot : Hash(0, size);

    /// <summary>Whether a proof, taken apart from the root downwards, gives back the root.</summary>
    public static bool Includes(Digest root, long size, long index, Digest leafHash, IEnumerable<Digest> proof)
    {
        if (index < 0 || index >= size) return false;
        var rest = new Stack<Digest>(proof);
        return Rebuild(index, size) == root && rest.Count == 0;

        Digest? Rebuild(long at, long length)
        {
            if (length == 1) return leafHash;
            if (!rest.TryPop(out var sibling)) return null;
            var half = Half(length);
            return at < half
                ? Combine(Rebuild(at, half), sibling)
                : Combine(sibling, Rebuild(at - half, length - half));
        }
    }

    /// <summary>Whether a proof, taken apart from the new root downwards, gives back both roots.</summary>
    public static bool Continues(Digest oldRoot, long oldSize, Digest newRoot, long newSize, IEnumerable<Digest> proof)
    {
        if (oldSize < 1 || oldSize > newSize) return false;
        var rest = new Stack<Digest>(proof);
        return Rebuild(oldSize, newSize, isWhole: true) == (oldRoot, newRoot) && rest.Count == 0;

        (Digest? Old, Digest? New) Rebuild(long size, long length, bool isWhole)
        {
            if (size == length && isWhole) return (oldRoot, oldRoot);
            if (!rest.TryPop(out var hash)) return (null, null);
            if (size == length) return (hash, hash);
            var half = Half(length);
            if (size <= half)
            {
                var left = Rebuild(size, half, isWhole);
                return (left.Old, Combine(left.New, hash));
            }

            var right = Rebuild(size - half, length - half, isWhole: false);
            return (Combine(hash, right.Old), Combine(hash, right.New));
        }
    }

    private static Digest? Combine(Digest? left, Digest? right) =>
        left is { } l && right is { } r ? LogHash.Node(l, r) : null;

    private static long Half(long length)
    {
        var half = 1L;
        while (half < length - half) half *= 2;
        return half;
    }

    private Digest Hash(long start, long end)
    {
        if (end - start == 1) return leafHashes[(int)start];
        if (_hashes.TryGetValue((start, end), out var known)) return known;
        var middle = start + Half(end - start);
        return _hashes[(start, end)] = LogHash.Node(Hash(start, middle), Hash(middle, end));
    }
}
