using Ledger.Core.Events;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Where each stream that this writer met stands, and what the group at hand adds to it. For the writer's thread alone.</summary>
internal sealed class StreamHeads
{
    private readonly Dictionary<string, StreamHead> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<Day, StreamHead[]> _activity = []; // spares a name's text for each event
    private readonly List<StreamHead> _touched = [];
    private (Day Window, StreamHead[]? Heads) _last;

    /// <summary>Streams that these events belong to and that are not known yet.</summary>
    public HashSet<string> Unknown(StreamName? stream, IReadOnlyList<NewEvent> events)
    {
        HashSet<string> unknown = new(StringComparer.Ordinal);
        Day? window = null;
        if (stream is { } asked && !_known.ContainsKey(asked.Value)) unknown.Add(asked.Value);
        foreach (NewEvent e in events)
        {
            if (e.Payload.Kind.IsColumnar())
            {
                if (window == e.Window || _activity.ContainsKey(e.Window)) continue;
                window = e.Window;
                for (int shard = 0; shard < StreamName.ActivityShards; shard++)
                {
                    string name = StreamName.Activity(e.Window, shard).Value;
                    if (!_known.ContainsKey(name)) unknown.Add(name);
                }
            }
            else if (e.Stream.Value is var name && !_known.ContainsKey(name))
            {
                unknown.Add(name);
            }
        }

        return unknown;
    }

    /// <summary>Learns a stream's last revision, −1 when it has no events.</summary>
    public void Learn(string stream, long last) => _known.Add(stream, new StreamHead(stream) { Last = last });

    /// <summary>The stream's last revision, this group's events included.</summary>
    public long Last(string stream) => _known[stream].Last;

    /// <summary>Assigns the next revision of an activity stream to the event at <paramref name="position"/>.</summary>
    public long NextOfActivity(Day window, int shard, long position)
    {
        if (_last.Heads is null || _last.Window != window)
        {
            if (!_activity.TryGetValue(window, out StreamHead[]? heads))
                _activity.Add(window, heads = [.. Enumerable.Range(0, StreamName.ActivityShards).Select(i => _known[StreamName.Activity(window, i).Value])]);
            _last = (window, heads);
        }

        return Next(_last.Heads![shard], position);
    }

    /// <summary>Assigns the next revision of any stream.</summary>
    public long Next(string stream, long position) => Next(_known[stream], position);

    /// <summary>What was assigned since the last call.</summary>
    public List<StreamSpan> EndGroup()
    {
        List<StreamSpan> spans = new(_touched.Count);
        foreach (StreamHead head in _touched)
        {
            spans.Add(new StreamSpan(head.Name, head.Last - head.InGroup + 1, head.InGroup, head.FirstPosition, head.LastPosition));
            head.InGroup = 0;
        }

        _touched.Clear();
        return spans;
    }

    private long Next(StreamHead head, long position)
    {
        if (head.InGroup == 0)
        {
            head.FirstPosition = position;
            _touched.Add(head);
        }

        head.InGroup++;
        head.LastPosition = position;
        return ++head.Last;
    }

    private sealed class StreamHead(string name)
    {
        public string Name => name;

        public long Last { get; set; }

        public long InGroup { get; set; }

        public long FirstPosition { get; set; }

        public long LastPosition { get; set; }
    }
}

/// <summary>One stream's events of one group.</summary>
internal readonly record struct StreamSpan(string Name, long FirstRevision, long Events, long FirstPosition, long LastPosition);
