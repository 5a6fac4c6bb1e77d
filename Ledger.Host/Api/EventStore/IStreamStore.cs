using Ledger.Core.Identity;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>What the EventStoreDB face serves: streams of events in one order, as that protocol sees them.</summary>
/// <remarks>Positions ascend and may have gaps; revisions start at 0 and have none. Members may be called from any thread.</remarks>
internal interface IStreamStore
{
    /// <summary>Position of the last event, null when there is none.</summary>
    ulong? LastPosition { get; }

    /// <summary>Whether an event stands at exactly this position.</summary>
    bool IsRecord(ulong position);

    /// <summary>The stream's last revision, −1 when it has no events.</summary>
    ValueTask<long> LastRevisionAsync(string stream, CancellationToken cancel);

    /// <summary>Appends all of the events or none; answered only when they are durable. No events is an append too.</summary>
    ValueTask<AppendAnswer> AppendAsync(string stream, ExpectedVersion expected, IReadOnlyList<Proposal> events, MayState mayState, CancellationToken cancel);

    /// <summary>The stream's events from a revision on: forwards up to now, or backwards; the revision itself included both ways.</summary>
    IAsyncEnumerable<StoredEvent> ReadStreamAsync(string stream, long from, ReadDirection direction, CancellationToken cancel);

    /// <summary>All events: forwards from the position itself up to now, or backwards from the event before the position.</summary>
    IAsyncEnumerable<StoredEvent> ReadAllAsync(ulong from, ReadDirection direction, CancellationToken cancel);

    /// <summary>All events from the position itself on, and then what comes, until cancelled.</summary>
    IAsyncEnumerable<StoredEvent> SubscribeAsync(ulong from, CancellationToken cancel);
}

/// <summary>An event as a client proposes it.</summary>
/// <param name="Id">The client's id.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="IsJson">Whether the client says that the data is JSON.</param>
/// <param name="Data">Its content.</param>
/// <param name="Metadata">The client's own metadata.</param>
internal readonly record struct Proposal(EventId Id, string Type, bool IsJson, ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Metadata);

/// <summary>An event of a store; its message is made only for who gets to see it.</summary>
internal abstract class StoredEvent
{
    public abstract string Stream { get; }

    public abstract string Type { get; }

    public abstract long Revision { get; }

    public abstract ulong Position { get; }

    /// <summary>The event as it goes over the wire.</summary>
    public abstract RecordedMessage Message(bool structuredIds);
}

/// <summary>What an append expects of its stream: a last revision, or one of the protocol's three words.</summary>
/// <param name="Value">A revision; −1 no stream, −2 anything, −4 a stream.</param>
internal readonly record struct ExpectedVersion(long Value)
{
    public static ExpectedVersion NoStream { get; } = new(-1);

    public static ExpectedVersion Any { get; } = new(-2);

    public static ExpectedVersion Exists { get; } = new(-4);

    /// <summary>Whether a stream whose last revision is <paramref name="last"/> (−1: none) is as expected.</summary>
    public bool Holds(long last) => Value switch { -2 => true, -4 => last >= 0, _ => Value == last };
}

/// <summary>What became of an append.</summary>
internal abstract record AppendAnswer
{
    /// <param name="Revision">Revision of the append's last event, or the stream's last one when the append had none; −1 when the stream has no events.</param>
    /// <param name="Position">Position of the append's last event, or the store's last one; null when the store is empty.</param>
    internal sealed record Done(long Revision, ulong? Position) : AppendAnswer;

    /// <param name="Current">The stream's last revision, −1 when it has no events.</param>
    internal sealed record WrongVersion(long Current) : AppendAnswer;

    /// <param name="Code">Stable, kebab-case.</param>
    /// <param name="Detail">Which event, what was found, what is expected.</param>
    internal sealed record Refused(string Code, string Detail) : AppendAnswer
    {
        /// <summary>Whether the same append may be taken later.</summary>
        public bool WillPass { get; init; }
    }
}
