namespace Ledger.Core.Merkle;

/// <summary>
/// Refusal to build a reward tree in which two leaves have the same hash: one claim would have two places in the tree,
/// and whoever counts leaves would count it twice. Give each payee one leaf.
/// </summary>
public sealed class DuplicateLeafException : Exception
{
    private const string DuplicateRewardLeaf = "duplicate-reward-leaf";

    internal DuplicateLeafException(Digest leafHash, int firstLeafIndex, int secondLeafIndex)
        : base($"{DuplicateRewardLeaf}: leaves {firstLeafIndex} and {secondLeafIndex} are the same, with hash {leafHash}; give each payee one leaf.")
    {
        LeafHash = leafHash;
        FirstLeafIndex = firstLeafIndex;
        SecondLeafIndex = secondLeafIndex;
    }

    /// <summary>The stable code of this refusal, <c>duplicate-reward-leaf</c>.</summary>
    public string Code { get; } = DuplicateRewardLeaf;

    /// <summary>The hash that both leaves have.</summary>
    public Digest LeafHash { get; }

    /// <summary>Index of the earlier of the two leaves, in the order they were given.</summary>
    public int FirstLeafIndex { get; }

    /// <summary>Index of the later of the two leaves, in the order they were given.</summary>
    public int SecondLeafIndex { get; }
}
