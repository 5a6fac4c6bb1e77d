namespace Ledger.Core.Merkle;

/// <summary>
/// Gives the hashes of a log's complete subtrees, however a store keeps or recomputes them.
/// </summary>
/// <remarks>
/// The node at (level, index) covers the 2^level leaves from index · 2^level on; level 0 is the leaves. Proofs ask only
/// for nodes whose leaves are all within the log, so what a node is never changes as the log grows.
/// </remarks>
public interface ILogNodes
{
    /// <summary>The hash of the complete subtree at (level, index).</summary>
    /// <param name="level">0 to 62.</param>
    /// <param name="index">0 or more.</param>
    Digest Node(int level, long index);
}
