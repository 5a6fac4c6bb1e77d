using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>An event on its way into the log: its id, its times, its window and what happened.</summary>
/// <param name="Id">The producer's id; the same id is the same event.</param>
/// <param name="OccurredAt">The producer's time.</param>
/// <param name="RecordedAt">The time the ledger accepted it.</param>
/// <param name="Window">The window it counts in.</param>
/// <param name="Payload">What happened.</param>
public sealed record NewEvent(EventId Id, UnixMs OccurredAt, UnixMs RecordedAt, Day Window, EventPayload Payload)
{
    /// <summary>The stream the event belongs to.</summary>
    public StreamName Stream => Payload.Stream(Window);
}

/// <summary>An event in the log.</summary>
/// <param name="Position">Its place in the one total order, from 0, without gaps.</param>
/// <param name="Revision">Its place in its stream, from 0, without gaps.</param>
/// <param name="Event">The event.</param>
public sealed record RecordedEvent(long Position, long Revision, NewEvent Event)
{
    /// <summary>What happened.</summary>
    public EventPayload Payload => Event.Payload;
}
