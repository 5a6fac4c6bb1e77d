using System.Numerics;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The log tree's nodes: kept ones from the blocks, those under a tile hashed again from its events.</summary>
internal sealed class StoredNodes(BlockReader reader, NameTable names, long size) : ILogNodes
{
    private readonly List<Digest> _leaves = [];
    private long _tile = -1;

    public Digest Node(int level, long index)
    {
        if (level < TreePart.TileLevel) return Below(level, index);
        BlockHeader header = reader.Holding(((index + 1) << level) - 1).Header;
        return reader.Part(header, BlockPart.Tree, (header, level, index), static (part, asked) => TreePart.Node(part, asked.header, asked.level, asked.index));
    }

    /// <summary>The root of the first <paramref name="leaves"/> leaves.</summary>
    public Digest Root(long leaves)
    {
        List<Digest> peaks = [];
        long start = 0;
        while (start < leaves)
        {
            int level = BitOperations.Log2((ulong)(leaves - start));
            peaks.Add(Node(level, start >> level));
            start += 1L << level;
        }

        return LogFrontier.Restore(leaves, peaks.ToArray()).Root();
    }

    private Digest Below(int level, long index)
    {
        long first = index << level;
        LoadTile(first >> TreePart.TileLevel);
        LogFrontier subtree = new();
        int offset = (int)(first & (TreePart.TileLeaves - 1));
        for (int i = 0; i < 1 << level; i++) subtree.Append(_leaves[offset + i]);
        return subtree.Root();
    }

    private void LoadTile(long tile)
    {
        if (tile == _tile) return;
        _leaves.Clear();
        long end = Math.Min(size, (tile + 1) << TreePart.TileLevel);
        for (long position = tile << TreePart.TileLevel; position < end;)
        {
            BlockHeader header = reader.Holding(position).Header;
            RecordedEvent[] events = BlockEvents.All(reader, header, names);
            for (; position < Math.Min(end, header.End); position++) _leaves.Add(LogHash.Leaf(CanonicalBytes.Of(events[(int)(position - header.FirstPosition)].Event)));
        }

        _tile = tile;
    }
}
