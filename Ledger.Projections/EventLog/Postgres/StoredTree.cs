using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog.Embedded;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>The log tree's nodes: kept ones from their table, those under a tile hashed again from its events.</summary>
internal sealed class StoredTree(PostgresSource source, NameTable names, long size) : ILogNodes
{
    private readonly List<Digest> _leaves = [];
    private long _tile = -1;

    public Digest Node(int level, long index)
    {
        if (level < TreePart.TileLevel) return Below(level, index);
        return source.Read(connection =>
        {
            using NpgsqlCommand ask = new($"SELECT hash FROM {source.Schema}.tree_node WHERE level = $1 AND place = $2", connection) { Parameters = { new() { Value = (short)level }, new() { Value = index } } };
            return ask.ExecuteScalar() is byte[] { Length: Digest.SizeBytes } hash
                ? Digest.FromBytes(hash)
                : throw PostgresFaults.Damaged("tree-node-missing", $"the log tree has no node at level {level}, place {index}");
        });
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
        long first = tile << TreePart.TileLevel;
        RecordedEvent[] events = source.Read(connection => EventQueries.RangeAsync(connection, source.Schema, names, first, Math.Min(size, first + TreePart.TileLeaves), CancellationToken.None).GetAwaiter().GetResult());
        _leaves.Clear();
        foreach (RecordedEvent e in events) _leaves.Add(LogHash.Leaf(CanonicalBytes.Of(e.Event)));
        _tile = tile;
    }
}
