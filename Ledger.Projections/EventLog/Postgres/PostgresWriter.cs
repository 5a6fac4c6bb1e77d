using System.Threading.Channels;
using Ledger.Core.Events;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>The one writer: decides in order of arrival and commits in groups; while one group is on its way the next is made.</summary>
/// <remarks>State runs ahead of the database by at most two groups. When a group is not stored the log stops for good, so nothing has to be undone, and nobody was told otherwise.</remarks>
internal sealed class PostgresWriter : IAsyncDisposable
{
    private const int GroupEventsMax = 1 << 15;
    private const int WaitingMax = 1024;
    private const int SegmentsWaitingMax = 4; // indexing that cannot follow holds the writer up rather than fill the memory

    private readonly Channel<Request> _waiting = Channel.CreateBounded<Request>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly Channel<Decided> _decided = Channel.CreateBounded<Decided>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
    private readonly WriterSession _session;
    private readonly PostgresSource _source;
    private readonly GroupBuilder _builder;
    private readonly StreamHeads _streams;
    private readonly IdMemory _ids;
    private readonly HeadSignal _head;
    private readonly SegmentIndexer _indexer;
    private readonly Task _deciding;
    private readonly Task _committing;
    private Exception? _stopped;

    public PostgresWriter(WriterSession session, PostgresSource source, GroupBuilder builder, StreamHeads streams, IdMemory ids, HeadSignal head)
    {
        (_session, _source, _builder, _streams, _ids, _head) = (session, source, builder, streams, ids, head);
        _indexer = new SegmentIndexer(source, ids, head, Stop);
        _deciding = Task.Run(DecideAsync);
        _committing = Task.Run(CommitAsync);
    }

    /// <summary>Queues an append; the answer comes when it is durable. Cancelling works until it is queued.</summary>
    public async ValueTask<StreamAppendResult> AppendAsync(PreparedAppend prepared, StreamName? stream, ExpectedRevision expected, CancellationToken cancel)
    {
        Request request = new(prepared, stream, expected);
        try
        {
            await _waiting.Writer.WriteAsync(request, cancel);
        }
        catch (ChannelClosedException)
        {
            throw Volatile.Read(ref _stopped) ?? new ObjectDisposedException(nameof(PostgresEventLog));
        }

        return await request.Answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _deciding;
        await _committing;
        await _indexer.DisposeAsync();
        await _session.DisposeAsync();
    }

    private async Task DecideAsync()
    {
        List<Request> group = [];
        try
        {
            while (await _waiting.Reader.WaitToReadAsync())
            {
                // Only when the group before is on its way: what arrives meanwhile goes into one group.
                if (!await _decided.Writer.WaitToWriteAsync()) break;
                if (_ids.Waiting > SegmentsWaitingMax) await _indexer.WaitAsync();
                group = [];
                for (int events = 0; events < GroupEventsMax && _waiting.Reader.TryRead(out Request? request); events += request.Prepared.Events.Count)
                {
                    group.Add(request);
                    await DecideAsync(request);
                }

                await _decided.Writer.WriteAsync(new Decided(_builder.End(), group));
                group = [];
            }
        }
        catch (Exception e)
        {
            Stop(e);
        }

        foreach (Request request in group) request.Answer.TrySetException(_stopped!);
        while (_waiting.Reader.TryRead(out Request? request)) request.Answer.TrySetException(_stopped!);
        _decided.Writer.TryComplete();
    }

    private async Task CommitAsync()
    {
        await foreach (Decided decided in _decided.Reader.ReadAllAsync())
        {
            try
            {
                if (Volatile.Read(ref _stopped) is { } stopped) throw stopped;
                if (!decided.Group.IsEmpty)
                {
                    await _session.CommitAsync(decided.Group);
                    _head.Publish(decided.Group.EndPosition);
                }
                else if (decided.Requests.Any(request => !request.Decision!.Accepted))
                {
                    await _session.RequireFenceAsync(); // a writer that was replaced knows no revisions
                }

                foreach (Request request in decided.Requests) request.Answer.TrySetResult(request.Decision!);
                _builder.Recycle(decided.Group);
            }
            catch (Exception e)
            {
                Stop(e);
                foreach (Request request in decided.Requests) request.Answer.TrySetException(_stopped!);
            }
        }
    }

    private async ValueTask DecideAsync(Request request)
    {
        IReadOnlyList<NewEvent> events = request.Prepared.Events;
        HashSet<string> unknown = _streams.Unknown(request.Stream, events);
        if (unknown.Count > 0) await StreamLookup.LearnAsync(_source, _streams, unknown);
        StandingIds standing = await StandingIds.OfAsync(_source, _ids, events);
        if (request.Stream is { } stream)
        {
            bool repeated = events.Count > 0 && events.All(e => standing.Find(e.Id) >= 0);
            long last = _streams.Last(stream.Value);
            if (!repeated && !request.Expected.Holds(last))
            {
                request.Decision = new StreamAppendResult(false, last, []);
                return;
            }
        }

        AppendOutcome[] outcomes = new AppendOutcome[events.Count];
        for (int i = 0; i < outcomes.Length; i++)
        {
            bool isNew = standing.TryAdd(events[i].Id, _builder.Next, out long position);
            outcomes[i] = new AppendOutcome(position, !isNew);
            if (!isNew) continue;
            _builder.Add(events[i], request.Prepared.Leaves[i], request.Prepared.RowBytes(i));
        }

        request.Decision = new StreamAppendResult(true, request.Stream is { } s ? _streams.Last(s.Value) : -1, outcomes);
    }

    private void Stop(Exception cause)
    {
        Exception fault = cause is Npgsql.NpgsqlException || PostgresFaults.IsLost(cause) ? PostgresFaults.Of(_source.Address, cause) : cause;
        Interlocked.CompareExchange(ref _stopped, fault, null);
        _waiting.Writer.TryComplete();
        _decided.Writer.TryComplete();
        _head.End(fault);
    }

    private sealed class Request(PreparedAppend prepared, StreamName? stream, ExpectedRevision expected)
    {
        public PreparedAppend Prepared => prepared;

        public StreamName? Stream => stream;

        public ExpectedRevision Expected => expected;

        public TaskCompletionSource<StreamAppendResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Kept until what it says is durable.</summary>
        public StreamAppendResult? Decision { get; set; }
    }

    private sealed record Decided(AppendGroup Group, List<Request> Requests);
}
