using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Gathers accepted events and makes a group of them: names interned, revisions assigned, rows encoded, tree grown. For the writer's thread alone.</summary>
internal sealed class GroupBuilder(NameTable names, StreamHeads streams, LogFrontier frontier, HashSet<Day> windows)
{
    private readonly NameInterner _interner = new(names);
    private readonly LogHashLanes _lanes = new();
    private readonly List<Digest> _leaves = [];
    private readonly List<Digest> _completed = [];
    private readonly List<EventRow> _rows = [];
    private readonly List<Day> _newWindows = [];
    private readonly ConcurrentBag<CopyWriter> _idle = []; // buffers of some megabytes, which a collection of garbage would pay for
    private CopyWriter _activity = new();
    private int _namesBefore = names.Count;
    private (Day Min, Day Max)? _span;

    /// <summary>Position of the next event.</summary>
    public long Next { get; private set; } = frontier.Size;

    /// <summary>Takes a new event; its stream is known.</summary>
    public void Add(NewEvent e, Digest leaf, ReadOnlySpan<byte> canonical)
    {
        if (e.Payload.Kind.IsColumnar())
        {
            ColumnarForm form = ColumnarForm.Of(e.Payload, names);
            Cover(e.Window);
            _activity.Add(Next, streams.NextOfActivity(e.Window, (int)(names.StableHash(form.Account) % StreamName.ActivityShards), Next), form, e);
        }
        else
        {
            e.Payload.Write(_interner);
            byte[] bytes = canonical.ToArray();
            _rows.Add(new EventRow(Next, streams.Next(e.Stream.Value, Next), e, bytes, Fields(bytes)));
        }

        _leaves.Add(leaf);
        Next++;
    }

    /// <summary>Ends the group and begins the next.</summary>
    public AppendGroup End()
    {
        long first = frontier.Size;
        TreePart.Append(frontier, CollectionsMarshal.AsSpan(_leaves), _completed, _lanes);
        AppendGroup group = new()
        {
            FirstPosition = first,
            EndPosition = Next,
            NamesBefore = _namesBefore,
            Names = [.. Enumerable.Range(_namesBefore, names.Count - _namesBefore).Select(names.Text)],
            Activity = _activity.Count == 0 ? default : _activity.Finish(),
            Writer = _activity,
            Rows = [.. _rows],
            Spans = streams.EndGroup(),
            Nodes = Nodes(first, _completed),
            Windows = _span,
            NewWindows = [.. _newWindows],
        };
        _namesBefore = names.Count;
        _activity = _idle.TryTake(out CopyWriter? idle) ? idle : new CopyWriter();
        _leaves.Clear();
        _completed.Clear();
        _rows.Clear();
        _newWindows.Clear();
        _span = null;
        return group;
    }

    /// <summary>The group is stored: its buffer serves a later one. From any thread.</summary>
    public void Recycle(AppendGroup group)
    {
        group.Writer.Clear();
        _idle.Add(group.Writer);
    }

    /// <summary>An event's fields as JSON for SQL, taken from the canonical bytes so that the two cannot differ.</summary>
    public static string Fields(byte[] canonical)
    {
        ArrayBufferWriter<byte> output = new();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        CanonicalBytes.Read(canonical).Payload.Write(new JsonFieldWriter(json));
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Gives the hashes that growing the tree completed from <paramref name="first"/> on their places: each tile, then the nodes above that end with it.</summary>
    public static List<TreeNode> Nodes(long first, List<Digest> completed)
    {
        List<TreeNode> nodes = new(completed.Count);
        for (long tile = first >> TreePart.TileLevel; nodes.Count < completed.Count; tile++)
        {
            nodes.Add(new TreeNode(TreePart.TileLevel, tile, completed[nodes.Count]));
            for (short up = 1; ((tile >> (up - 1)) & 1) == 1; up++) nodes.Add(new TreeNode((short)(TreePart.TileLevel + up), tile >> up, completed[nodes.Count]));
        }

        return nodes;
    }

    private void Cover(Day window)
    {
        if (_span is { } known && known.Min <= window && known.Max >= window && known.Min == known.Max) return;
        _span = _span is { } span ? (span.Min < window ? span.Min : window, span.Max > window ? span.Max : window) : (window, window);
        if (windows.Add(window)) _newWindows.Add(window);
    }
}
