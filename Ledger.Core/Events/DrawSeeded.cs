using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>The value that a sealed window's prizes are drawn with: the hash of a chain's block that was made after the seal, so that nobody could choose it.</summary>
/// <param name="Window">The UTC day; its ruleset's prize mode is draw.</param>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="BlockNumber">Which block.</param>
/// <param name="BlockHash">Its hash: the seed.</param>
public sealed record DrawSeeded(Day Window, ulong ChainId, ulong BlockNumber, Digest BlockHash) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.DrawSeeded;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Window(Window);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Day("window", Window);
        fields.UInt64("chainId", ChainId);
        fields.UInt64("blockNumber", BlockNumber);
        fields.Digest("blockHash", BlockHash);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static DrawSeeded Read(IFieldReader fields) =>
        new(fields.Day("window"), fields.UInt64("chainId"), fields.UInt64("blockNumber"), fields.Digest("blockHash"));
}
