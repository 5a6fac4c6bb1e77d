using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>An event as a producer states it: before the ledger has accepted it, dated it and put it in a window.</summary>
/// <param name="Id">The producer's id; the same id is the same event.</param>
/// <param name="OccurredAt">The producer's time.</param>
/// <param name="Payload">What happened.</param>
public readonly record struct SubmittedEvent(EventId Id, UnixMs OccurredAt, EventPayload Payload);
