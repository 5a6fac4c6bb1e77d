using System.Collections.Concurrent;
using Ledger.Core.Events;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>For every stream its last revision and the blocks that hold it. Derived from the blocks' verified Streams parts, so it has no file that could be damaged.</summary>
/// <remarks>
/// The writer counts ahead of what is committed; readers see segments only once they are published. One thread loads, then one counts and one publishes;
/// any thread may look up, and waits for nobody nor lets anybody wait.
/// </remarks>
internal sealed class StreamIndex
{
    private readonly ConcurrentDictionary<string, StreamHistory> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<int, StreamHistory?[]> _activity = []; // spares a name's text for each event
    private (int Window, StreamHistory?[]? Shards) _latest;
    private readonly List<StreamHistory> _touched = [];

    /// <summary>Adds what a stored block says of its streams.</summary>
    public void Load(BlockHeader header, IReadOnlyList<StreamSpan> spans)
    {
        foreach (StreamSpan span in spans)
        {
            StreamHistory history = Of(span.Name);
            if (span.FirstRevision != history.Last + 1)
                throw LogFaults.Chain(header.FirstPosition, $"stream {span.Name} goes on at revision {span.FirstRevision} after {history.Last}");
            history.Last += span.Count;
            history.Add(new Segment(header.FirstPosition, span.FirstRevision, span.Count));
        }
    }

    /// <summary>The stream's last revision as the writer counts, −1 when it has no events.</summary>
    public long Last(string stream) => _streams.TryGetValue(stream, out StreamHistory? history) ? history.Last : -1;

    /// <summary>Assigns the next revision of an activity stream.</summary>
    public void NextOfActivity(int window, int shard)
    {
        if (_latest.Window != window || _latest.Shards is null)
        {
            if (!_activity.TryGetValue(window, out StreamHistory?[]? shards)) _activity.Add(window, shards = new StreamHistory?[StreamName.ActivityShards]);
            _latest = (window, shards);
        }

        Next(_latest.Shards[shard] ??= Of(StreamName.Activity(Day.FromNumber(window), shard).Value));
    }

    /// <summary>Assigns the next revision of any stream.</summary>
    public long Next(string stream) => Next(Of(stream));

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
        foreach (StreamSpan span in spans) Of(span.Name).Add(new Segment(firstPosition, span.FirstRevision, span.Count));
    }

    /// <summary>The published segment that holds a revision, or the last one when the revision is beyond; null when there is none.</summary>
    public Segment? Find(string stream, long revision)
    {
        if (!_streams.TryGetValue(stream, out StreamHistory? history)) return null;
        ReadOnlySpan<Segment> segments = history.Published;
        if (segments.IsEmpty) return null;
        int low = 0;
        int high = segments.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (segments[middle].FirstRevision <= revision) low = middle;
            else high = middle - 1;
        }

        return segments[low];
    }

    private long Next(StreamHistory history)
    {
        if (history.InBlock == 0) _touched.Add(history);
        history.InBlock++;
        return ++history.Last;
    }

    private StreamHistory Of(string stream) => _streams.GetOrAdd(stream, static name => new StreamHistory(name));

    /// <param name="FirstPosition">The block.</param>
    /// <param name="FirstRevision">Of the stream's events in it.</param>
    /// <param name="Count">The stream's events in it.</param>
    internal readonly record struct Segment(long FirstPosition, long FirstRevision, int Count)
    {
        public long EndRevision => FirstRevision + Count;
    }

    private sealed class StreamHistory(string name)
    {
        private Segment[] _segments = new Segment[1]; // a larger one is seen before what it has more
        private int _published;

        public string Name => name;

        public long Last { get; set; } = -1;

        public int InBlock { get; set; }

        /// <summary>In order; what is published later is not in it.</summary>
        public ReadOnlySpan<Segment> Published
        {
            get
            {
                int count = Volatile.Read(ref _published);
                return Volatile.Read(ref _segments).AsSpan(0, count);
            }
        }

        public void Add(Segment segment)
        {
            int count = _published;
            if (count == _segments.Length)
            {
                Segment[] larger = new Segment[count * 2];
                _segments.CopyTo(larger, 0);
                Volatile.Write(ref _segments, larger);
            }

            _segments[count] = segment;
            Volatile.Write(ref _published, count + 1);
        }
    }
}
