using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>What must be known of every event to decide appends and to find events: read from the log's stream when it is opened, kept up by following it.</summary>
/// <remarks>All members are used under the owner's lock, but for <see cref="Names"/>.</remarks>
internal sealed class LogIndex : IDisposable
{
    private readonly AppendBoundaries _boundaries = new();
    private readonly NameInterner _interner;
    private readonly StoredForm _form = new();

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
    public void Take(Protocol.RecordedMessage message)
    {
        if ((long)message.Revision < NextRaw) return;
        Take(_form.Read(message));
    }

    /// <summary>The same, for an event that was appended from here.</summary>
    public void Take(StoredEvent stored)
    {
        if (stored.Raw < NextRaw) return;
        foreach (StoredEvent whole in _boundaries.Take(stored)) Add(whole.Event);
    }

    public void Dispose() => _form.Dispose();

    private void Add(RecordedEvent e)
    {
        if (!Ids.TryAdd(e.Event.Id)) throw new LogFaultException("id-twice", $"the event at position {e.Position} has an id that stands at {Ids.Find(e.Event.Id)} too");
        long revision = Streams.Add(e.Event.Stream, e.Position);
        if (revision != e.Revision) throw new LogFaultException("revision-gap", $"the event at position {e.Position} has revision {e.Revision} of {e.Event.Stream}, where {revision} follows");
        e.Payload.Write(_interner);
        Nodes.Append(LogHash.Leaf(CanonicalBytes.Of(e.Event)));
    }
}
