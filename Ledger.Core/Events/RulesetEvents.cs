using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>A ruleset holds from a window on that is not open yet.</summary>
/// <param name="FirstWindow">The first window it holds for.</param>
/// <param name="Hash">SHA-256 of <paramref name="Document"/>.</param>
/// <param name="Document">The canonical JSON document, whole, so that the log alone can replay every window.</param>
public sealed record RulesetAdopted(Day FirstWindow, Digest Hash, byte[] Document) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.RulesetAdopted;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Ruleset;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Day("firstWindow", FirstWindow);
        fields.Digest("hash", Hash);
        fields.Bytes("document", Document);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static RulesetAdopted Read(IFieldReader fields) =>
        new(fields.Day("firstWindow"), fields.Digest("hash"), fields.Bytes("document"));
}
