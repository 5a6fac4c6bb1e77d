using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog;

/// <summary>The immutable history: every event once, in one total order.</summary>
/// <remarks>
/// Guarantees of every implementation, shown by one contract suite:
/// an append is all or nothing, idempotent by event id for ever, and acknowledged only when durable;
/// positions and stream revisions have no gaps; a reader or subscriber never skips or repeats an event;
/// every id in an event before <see cref="Head"/> is in <see cref="Names"/>.
/// Members may be called from any thread.
/// </remarks>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>The next position: how many events are durable.</summary>
    long Head { get; }

    /// <summary>The names of all ids, numbered in order of appearance.</summary>
    NameTable Names { get; }

    /// <summary>
    /// Whether reading a range once more takes less than touching new memory for half of it: columns come from this machine's files,
    /// tens of millions of events a second, and not over a connection.
    /// </summary>
    bool RereadsCheaply => false;

    /// <summary>
    /// Appends events of any streams without expectations, e.g. a batch of activity. Entry i of the result tells what became of event i:
    /// appended, or a duplicate of an earlier event with the same id (in the log or earlier in the batch).
    /// </summary>
    ValueTask<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel = default);

    /// <summary>
    /// Appends events to one stream if the stream is at the expected revision, all or nothing.
    /// Repeating an append whose ids are all in the log answers as the first time did.
    /// </summary>
    ValueTask<StreamAppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancel = default);

    /// <summary>
    /// Events from <paramref name="from"/>: forwards up to <see cref="Head"/> as of the call, or backwards to 0 starting with the event before <paramref name="from"/>.
    /// </summary>
    IAsyncEnumerable<RecordedEvent> ReadAllAsync(long from, ReadDirection direction = ReadDirection.Forwards, CancellationToken cancel = default);

    /// <summary>The same within one stream, by revision.</summary>
    IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, long fromRevision, ReadDirection direction = ReadDirection.Forwards, CancellationToken cancel = default);

    /// <summary>Everything from <paramref name="from"/>, then what comes, until cancelled.</summary>
    IAsyncEnumerable<RecordedEvent> SubscribeAsync(long from, CancellationToken cancel = default);

    /// <summary>Waits until <see cref="Head"/> is above <paramref name="position"/> and returns it; reads no event.</summary>
    ValueTask<long> WaitAboveAsync(long position, CancellationToken cancel = default);

    /// <summary>
    /// Blocks that hold events in [<paramref name="from"/>, <paramref name="to"/>), in order, decoded as far as asked; what folding reads.
    /// A block is valid until the next one is asked for. Rows and columns outside the range are left out.
    /// </summary>
    IEnumerable<LogBlock> ReadBlocks(long from, long to, BlockRequest request, CancellationToken cancel = default);

    /// <summary>The ids of the events at these positions, which ascend; for explanations that were made from columns.</summary>
    EventId[] IdsAt(IReadOnlyList<long> positions);

    /// <summary>Where the event with this id stands, or −1; reads no event.</summary>
    ValueTask<long> PositionOfAsync(EventId id, CancellationToken cancel = default);

    /// <summary>The event with this id, or null.</summary>
    ValueTask<RecordedEvent?> FindAsync(EventId id, CancellationToken cancel = default);

    /// <summary>
    /// Reads everything there is and checks it: chain and checksums where the store has them, ids that stand once, revisions without gaps,
    /// and the tree recomputed from the canonical bytes of every event. Returns the tree's root.
    /// </summary>
    /// <exception cref="LogFaultException">Names the first damage found.</exception>
    Task<Digest> VerifyAsync(IProgress<long>? progress = null, CancellationToken cancel = default);

    /// <summary>Root of the RFC 6962 tree over the canonical bytes of the first <paramref name="size"/> events.</summary>
    ValueTask<Digest> LogRootAsync(long size, CancellationToken cancel = default);

    /// <summary>Inclusion proof of the event at <paramref name="position"/> in the tree of <paramref name="size"/> events: sibling hashes from the leaf upwards.</summary>
    ValueTask<IReadOnlyList<Digest>> InclusionProofAsync(long position, long size, CancellationToken cancel = default);
}

/// <summary>Which way to read.</summary>
public enum ReadDirection
{
    Forwards,
    Backwards,
}

/// <summary>What became of one event of an append.</summary>
/// <param name="Position">Where the event stands in the log.</param>
/// <param name="IsDuplicate">Whether it stood there before this append.</param>
public readonly record struct AppendOutcome(long Position, bool IsDuplicate);

/// <summary>What became of an append to a stream.</summary>
/// <param name="Accepted">False when the stream was not at the expected revision; then nothing was appended.</param>
/// <param name="Revision">The stream's last revision now: −1 when it has no events.</param>
/// <param name="Outcomes">Per event when accepted, else empty.</param>
public sealed record StreamAppendResult(bool Accepted, long Revision, IReadOnlyList<AppendOutcome> Outcomes);

/// <summary>What an append expects of a stream: its last revision, that it has no events, or nothing.</summary>
public readonly record struct ExpectedRevision
{
    private readonly long _valuePlusOne; // so that the default expects no events

    private ExpectedRevision(long value) => _valuePlusOne = value + 1;

    /// <summary>No expectation.</summary>
    public static ExpectedRevision Any { get; } = new(-2);

    /// <summary>The stream has no events. Also the default value.</summary>
    public static ExpectedRevision NoStream { get; } = new(-1);

    /// <summary>The last revision, −1 for none, −2 for any.</summary>
    public long Value => _valuePlusOne - 1;

    /// <summary>The stream's last event has this revision.</summary>
    public static ExpectedRevision Exactly(long revision) =>
        revision >= 0 ? new(revision) : throw new ArgumentOutOfRangeException(nameof(revision), "revisions start at 0");

    /// <summary>Whether a stream whose last revision is <paramref name="last"/> (−1: none) is as expected.</summary>
    public bool Holds(long last) => Value == -2 || Value == last;
}
