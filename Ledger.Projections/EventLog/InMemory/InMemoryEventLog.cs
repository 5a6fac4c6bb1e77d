using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.InMemory;

/// <summary>The reference: the log as plain lists, for tests and as the model that other stores must agree with.</summary>
/// <remarks>Durable for as long as the process lives. Everything is done under one lock, the tree is hashed anew on every question.</remarks>
public sealed class InMemoryEventLog : IEventLog
{
    private const int BlockEvents = 1000;

    private readonly Lock _gate = new();
    private readonly List<RecordedEvent> _events = [];
    private readonly List<Digest> _leaves = [];
    private readonly Dictionary<EventId, long> _positions = [];
    private readonly Dictionary<StreamName, List<RecordedEvent>> _streams = [];
    private readonly HeadSignal _head = new(0);

    /// <inheritdoc/>
    public long Head => _head.Head;

    /// <inheritdoc/>
    public NameTable Names { get; } = new();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel = default)
    {
        PreparedAppend prepared = PreparedAppend.Of(events, null);
        lock (_gate) return ValueTask.FromResult(Store(prepared));
    }

    /// <inheritdoc/>
    public ValueTask<StreamAppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancel = default)
    {
        PreparedAppend prepared = PreparedAppend.Of(events, stream);
        lock (_gate)
        {
            bool repeated = events.Count > 0 && events.All(e => _positions.ContainsKey(e.Id));
            if (!repeated && !expected.Holds(Last(stream))) return ValueTask.FromResult(new StreamAppendResult(false, Last(stream), []));
            IReadOnlyList<AppendOutcome> outcomes = Store(prepared);
            return ValueTask.FromResult(new StreamAppendResult(true, Last(stream), outcomes));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(long from, ReadDirection direction = ReadDirection.Forwards, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await Task.CompletedTask;
        foreach (RecordedEvent e in Slice(_events, from, direction))
        {
            cancel.ThrowIfCancellationRequested();
            yield return e;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, long fromRevision, ReadDirection direction = ReadDirection.Forwards, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await Task.CompletedTask;
        List<RecordedEvent>? events;
        lock (_gate) _streams.TryGetValue(stream, out events);
        foreach (RecordedEvent e in Slice(events ?? [], fromRevision, direction))
        {
            cancel.ThrowIfCancellationRequested();
            yield return e;
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> WaitAboveAsync(long position, CancellationToken cancel = default) => _head.WaitAboveAsync(position, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> SubscribeAsync(long from, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (long position = from; ; position++)
        {
            await _head.WaitAboveAsync(position, cancel);
            RecordedEvent e;
            lock (_gate) e = _events[(int)position];
            yield return e;
        }
    }

    /// <inheritdoc/>
    public Task<Digest> VerifyAsync(IProgress<long>? progress = null, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            LogFrontier tree = new();
            foreach (RecordedEvent e in _events)
            {
                if (_positions[e.Event.Id] != e.Position) throw new LogFaultException("id-twice", $"the event at position {e.Position} has an id that stands at {_positions[e.Event.Id]} too");
                tree.Append(LogHash.Leaf(CanonicalBytes.Of(e.Event)));
            }

            return Task.FromResult(tree.Root());
        }
    }

    /// <inheritdoc/>
    public EventId[] IdsAt(IReadOnlyList<long> positions)
    {
        lock (_gate) return [.. positions.Select(position => _events[(int)position].Event.Id)];
    }

    /// <inheritdoc/>
    public IEnumerable<LogBlock> ReadBlocks(long from, long to, BlockRequest request, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        return Blocks(from, Math.Min(to, Head), request, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<long> PositionOfAsync(EventId id, CancellationToken cancel = default)
    {
        lock (_gate) return ValueTask.FromResult(_positions.TryGetValue(id, out long position) ? position : -1);
    }

    /// <inheritdoc/>
    public ValueTask<RecordedEvent?> FindAsync(EventId id, CancellationToken cancel = default)
    {
        lock (_gate) return ValueTask.FromResult(_positions.TryGetValue(id, out long position) ? _events[(int)position] : null);
    }

    /// <inheritdoc/>
    public ValueTask<Digest> LogRootAsync(long size, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Head);
        lock (_gate) return ValueTask.FromResult(Root(0, size));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Digest>> InclusionProofAsync(long position, long size, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Head);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, size);
        List<Digest> siblings = [];
        lock (_gate) Path(position, 0, size, siblings);
        return ValueTask.FromResult<IReadOnlyList<Digest>>(siblings);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _head.End(new ObjectDisposedException(nameof(InMemoryEventLog)));
        return ValueTask.CompletedTask;
    }

    private IReadOnlyList<AppendOutcome> Store(PreparedAppend prepared)
    {
        NameInterner interner = new(Names);
        AppendOutcome[] outcomes = new AppendOutcome[prepared.Events.Count];
        for (int i = 0; i < outcomes.Length; i++)
        {
            NewEvent e = prepared.Events[i];
            bool isNew = _positions.TryAdd(e.Id, _events.Count);
            outcomes[i] = new AppendOutcome(_positions[e.Id], !isNew);
            if (!isNew) continue;
            if (!_streams.TryGetValue(e.Stream, out List<RecordedEvent>? stream)) _streams.Add(e.Stream, stream = []);
            RecordedEvent recorded = new(_events.Count, stream.Count, e);
            stream.Add(recorded);
            _events.Add(recorded);
            _leaves.Add(prepared.Leaves[i]);
            e.Payload.Write(interner);
        }

        if (_events.Count > _head.Head) _head.Publish(_events.Count);
        return outcomes;
    }

    private long Last(StreamName stream) => _streams.TryGetValue(stream, out List<RecordedEvent>? events) ? events.Count - 1 : -1;

    private RecordedEvent[] Slice(List<RecordedEvent> events, long from, ReadDirection direction)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        lock (_gate)
        {
            int start = (int)Math.Min(from, events.Count);
            return direction == ReadDirection.Forwards ? [.. events.Skip(start)] : [.. events.Take(start).Reverse()];
        }
    }

    private IEnumerable<LogBlock> Blocks(long from, long to, BlockRequest request, CancellationToken cancel)
    {
        for (long first = from - (from % BlockEvents); first < to; first += BlockEvents)
        {
            cancel.ThrowIfCancellationRequested();
            LogBlock block;
            lock (_gate) block = Block(first, from, to, request);
            yield return block;
        }
    }

    private LogBlock Block(long first, long from, long to, BlockRequest request)
    {
        List<RecordedEvent> rows = [];
        ActivityColumns columns = new();
        int count = (int)Math.Min(BlockEvents, _events.Count - first);
        for (long position = Math.Max(first, from); position < Math.Min(first + count, to); position++)
        {
            RecordedEvent e = _events[(int)position];
            if (!e.Payload.Kind.IsColumnar())
            {
                if (request.Rows) rows.Add(e);
            }
            else if (request.Columns && (request.Window is null || request.Window == e.Event.Window))
            {
                ColumnarForm form = ColumnarForm.Of(e.Payload, Names);
                columns.Add(position, e.Payload.Kind, form.Account, form.Target, form.Value, e.Event.OccurredAt.Value);
            }
        }

        return new LogBlock { FirstPosition = first, Count = count, Rows = rows, Activity = columns };
    }

    // RFC 6962 section 2.1, word for word.
    private Digest Root(long start, long count)
    {
        if (count == 1) return _leaves[(int)start];
        byte[] bytes = [1, .. new byte[2 * Digest.SizeBytes]];
        if (count == 0) return Digest.FromBytes(SHA256.HashData([]));
        long split = Split(count);
        Root(start, split).WriteTo(bytes.AsSpan(1));
        Root(start + split, count - split).WriteTo(bytes.AsSpan(1 + Digest.SizeBytes));
        return Digest.FromBytes(SHA256.HashData(bytes));
    }

    // RFC 6962 section 2.1.1.
    private void Path(long position, long start, long count, List<Digest> siblings)
    {
        if (count == 1) return;
        long split = Split(count);
        bool left = position < split;
        Path(left ? position : position - split, left ? start : start + split, left ? split : count - split, siblings);
        siblings.Add(left ? Root(start + split, count - split) : Root(start, split));
    }

    private static long Split(long count)
    {
        long split = 1;
        while (split * 2 < count) split *= 2;
        return split;
    }
}
