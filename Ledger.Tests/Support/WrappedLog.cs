using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;

namespace Ledger.Tests.Support;

/// <summary>A log that hands everything on; tests change what they are about.</summary>
internal abstract class WrappedLog(IEventLog inner) : IEventLog
{
    public long Head => inner.Head;

    public NameTable Names => inner.Names;

    public bool RereadsCheaply => inner.RereadsCheaply;

    public ValueTask<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel = default) => inner.AppendAsync(events, cancel);

    public virtual ValueTask<StreamAppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancel = default) =>
        inner.AppendAsync(stream, expected, events, cancel);

    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(long from, ReadDirection direction = ReadDirection.Forwards, CancellationToken cancel = default) => inner.ReadAllAsync(from, direction, cancel);

    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, long fromRevision, ReadDirection direction = ReadDirection.Forwards, CancellationToken cancel = default) =>
        inner.ReadStreamAsync(stream, fromRevision, direction, cancel);

    public IAsyncEnumerable<RecordedEvent> SubscribeAsync(long from, CancellationToken cancel = default) => inner.SubscribeAsync(from, cancel);

    public ValueTask<long> WaitAboveAsync(long position, CancellationToken cancel = default) => inner.WaitAboveAsync(position, cancel);

    public virtual IEnumerable<LogBlock> ReadBlocks(long from, long to, BlockRequest request, CancellationToken cancel = default) => inner.ReadBlocks(from, to, request, cancel);

    public EventId[] IdsAt(IReadOnlyList<long> positions) => inner.IdsAt(positions);

    public ValueTask<long> PositionOfAsync(EventId id, CancellationToken cancel = default) => inner.PositionOfAsync(id, cancel);

    public virtual ValueTask<RecordedEvent?> FindAsync(EventId id, CancellationToken cancel = default) => inner.FindAsync(id, cancel);

    public Task<Digest> VerifyAsync(IProgress<long>? progress = null, CancellationToken cancel = default) => inner.VerifyAsync(progress, cancel);

    public ValueTask<Digest> LogRootAsync(long size, CancellationToken cancel = default) => inner.LogRootAsync(size, cancel);

    public ValueTask<IReadOnlyList<Digest>> InclusionProofAsync(long position, long size, CancellationToken cancel = default) => inner.InclusionProofAsync(position, size, cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
