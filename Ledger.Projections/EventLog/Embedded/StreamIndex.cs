using Ledger.Core.Events;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>For every stream its last revision and the blocks that hold it. Derived from the blocks' verified Streams parts, so it has no file that could be damaged.</summary>
/// <remarks>The writer counts ahead of what is committed; readers see segments only once they are published. Twelve bytes and a name per stream, 24 per stream and block.</remarks>
internal sealed class StreamIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StreamHistory> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<int, StreamHistory?[]> _activity = []; // spares a name's text for each event
    private (int Window, StreamHistory?[]? Shards) _latest;
    private readonly List<StreamHistory> _touched = [];

    /// <summary>Adds what a stored block says of its streams.</summary>
    public void Load(BlockHeader header, IReadOnlyList<StreamSpan> spans)
    {
        lock (_gate)
        {
            foreach (StreamSpan span in spans)
            {
                StreamHistory history = Of(span.Name);
                if (span.FirstRevision != history.Last + 1)
                    throw LogFaults.Chain(header.FirstPosition, $"stream {span.Name} goes on at revision {span.FirstRevision} after {history.Last}");
                history.Last += span.Count;
                history.Segments.Add(new Segment(header.FirstPosition, span.FirstRevision, span.Count));
            }
        }
    }

    /// <summary>The stream's last revision as the writer counts, −1 when it has no events.</summary>
    public long Last(string stream)
    {
        lock (_gate) return _streams.TryGetValue(stream, out StreamHistory? history) ? history.Last : -1;
    }

    /// <summary>Assigns the next revision of an activity stream.</summary>
    public void NextOfActivity(int window, int shard)
    {
        if (_latest.Window != window || _latest.Shards is null)
        {
            if (!_activity.TryGetValue(window, out StreamHistory?[]? shards)) _activity.Add(window, shards = new StreamHistory?[StreamName.ActivityShards]);
            _latest = (window, shards);
        }

        Next(_latest.Shards[shard] ??= Locked(StreamName.Activity(Day.FromNumber(window), shard).Value));
    }

    /// <summary>Assigns the next revision of any stream.</summary>
    public long Next(string stream) => Next(Locked(stream));

    /// <summary>What was assigned since the last call: the streams of one block.</summary>
    public List<StreamSpan> EndBlock()
    {
        List<StreamSpan> spans = new(_touched.Count);
        foreach (StreamHistory history in _touched)
        {
            spans.Add(new StreamSpan(history.Name, history.Last - history.InBlock + 1, history.InBlock));
            history.InBlock = 0;
        }

        _touched.Clear();
        return spans;
    }

    /// <summary>Shows a committed block's streams to readers.</summary>
    public void Publish(long firstPosition, IReadOnlyList<StreamSpan> spans)
    {
        lock (_gate)
        {
            foreach (StreamSpan span in spans) Of(span.Name).Segments.Add(new Segment(firstPosition, span.FirstRevision, span.Count));
        }
    }

    /// <summary>The published segment that holds a revision, or the last one when the revision is beyond; null when there is none.</summary>
    public Segment? Find(string stream, long revision)
    {
        lock (_gate)
        {
            if (!_streams.TryGetValue(stream, out StreamHistory? history) || history.Segments.Count == 0) return null;
            int low = 0;
            int high = history.Segments.Count - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                if (history.Segments[middle].FirstRevision <= revision) low = middle;
                else high = middle - 1;
            }

            return history.Segments[low];
        }
    }

    private long Next(StreamHistory history)
    {
        if (history.InBlock == 0) _touched.Add(history);
        history.InBlock++;
        return ++history.Last;
    }

    private StreamHistory Locked(string stream)
    {
        lock (_gate) return Of(stream);
    }

    private StreamHistory Of(string stream)
    {
        if (!_streams.TryGetValue(stream, out StreamHistory? history)) _streams.Add(stream, history = new StreamHistory(stream));
        return history;
    }

    /// <param name="FirstPosition">The block.</param>
    /// <param name="FirstRevision">Of the stream's events in it.</param>
    /// <param name="Count">The stream's events in it.</param>
    internal readonly record struct Segment(long FirstPosition, long FirstRevision, int Count)
    {
        public long EndRevision => FirstRevision + Count;
    }

    private sealed class StreamHistory(string name)
    {
        public string Name => name;

        public long Last { get; set; } = -1;

        public int InBlock { get; set; }

        public List<Segment> Segments { get; } = new(1);
    }
}
