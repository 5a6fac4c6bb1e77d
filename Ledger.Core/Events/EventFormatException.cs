namespace Ledger.Core.Events;

/// <summary>A persisted or submitted event cannot be read.</summary>
/// <remarks>From a store this is a fault (damage, or a newer writer); from a producer it becomes a refusal with the same <see cref="Code"/>.</remarks>
public sealed class EventFormatException : FormatException
{
    public EventFormatException()
        : this("event-malformed", null, "the event cannot be read")
    {
    }

    public EventFormatException(string message)
        : this("event-malformed", null, message)
    {
    }

    public EventFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
        Code = "event-malformed";
    }

    /// <param name="code">Stable, kebab-case.</param>
    /// <param name="field">The field at fault, when there is one.</param>
    /// <param name="detail">What was found and what was expected.</param>
    public EventFormatException(string code, string? field, string detail)
        : base(field is null ? $"{code}: {detail}" : $"{code}: field '{field}': {detail}")
    {
        Code = code;
        Field = field;
    }

    /// <summary>Stable code, e.g. <c>unknown-kind</c>, <c>unknown-version</c>, <c>field-missing</c>, <c>out-of-range</c>.</summary>
    public string Code { get; }

    /// <summary>The field at fault, or null when the whole event is.</summary>
    public string? Field { get; }
}
