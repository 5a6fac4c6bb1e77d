using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>A block ready to be stored.</summary>
/// <param name="Header">What it is.</param>
/// <param name="HeaderBytes">The same, as stored.</param>
/// <param name="Hash">SHA-256 of the header.</param>
/// <param name="Parts">By <see cref="BlockPart"/>; valid until <see cref="Release"/>.</param>
/// <param name="Streams">The streams it holds events of.</param>
/// <param name="Buffer">Holds the large parts.</param>
internal sealed record SealedBlock(
    BlockHeader Header, byte[] HeaderBytes, Digest Hash, ReadOnlyMemory<byte>[] Parts, IReadOnlyList<StreamSpan> Streams, BlockBuffer Buffer)
{
    /// <summary>Ends the use of <see cref="Parts"/>: their memory serves another block.</summary>
    public void Release() => Buffer.Return();
}
