using System.Numerics;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>The log tree's nodes from level 8 up, an eighth of a byte an event; what is below is hashed again from the events of its tile.</summary>
internal sealed class KeptNodes
{
    /// <summary>Lowest level kept: 256 leaves, the tile of C2SP tlog-tiles.</summary>
    public const int TileLevel = 8;

    private const int TileLeaves = 1 << TileLevel;

    private readonly List<List<Digest>> _levels = [];
    private readonly LogFrontier _tiles = new();
    private readonly LogHasher _hasher = new();
    private readonly Digest[] _tile = new Digest[TileLeaves];
    private int _leaves; // in the tile that is not full yet

    public Digest Root()
    {
        LogFrontier all = LogFrontier.Restore(_tiles.Size, _tiles.Peaks);
        foreach (Digest leaf in _tile.AsSpan(0, _leaves)) all.Append(leaf);
        return all.Root();
    }

    public void Append(Digest leaf)
    {
        _tile[_leaves++] = leaf;
        if (_leaves < TileLeaves) return;
        _leaves = 0;
        for (int nodes = TileLeaves; nodes > 1; nodes /= 2) _hasher.Parents(_tile.AsSpan(0, nodes), _tile);
        Digest node = _tile[0];
        _tiles.AppendSubtree(TileLevel, node);
        for (int level = 0; ; level++)
        {
            if (level == _levels.Count) _levels.Add([]);
            List<Digest> nodes = _levels[level];
            nodes.Add(node);
            if (nodes.Count % 2 != 0) return;
            node = LogHash.Node(nodes[^2], node);
        }
    }

    /// <summary>The node at a level of 8 or more whose leaves are all in the log.</summary>
    public Digest Node(int level, long index) => _levels[level - TileLevel][(int)index];

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    public static Digest Root(ILogNodes nodes, long size)
    {
        List<Digest> peaks = [];
        for (long start = 0; start < size;)
        {
            int level = BitOperations.Log2((ulong)(size - start));
            peaks.Add(nodes.Node(level, start >> level));
            start += 1L << level;
        }

        return LogFrontier.Restore(size, peaks.ToArray()).Root();
    }
}
