namespace Ledger.Host.Adapters.Video.Ipfs;

/// <summary>Grows the balanced tree of a file from its chunks in order, holding only what has no parent yet: fewer than <see cref="ChildrenMax"/> parts a level.</summary>
internal sealed class BalancedTree
{
    /// <summary>Children of a node, as ipfs-unixfs-importer and Kubo have them by default.</summary>
    public const int ChildrenMax = 174;

    private readonly List<List<FileNode>> _levels = [];

    /// <summary>Adds the next chunk.</summary>
    public void Add(FileNode leaf) => Add(0, leaf);

    /// <summary>The root over all chunks; the only chunk is its own root.</summary>
    /// <exception cref="InvalidOperationException">There is no chunk; an empty file has one, without bytes.</exception>
    public FileNode Root()
    {
        if (_levels.Count == 0) throw new InvalidOperationException("a file has at least one chunk");
        for (int level = 0; level < _levels.Count; level++)
        {
            List<FileNode> parts = _levels[level];
            if (level == _levels.Count - 1 && parts.Count == 1) return parts[0];
            // A level that is not the last gets a parent even over a single part: every chunk is equally deep.
            if (parts.Count > 0) Close(level);
        }

        return _levels[^1][0];
    }

    private void Add(int level, FileNode part)
    {
        if (level == _levels.Count) _levels.Add([]);
        _levels[level].Add(part);
        if (_levels[level].Count == ChildrenMax) Close(level);
    }

    private void Close(int level)
    {
        FileNode parent = FileNode.Over(_levels[level]);
        _levels[level].Clear();
        Add(level + 1, parent);
    }
}
