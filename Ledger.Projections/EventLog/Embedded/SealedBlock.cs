using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>A block ready to be stored.</summary>
internal sealed record SealedBlock(BlockHeader Header, byte[] HeaderBytes, Digest Hash, byte[][] Parts, IReadOnlyList<StreamSpan> Streams);
