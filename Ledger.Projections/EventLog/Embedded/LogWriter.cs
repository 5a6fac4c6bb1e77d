using System.Threading.Channels;
using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The one writer: takes what waits, decides in order of arrival, commits once, then acknowledges (group commit).</summary>
/// <remarks>
/// State runs ahead of the disk only inside a group. When a group cannot be made durable the log stops for good, so nothing has to be undone,
/// and nobody was told otherwise.
/// </remarks>
internal sealed class LogWriter : IAsyncDisposable
{
    // A group closes here so that a flood cannot delay its first caller, nor fill the memory, without limit.
    private const int GroupEventsMax = 4 * BlockBuilder.EventsMax;
    private const int WaitingMax = 1024;

    private readonly Channel<AppendRequest> _waiting = Channel.CreateBounded<AppendRequest>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly BlockStore _store;
    private readonly BlockBuilder _builder;
    private readonly HeadFile _headFile;
    private readonly HeadSignal _head;
    private readonly StreamIndex _streams;
    private readonly Lazy<IdIndex> _ids; // folding and closing a large log must not wait for it
    private readonly List<SealedBlock> _sealed = [];
    private readonly Task _run;
    private Exception? _stopped;

    public LogWriter(BlockStore store, BlockBuilder builder, HeadFile headFile, HeadSignal head, StreamIndex streams, Lazy<IdIndex> ids)
    {
        (_store, _builder, _headFile, _head, _streams, _ids) = (store, builder, headFile, head, streams, ids);
        _run = Task.Run(RunAsync);
    }

    /// <summary>Queues an append; the answer comes when it is durable. Cancelling works until it is queued.</summary>
    public async ValueTask<StreamAppendResult> AppendAsync(PreparedAppend prepared, StreamName? stream, ExpectedRevision expected, CancellationToken cancel)
    {
        AppendRequest request = new(prepared, stream, expected);
        try
        {
            await _waiting.Writer.WriteAsync(request, cancel);
        }
        catch (ChannelClosedException)
        {
            throw Volatile.Read(ref _stopped) ?? new ObjectDisposedException(nameof(EmbeddedEventLog));
        }

        return await request.Answer;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _run;
        _builder.Dispose();
        _store.Dispose();
        _headFile.Dispose();
    }

    private async Task RunAsync()
    {
        List<AppendRequest> group = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            try
            {
                for (int events = 0; events < GroupEventsMax && _waiting.Reader.TryRead(out AppendRequest? request); events += request.Prepared.Events.Count)
                {
                    group.Add(request);
                    Decide(request);
                }

                Commit();
            }
            catch (Exception e)
            {
                Stop(e is LogFaultException ? e : LogFaults.Disk(e), group);
                return;
            }

            foreach (AppendRequest request in group) request.Acknowledge();
        }
    }

    private void Decide(AppendRequest request)
    {
        IReadOnlyList<NewEvent> events = request.Prepared.Events;
        IdIndex ids = _ids.Value;
        if (request.Stream is { } stream)
        {
            bool repeated = events.Count > 0 && events.All(e => ids.Find(e.Id) >= 0);
            long last = _streams.Last(stream.Value);
            if (!repeated && !request.Expected.Holds(last))
            {
                request.Decide(new StreamAppendResult(false, last, []));
                return;
            }
        }

        AppendOutcome[] outcomes = new AppendOutcome[events.Count];
        Span<byte> id = stackalloc byte[EventId.SizeBytes];
        Span<long> standing = stackalloc long[1];
        for (int i = 0; i < outcomes.Length; i++)
        {
            events[i].Id.WriteTo(id);
            bool isNew = ids.Add(id, _builder.Next, standing) == 1;
            outcomes[i] = isNew ? new AppendOutcome(standing[0], false) : new AppendOutcome(~standing[0], true);
            if (!isNew) continue;
            _builder.Add(events[i], request.Prepared.Leaves[i], request.Prepared.RowBytes(i));
            if (_builder.IsFull) _sealed.Add(_builder.Seal());
        }

        request.Decide(new StreamAppendResult(true, request.Stream is { } s ? _streams.Last(s.Value) : -1, outcomes));
    }

    private void Commit()
    {
        if (!_builder.IsEmpty) _sealed.Add(_builder.Seal());
        if (_sealed.Count == 0) return;
        _store.Commit(_sealed);
        _headFile.Write(_sealed[^1].Header.End, _sealed[^1].Hash);
        foreach (SealedBlock block in _sealed) _streams.Publish(block.Header.FirstPosition, block.Streams);
        _head.Publish(_sealed[^1].Header.End);
        if (_ids.Value.Freeze() is { } full) _ids.Value.WriteBehind(full, _sealed[^1].Header.End, _sealed[^1].Hash);
        _sealed.Clear();
    }

    private void Stop(Exception fault, List<AppendRequest> group)
    {
        Volatile.Write(ref _stopped, fault);
        _waiting.Writer.TryComplete();
        foreach (AppendRequest request in group) request.Fail(fault);
        while (_waiting.Reader.TryRead(out AppendRequest? request)) request.Fail(fault);
        _head.End(fault);
    }
}
