using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>What must be known of every event to decide appends and to find events: read from the log's stream when it is opened, kept up by following it.</summary>
/// <remarks>All members are used under the owner's lock, but for <see cref="Names"/>.</remarks>
internal sealed class LogIndex
{
    private readonly AppendBoundaries _boundaries = new();
    private readonly NameInterner _interner;
    private readonly StoredEventReader _reader = new();
    private readonly OpenAppend _append = new();

    public LogIndex() => _interner = new NameInterner(Names);

    public NameTable Names { get; } = new();

    public IdPositions Ids { get; } = new();

    public StreamSegments Streams { get; } = new();

    public KeptNodes Nodes { get; } = new();

    /// <summary>Events that are in whole appends.</summary>
    public long Head => _boundaries.Head;

    /// <summary>The revision that the cluster's stream goes on at.</summary>
    public long NextRaw => _boundaries.NextRaw;

    public long RawOf(long position) => _boundaries.RawOf(position);

    /// <summary>Takes a message of the log's stream; one that was taken before is passed over.</summary>
    /// <exception cref="LogFaultException">The stream is not what this log writes, or lost events.</exception>
    public void Take(in Protocol.ReadMessage message)
    {
        if (message.Revision < NextRaw) return;
        Take(_reader.Read(message));
    }

    /// <summary>The same, for an event that was appended from here.</summary>
    public void Take(in StoredEvent stored)
    {
        if (stored.Raw < NextRaw) return;
        bool isWhole = _boundaries.Take(stored);
        if (stored.Index == 0) _append.Clear();
        _append.Add(stored);
        if (isWhole) Add();
    }

    private void Add()
    {
        ReadOnlySpan<Digest> leaves = _append.Leaves();
        long position = Head - leaves.Length;
        for (int i = 0; i < leaves.Length; i++, position++)
        {
            ref readonly OpenEvent e = ref _append.Events[i];
            if (!Ids.TryAdd(e.Id)) throw new LogFaultException("id-twice", $"the event at position {position} has an id that stands at {Ids.Find(e.Id)} too");
            long revision = Streams.Add(e.Stream, position);
            if (revision != e.Revision) throw new LogFaultException("revision-gap", $"the event at position {position} has revision {e.Revision} of {e.Stream}, where {revision} follows");
            Intern(e);
            Nodes.Append(leaves[i]);
        }
    }

    private void Intern(in OpenEvent e)
    {
        if (e.Payload is { } payload)
        {
            payload.Write(_interner);
            return;
        }

        Names.Intern(_append.Name(e.Account));
        Names.Intern(_append.Name(e.Target));
    }
}
