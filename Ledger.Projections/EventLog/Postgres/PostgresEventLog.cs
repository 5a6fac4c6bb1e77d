using System.Runtime.CompilerServices;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>The log in a PostgreSQL database, for one writing process and any number of reading ones, on any machines.</summary>
/// <remarks>Tables and guarantees: specs/event-log-postgres.md. Why so: specs/decisions/0039-postgres-log.md.</remarks>
public sealed class PostgresEventLog : IEventLog
{
    private const int ReadEventsMin = 256;
    private const int ReadEventsMax = 8192;

    private readonly PostgresSource _source;
    private readonly HeadSignal _head;
    private PostgresWriter? _writer;
    private IdMemory? _ids;
    private HeadFollower? _follower;
    private bool _disposed;

    private PostgresEventLog(PostgresSource source, NameTable names, long head)
    {
        _source = source;
        Names = names;
        _head = new HeadSignal(head);
    }

    /// <inheritdoc/>
    public long Head => _head.Head;

    /// <inheritdoc/>
    public NameTable Names { get; }

    /// <summary>Opens the log at an address for appending, making it when there is none.</summary>
    /// <exception cref="FormatException"><c>log-address</c>.</exception>
    /// <exception cref="LogFaultException"><c>log-locked</c>: another process writes to it. <c>store-unreachable</c>, <c>store-unsafe</c>, or damage; see specs/event-log-postgres.md.</exception>
    public static async Task<PostgresEventLog> OpenAsync(string address, PostgresOptions? options = null, CancellationToken cancel = default)
    {
        PostgresAddress at = PostgresAddress.Parse(address);
        options ??= new PostgresOptions();
        WriterSession session = await WriterSession.OpenAsync(at, options, cancel);
        PostgresEventLog? log = null;
        try
        {
            // The lock is held and the fence raised: nobody else moves the head from here on.
            log = await ReaderAsync(at, options, cancel);
            await log.BecomeWriterAsync(session, cancel);
            return log;
        }
        catch
        {
            if (log is not null) await log.DisposeAsync();
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the log as it stands now for reading only, whether or not a process writes to it.</summary>
    /// <exception cref="LogFaultException"><c>log-missing</c>: there is none. Else as <see cref="OpenAsync"/>.</exception>
    public static Task<PostgresEventLog> OpenReadOnlyAsync(string address, PostgresOptions? options = null, CancellationToken cancel = default) =>
        ReaderAsync(PostgresAddress.Parse(address), options ?? new PostgresOptions(), cancel);

    /// <summary>The same, and the head moves on as the writing process, wherever it runs, moves it; for subscribers of other processes.</summary>
    public static async Task<PostgresEventLog> FollowAsync(string address, PostgresOptions? options = null, CancellationToken cancel = default)
    {
        PostgresEventLog log = await OpenReadOnlyAsync(address, options, cancel);
        log._follower = new HeadFollower(log._source, log.Names, log._head);
        return log;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel = default) =>
        (await Writer.AppendAsync(PreparedAppend.Of(events, null), null, ExpectedRevision.Any, cancel)).Outcomes;

    /// <inheritdoc/>
    public ValueTask<StreamAppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancel = default) =>
        Writer.AppendAsync(PreparedAppend.Of(events, stream), stream, expected, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(long from, ReadDirection direction = ReadDirection.Forwards, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        long head = Head;
        int size = ReadEventsMin;
        if (direction == ReadDirection.Forwards)
        {
            for (long at = from; at < head; size = Math.Min(2 * size, ReadEventsMax))
            {
                RecordedEvent[] events = await RangeAsync(at, Math.Min(head, at + size), cancel);
                foreach (RecordedEvent e in events) yield return e;
                at += events.Length;
            }
        }
        else
        {
            for (long end = Math.Min(from, head); end > 0; size = Math.Min(2 * size, ReadEventsMax))
            {
                RecordedEvent[] events = await RangeAsync(Math.Max(0, end - size), end, cancel);
                for (int i = events.Length - 1; i >= 0; i--) yield return events[i];
                end -= events.Length;
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, long fromRevision, ReadDirection direction = ReadDirection.Forwards, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromRevision);
        return new StreamEvents(_source, Names, stream).ReadAsync(fromRevision, Head, direction, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<long> WaitAboveAsync(long position, CancellationToken cancel = default) => _head.WaitAboveAsync(position, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> SubscribeAsync(long from, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        for (long at = from; ;)
        {
            long head = await _head.WaitAboveAsync(at, cancel);
            RecordedEvent[] events = await RangeAsync(at, Math.Min(head, at + ReadEventsMax), cancel);
            foreach (RecordedEvent e in events) yield return e;
            at += events.Length;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<LogBlock> ReadBlocks(long from, long to, BlockRequest request, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        return BlockPages.Run(_source, from, Math.Min(to, Head), request, cancel);
    }

    /// <inheritdoc/>
    public EventId[] IdsAt(IReadOnlyList<long> positions) => IdQueries.At(_source, positions);

    /// <inheritdoc/>
    public async ValueTask<long> PositionOfAsync(EventId id, CancellationToken cancel = default)
    {
        bool mayBeIndexed = true;
        long position = _ids?.Find(id, out mayBeIndexed) ?? -1;
        if (position < 0 && mayBeIndexed) position = await IdQueries.FindAsync(_source, id, Head, indexedOnly: _ids is not null, cancel);
        return position < Head ? position : -1;
    }

    /// <inheritdoc/>
    public async ValueTask<RecordedEvent?> FindAsync(EventId id, CancellationToken cancel = default) =>
        await PositionOfAsync(id, cancel) is >= 0 and var position ? (await RangeAsync(position, position + 1, cancel))[0] : null;

    /// <inheritdoc/>
    public Task<Digest> VerifyAsync(IProgress<long>? progress = null, CancellationToken cancel = default) => new PostgresVerifier(_source, Names).RunAsync(Head, progress, cancel);

    /// <inheritdoc/>
    public async ValueTask<Digest> LogRootAsync(long size, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Head);
        return await Task.Run(() => LogFrontier.At(new StoredTree(_source, Names, size), size).Root(), cancel);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Digest>> InclusionProofAsync(long position, long size, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Head);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, size);
        return await Task.Run(() => InclusionProof.Build(new StoredTree(_source, Names, size), position, size), cancel);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        _head.End(new ObjectDisposedException(nameof(PostgresEventLog)));
        if (_follower is not null) await _follower.DisposeAsync();
        if (_writer is not null) await _writer.DisposeAsync();
        await _source.DisposeAsync();
    }

    private PostgresWriter Writer => _writer ?? throw new InvalidOperationException("the log was opened for reading only");

    private static async Task<PostgresEventLog> ReaderAsync(PostgresAddress address, PostgresOptions options, CancellationToken cancel)
    {
        PostgresSource source = new(address, options with { AwayMax = TimeSpan.Zero }); // an address that is wrong is told at once
        try
        {
            NameTable names = new();
            LogState state = await source.ReadAsync(
                async connection =>
                {
                    LogState found = await LogState.ReadAsync(connection, address, cancel);
                    await LogState.LoadNamesAsync(connection, address.Schema, names, found.Names, cancel);
                    return found;
                },
                cancel);
            return new PostgresEventLog(new PostgresSource(address, options), names, state.Head);
        }
        finally
        {
            await source.DisposeAsync();
        }
    }

    private async Task BecomeWriterAsync(WriterSession session, CancellationToken cancel)
    {
        (IdMemory ids, HashSet<Day> windows) = await _source.ReadAsync(
            async connection =>
            {
                LogState state = await LogState.ReadAsync(connection, _source.Address, cancel);
                return (await state.LoadIdsAsync(connection, _source.Schema, cancel), await LogState.WindowsAsync(connection, _source.Schema, cancel));
            },
            cancel);
        LogFrontier frontier = await Task.Run(() => LogFrontier.At(new StoredTree(_source, Names, Head), Head), cancel);
        StreamHeads streams = new();
        _ids = ids;
        _writer = new PostgresWriter(session, _source, new GroupBuilder(Names, streams, frontier, windows), streams, ids, _head);
    }

    private Task<RecordedEvent[]> RangeAsync(long from, long to, CancellationToken cancel) =>
        _source.ReadAsync(connection => EventQueries.RangeAsync(connection, _source.Schema, Names, from, to, cancel), cancel);
}
