using System.Runtime.InteropServices;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>
/// The ids of the log as its writer knows them: exact for the newest segments, which have no index in the database yet, and a filter for each indexed one.
/// A segment is a fixed number of consecutive positions.
/// </summary>
/// <remarks>
/// A B-tree insert for each event's random id costs more than all the rest of the append; an index made of a whole segment at once costs a fraction.
/// Members may be called from any thread.
/// </remarks>
internal sealed class IdMemory(int segmentEvents, List<IdFilter> indexed)
{
    private readonly Lock _gate = new();
    private readonly List<Dictionary<EventId, long>> _open = [];

    /// <summary>Positions below this have an index in the database.</summary>
    public long IndexedTo
    {
        get
        {
            lock (_gate) return (long)indexed.Count * segmentEvents;
        }
    }

    /// <summary>Segments that wait for their index although no event will be added to them.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return Math.Max(0, _open.Count - 1);
        }
    }

    /// <summary>The position of an id of an open segment, or −1; <paramref name="mayBeIndexed"/> tells whether the indexed ones must be asked.</summary>
    public long Find(EventId id, out bool mayBeIndexed)
    {
        lock (_gate)
        {
            mayBeIndexed = false;
            for (int i = _open.Count - 1; i >= 0; i--)
            {
                if (_open[i].TryGetValue(id, out long position)) return position;
            }

            if (indexed.Count == 0) return -1;
            IdHash hash = IdHash.Of(id);
            foreach (IdFilter filter in CollectionsMarshal.AsSpan(indexed))
            {
                mayBeIndexed |= filter.MayHold(hash);
                if (mayBeIndexed) break;
            }

            return -1;
        }
    }

    /// <summary>Takes the id of the event at <paramref name="next"/>; false when the id is in an open segment, at <paramref name="position"/>.</summary>
    public bool TryAdd(EventId id, long next, out long position)
    {
        lock (_gate)
        {
            int place = (int)((next / segmentEvents) - indexed.Count);
            while (place >= _open.Count) _open.Add([]);
            for (int older = 0; older < place; older++)
            {
                if (_open[older].TryGetValue(id, out position)) return false;
            }

            position = next;
            if (_open[place].TryAdd(id, next)) return true;
            position = _open[place][id];
            return false;
        }
    }

    /// <summary>The next segment to be indexed, when all its events are below <paramref name="head"/>; null when there is none.</summary>
    public IdSegment? NextToIndex(long head)
    {
        Dictionary<EventId, long> ids;
        int number;
        lock (_gate)
        {
            number = indexed.Count;
            if (_open.Count == 0 || (long)(number + 1) * segmentEvents > head) return null;
            ids = _open[0];
        }

        // Nothing is added to it any more, so it is read without the lock.
        return new IdSegment(number, (long)number * segmentEvents, (long)(number + 1) * segmentEvents, IdFilter.Of(ids.Keys));
    }

    /// <summary>The segment's index is committed.</summary>
    public void Indexed(IdSegment segment)
    {
        lock (_gate)
        {
            if (segment.Number != indexed.Count) throw new InvalidOperationException($"segment {segment.Number} is not the next one, {indexed.Count}");
            indexed.Add(segment.Filter);
            _open.RemoveAt(0);
        }
    }
}

/// <summary>A segment whose events are all durable.</summary>
internal sealed record IdSegment(int Number, long First, long End, IdFilter Filter);
