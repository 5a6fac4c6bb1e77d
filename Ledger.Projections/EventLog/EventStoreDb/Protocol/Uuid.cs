using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.EventStoreDb.Protocol;

/// <summary>An event id on the wire: two 64-bit halves, the most significant first, or the usual text.</summary>
internal sealed partial class Uuid
{
    public static Uuid TextOf(EventId id) => new() { Text = id.ToString() };

    public static Uuid StructuredOf(EventId id) => unchecked(new()
    {
        Structured = new Types.Structured { MostSignificant = (long)(ulong)(id.Value >> 64), LeastSignificant = (long)(ulong)id.Value },
    });

    /// <summary>False when there is no UUID here, or its text is none.</summary>
    public bool TryId(out EventId id)
    {
        id = default;
        switch (FormCase)
        {
            case FormOneofCase.Structured:
                id = new EventId(unchecked(new UInt128((ulong)Structured.MostSignificant, (ulong)Structured.LeastSignificant)));
                return true;
            case FormOneofCase.Text:
                return EventId.TryParse(Text, out id);
            default:
                return false;
        }
    }
}
