using System.Buffers;
using System.Numerics;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Log tree nodes of a block: those of level 8 and above whose last leaf is in the block, in order of completion, then the peaks after the block.</summary>
/// <remarks>Below level 8 nodes are hashed again from at most 256 events. How many nodes are stored follows from the positions, so they are found without an index.</remarks>
internal static class TreePart
{
    /// <summary>Lowest level whose nodes are kept: 256 leaves, the tile of C2SP tlog-tiles.</summary>
    public const int TileLevel = 8;

    /// <summary>Leaves of a tile.</summary>
    public const int TileLeaves = 1 << TileLevel;

    private const long TileMask = TileLeaves - 1;

    /// <summary>
    /// Appends leaves to the frontier and adds the kept nodes that they complete in order; the largest subtrees that fit are hashed together, overwriting
    /// their leaves.
    /// </summary>
    public static void Append(LogFrontier frontier, Span<Digest> leaves, List<Digest> completed, LogHasher hasher)
    {
        while (!leaves.IsEmpty)
        {
            int aligned = BitOperations.TrailingZeroCount(frontier.Size | TileLeaves);
            int level = Math.Min(aligned, BitOperations.Log2((uint)leaves.Length));
            Span<Digest> nodes = leaves[..(1 << level)];
            for (int width = nodes.Length; width > 1; width /= 2) hasher.Parents(nodes[..width], nodes);
            Append(frontier, level, nodes[0], completed);
            leaves = leaves[nodes.Length..];
        }
    }

    // A tile is complete when the subtree is one, or ends one.
    private static void Append(LogFrontier frontier, int level, Digest subtree, List<Digest> completed)
    {
        Digest node = subtree;
        if (level == TileLevel) completed.Add(node);
        if (((frontier.Size + (1L << level)) & TileMask) == 0)
        {
            ReadOnlySpan<Digest> peaks = frontier.Peaks;
            for (int up = 1; ((frontier.Size >> (level + up - 1)) & 1) == 1; up++)
            {
                node = LogHash.Node(peaks[^up], node);
                if (level + up >= TileLevel) completed.Add(node);
            }
        }

        frontier.AppendSubtree(level, subtree);
    }

    public static byte[] Encode(List<Digest> completed, LogFrontier frontier)
    {
        ArrayBufferWriter<byte> output = new((completed.Count + 64) * Digest.SizeBytes);
        foreach (Digest node in completed) Write(node, output);
        foreach (Digest peak in frontier.Peaks) Write(peak, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The node of <paramref name="level"/> ≥ 8 whose last leaf is in the block of <paramref name="header"/>.</summary>
    public static Digest Node(ReadOnlySpan<byte> part, BlockHeader header, int level, long index)
    {
        long tiles = (index + 1) << (level - TileLevel);
        long place = NodesOf(tiles - 1) + (level - TileLevel) - NodesOf(header.FirstPosition >> TileLevel);
        return Digest.FromBytes(part.Slice((int)(place * Digest.SizeBytes), Digest.SizeBytes));
    }

    /// <summary>The frontier after the block.</summary>
    public static LogFrontier Frontier(ReadOnlySpan<byte> part, BlockHeader header)
    {
        int nodes = (int)(NodesOf(header.End >> TileLevel) - NodesOf(header.FirstPosition >> TileLevel));
        ReadOnlySpan<byte> stored = part[(nodes * Digest.SizeBytes)..];
        Digest[] peaks = new Digest[stored.Length / Digest.SizeBytes];
        for (int i = 0; i < peaks.Length; i++) peaks[i] = Digest.FromBytes(stored.Slice(i * Digest.SizeBytes, Digest.SizeBytes));
        return LogFrontier.Restore(header.End, peaks);
    }

    // Each tile completes one node of level 8 and one more for every trailing zero bit of the number of tiles.
    private static long NodesOf(long tiles) => (2 * tiles) - BitOperations.PopCount((ulong)tiles);

    private static void Write(Digest node, ArrayBufferWriter<byte> output)
    {
        node.WriteTo(output.GetSpan(Digest.SizeBytes));
        output.Advance(Digest.SizeBytes);
    }
}
