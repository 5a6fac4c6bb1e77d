using Ledger.Core.Events;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>An event of the log's stream, which counts once its whole append is there.</summary>
/// <remarks>What happened may still be the text that came from the cluster; then the event is good until the next is read.</remarks>
/// <param name="Raw">Its revision in the cluster's stream.</param>
/// <param name="Index">Its place in its append.</param>
/// <param name="Of">Events of its append.</param>
/// <param name="Position">Its place in the log.</param>
/// <param name="Revision">Its place in its stream of the log.</param>
/// <param name="Stream">Its stream of the log.</param>
/// <param name="RecordedAt">When the ledger accepted it.</param>
/// <param name="Window">The window it counts in.</param>
/// <param name="Submitted">The rest.</param>
internal readonly record struct StoredEvent(long Raw, int Index, int Of, long Position, long Revision, StreamName Stream, UnixMs RecordedAt, Day Window, SubmittedEvent Submitted)
{
    /// <summary>The same as an object that lasts.</summary>
    public RecordedEvent Recorded => new(Position, Revision, new NewEvent(Submitted.Id, Submitted.OccurredAt, RecordedAt, Window, Submitted.Payload));

    /// <summary>An event that this process appends.</summary>
    public static StoredEvent Appended(long raw, int index, int of, RecordedEvent recorded)
    {
        NewEvent e = recorded.Event;
        return new StoredEvent(raw, index, of, recorded.Position, recorded.Revision, e.Stream, e.RecordedAt, e.Window, new SubmittedEvent(e.Id, e.OccurredAt, e.Payload));
    }
}
