using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>An event as a producer states it: before the ledger has accepted it, dated it and put it in a window.</summary>
/// <remarks>What happened is an object, or still the text that it was read from (<see cref="PlainActivity"/>); both are the same event.</remarks>
public readonly record struct SubmittedEvent
{
    private readonly EventPayload? _payload;
    private readonly PlainActivity _plain;

    public SubmittedEvent(EventId id, UnixMs occurredAt, EventPayload payload) => (Id, OccurredAt, _payload) = (id, occurredAt, payload);

    internal SubmittedEvent(EventId id, UnixMs occurredAt, PlainActivity plain) => (Id, OccurredAt, _plain) = (id, occurredAt, plain);

    /// <summary>The producer's id; the same id is the same event.</summary>
    public EventId Id { get; }

    /// <summary>The producer's time.</summary>
    public UnixMs OccurredAt { get; }

    /// <summary>What happened.</summary>
    public EventPayload Payload => _payload ?? _plain.Payload;

    /// <summary>The kind of what happened.</summary>
    public EventKind Kind => _payload is null ? _plain.Kind : _payload.Kind;

    /// <summary>Whether what happened is still text.</summary>
    public bool TryPlain(out PlainActivity plain)
    {
        plain = _plain;
        return _payload is null;
    }

    /// <summary>Whether both are the same event, in whatever form.</summary>
    public bool Equals(SubmittedEvent other) => Id == other.Id && OccurredAt == other.OccurredAt && Payload.Equals(other.Payload);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();
}
