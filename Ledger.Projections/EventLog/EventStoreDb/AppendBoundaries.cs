namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>Tells from the stream alone which appends are whole: an append of several messages counts once its last event is there.</summary>
/// <remarks>
/// A writer that dies between two messages of an append leaves a beginning without an end. The next append begins at index 0, and that voids the
/// beginning: its events were never acknowledged and have no position. So a position is a revision of the stream less the void ones before it.
/// </remarks>
internal sealed class AppendBoundaries
{
    private int _openCount;
    private int _openOf;
    private readonly List<(long FirstPosition, long VoidsBefore)> _voids = []; // ascending: from this position on, so many void events came before

    /// <summary>The cluster's revision after the last event taken.</summary>
    public long NextRaw { get; private set; }

    /// <summary>The position that the next whole append begins at.</summary>
    public long Head { get; private set; }

    /// <summary>Takes the stream's next event. True when it completes its append; an event of index 0 begins one, whatever was there of the one before.</summary>
    /// <exception cref="LogFaultException"><c>stream-gap</c>: events before it are missing. <c>event-foreign</c>: its place is not what follows.</exception>
    public bool Take(in StoredEvent e)
    {
        if (e.Raw != NextRaw) throw new LogFaultException("stream-gap", $"the log's stream goes on at revision {e.Raw} after {NextRaw - 1}: events of it were deleted or truncated; restore the cluster from a backup");
        NextRaw++;
        if (e.Index == 0) Void();
        else if (_openCount != e.Index || _openOf != e.Of) throw Foreign(e, $"place {e.Index} of {e.Of} in an append of which {_openCount} are there");
        if (e.Position != Head + e.Index) throw Foreign(e, $"position {e.Position} where {Head + e.Index} follows");
        (_openCount, _openOf) = (_openCount + 1, e.Of);
        if (_openCount < e.Of) return false;
        _openCount = 0;
        Head += e.Of;
        return true;
    }

    /// <summary>The cluster's revision of the event at a position below <see cref="Head"/>.</summary>
    public long RawOf(long position)
    {
        int low = 0;
        int high = _voids.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_voids[middle].FirstPosition <= position) low = middle + 1;
            else high = middle;
        }

        return position + (low == 0 ? 0 : _voids[low - 1].VoidsBefore);
    }

    private static LogFaultException Foreign(in StoredEvent e, string detail) =>
        new("event-foreign", $"revision {e.Raw} of the log's stream has {detail}; nothing else may append there");

    private void Void()
    {
        if (_openCount == 0) return;
        _voids.Add((Head, (_voids.Count == 0 ? 0 : _voids[^1].VoidsBefore) + _openCount));
        _openCount = 0;
    }
}
