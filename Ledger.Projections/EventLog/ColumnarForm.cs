using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog;

/// <summary>What <see cref="ActivityColumns"/> say of one event: who, on what, and one number.</summary>
/// <param name="Account">Ordinal of the actor.</param>
/// <param name="Target">Ordinal of what was acted on.</param>
/// <param name="Value">The kind's number; see <see cref="ActivityColumns"/>.</param>
public readonly record struct ColumnarForm(int Account, int Target, long Value)
{
    /// <summary>Splits an event of a columnar kind, giving its ids ordinals in the order of its fields.</summary>
    public static ColumnarForm Of(EventPayload payload, NameTable names)
    {
        ColumnarFields fields = ColumnarFields.Of(payload);
        return new ColumnarForm(names.Intern(fields.Account), names.Intern(fields.Target), fields.Value);
    }

    /// <summary>Puts the event together again.</summary>
    public EventPayload Payload(EventKind kind, NameTable names) => ActivityColumns.Payload(kind, names.Text(Account), names.Text(Target), Value);
}
