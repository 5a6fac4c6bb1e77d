using Ledger.Core.Events;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>For every stream of the log its last revision and the stretches of the log that hold it.</summary>
internal sealed class StreamSegments
{
    /// <summary>Positions in a stretch: what is read from the cluster to find a stream's events in it.</summary>
    public const int StretchPositions = 1024;

    private readonly Dictionary<StreamName, History> _streams = [];

    /// <summary>The stream's last revision, −1 when it has no events.</summary>
    public long Last(StreamName stream) => _streams.TryGetValue(stream, out History? history) ? history.Last : -1;

    /// <summary>Counts the event at the next position.</summary>
    /// <returns>Its revision.</returns>
    public long Add(StreamName stream, long position)
    {
        if (!_streams.TryGetValue(stream, out History? history)) _streams.Add(stream, history = new History());
        history.Last++;
        List<Segment> segments = history.Segments;
        if (segments.Count > 0 && position / StretchPositions == segments[^1].FirstPosition / StretchPositions)
            segments[^1] = segments[^1] with { LastPosition = position };
        else
            segments.Add(new Segment(history.Last, position, position));
        return history.Last;
    }

    /// <summary>The segment that holds a revision, which is at most the last; null when the stream has no such.</summary>
    public Segment? Find(StreamName stream, long revision)
    {
        if (revision < 0 || !_streams.TryGetValue(stream, out History? history) || revision > history.Last) return null;
        List<Segment> segments = history.Segments;
        int low = 0;
        int high = segments.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (segments[middle].FirstRevision <= revision) low = middle;
            else high = middle - 1;
        }

        return segments[low];
    }

    /// <param name="FirstRevision">Of the stream's events in it.</param>
    /// <param name="FirstPosition">Of the first of them.</param>
    /// <param name="LastPosition">Of the last of them.</param>
    internal readonly record struct Segment(long FirstRevision, long FirstPosition, long LastPosition);

    private sealed class History
    {
        public long Last { get; set; } = -1;

        public List<Segment> Segments { get; } = new(1);
    }
}
