using System.Runtime.CompilerServices;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>The log in one stream of an EventStoreDB or KurrentDB cluster; any number of processes may append to it.</summary>
/// <remarks>
/// One message is one event, readable with every client of theirs. Positions, idempotency and streams are decided here, by an index of the whole
/// stream that is read when the log is opened, and guarded by the revision that each append expects. See specs/eventstore.md and
/// specs/decisions/0045-eventstore-log.md.
/// </remarks>
internal sealed class EventStoreDbLog : IEventLog
{
    /// <summary>The stream of the cluster that holds the log.</summary>
    public const string LogStream = "weledger-log";

    private readonly ClusterConnection _cluster;
    private readonly ClusterStream _stream;
    private readonly LogFollower _follower;
    private readonly LogWriter? _writer;
    private int _isClosed;

    private EventStoreDbLog(ClusterConnection cluster, ClusterStream stream, LogFollower follower, bool writes)
    {
        (_cluster, _stream, _follower) = (cluster, stream, follower);
        _writer = writes ? new LogWriter(follower, stream) : null;
    }

    /// <inheritdoc/>
    public long Head => _follower.Head.Head;

    /// <inheritdoc/>
    public NameTable Names => _follower.Names;

    /// <summary>Opens the log that the connection string leads to; an empty stream is an empty log.</summary>
    /// <exception cref="FormatException">The connection string cannot be read.</exception>
    /// <exception cref="LogFaultException">The cluster cannot be reached or refuses, or the stream is not a log of this ledger.</exception>
    public static Task<EventStoreDbLog> OpenAsync(string connectionString, CancellationToken cancel = default) => OpenAsync(connectionString, writes: true, cancel);

    /// <summary>The same, for reading only.</summary>
    /// <exception cref="LogFaultException">Also <c>log-missing</c>: there is no event.</exception>
    public static async Task<EventStoreDbLog> OpenReadOnlyAsync(string connectionString, CancellationToken cancel = default)
    {
        EventStoreDbLog log = await OpenAsync(connectionString, writes: false, cancel);
        if (log.Head > 0) return log;
        await log.DisposeAsync();
        throw new LogFaultException("log-missing", $"the cluster has no stream {LogStream}");
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel = default) =>
        (await Writer.AppendAsync(PreparedAppend.Of(events, null), null, ExpectedRevision.Any, cancel)).Outcomes;

    /// <inheritdoc/>
    public ValueTask<StreamAppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancel = default) =>
        Writer.AppendAsync(PreparedAppend.Of(events, stream), stream, expected, cancel);

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(long from, ReadDirection direction = ReadDirection.Forwards, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        long head = Head;
        return direction == ReadDirection.Forwards ? RangeAsync(from, head, cancel) : BackwardsAsync(Math.Min(from, head), cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, long fromRevision, ReadDirection direction = ReadDirection.Forwards, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromRevision);
        bool forwards = direction == ReadDirection.Forwards;
        long last = _follower.Ask(index => index.Streams.Last(stream));
        long revision = forwards ? fromRevision : Math.Min(fromRevision, last + 1) - 1;
        while (revision >= 0 && revision <= last && _follower.Ask(index => index.Streams.Find(stream, revision)) is { } segment)
        {
            List<RecordedEvent> events = [];
            await foreach (StoredEvent e in StoredAsync(segment.FirstPosition, segment.LastPosition + 1, cancel))
            {
                if (e.Stream == stream) events.Add(e.Recorded);
            }

            if (events.Count == 0 || events[0].Revision != segment.FirstRevision)
                throw new LogFaultException("stream-changed", $"the events of {stream} from position {segment.FirstPosition} on are not what they were; restore the cluster from a backup");
            for (; revision >= segment.FirstRevision && revision < segment.FirstRevision + events.Count && revision <= last; revision += forwards ? 1 : -1)
                yield return events[(int)(revision - segment.FirstRevision)];
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> WaitAboveAsync(long position, CancellationToken cancel = default) => _follower.Head.WaitAboveAsync(position, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> SubscribeAsync(long from, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (long position = from; ;)
        {
            long head = await _follower.Head.WaitAboveAsync(position, cancel);
            await foreach (RecordedEvent e in RangeAsync(position, head, cancel)) yield return e;
            position = head;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<LogBlock> ReadBlocks(long from, long to, BlockRequest request, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        return BlockReading.Run(StoredAsync(from, Math.Min(to, Head), cancel), Names, request);
    }

    /// <inheritdoc/>
    public EventId[] IdsAt(IReadOnlyList<long> positions) => _follower.Ask(index => positions.Select(index.Ids.At).ToArray());

    /// <inheritdoc/>
    public ValueTask<long> PositionOfAsync(EventId id, CancellationToken cancel = default) => ValueTask.FromResult(_follower.Ask(index => index.Ids.Find(id)));

    /// <inheritdoc/>
    public async ValueTask<RecordedEvent?> FindAsync(EventId id, CancellationToken cancel = default)
    {
        long position = await PositionOfAsync(id, cancel);
        if (position < 0) return null;
        await foreach (RecordedEvent e in RangeAsync(position, position + 1, cancel)) return e;
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask<Digest> LogRootAsync(long size, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Head);
        return KeptNodes.Root(await NodesAsync([size], size, cancel), size);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Digest>> InclusionProofAsync(long position, long size, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Head);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, size);
        return InclusionProof.Build(await NodesAsync([position, size], size, cancel), position, size);
    }

    /// <inheritdoc/>
    public async Task<Digest> VerifyAsync(IProgress<long>? progress = null, CancellationToken cancel = default)
    {
        long raw = _follower.Ask(index => index.NextRaw);
        Digest expected = _follower.Ask(index => index.Nodes.Root());
        LogIndex anew = new();
        await foreach (Protocol.ReadMessage message in _stream.ReadAsync(0, raw, ReadDirection.Forwards, cancel))
        {
            anew.Take(message);
            if (anew.Head % 10_000 == 0) progress?.Report(anew.Head);
        }

        if (anew.NextRaw < raw) throw new LogFaultException("stream-gap", $"the log's stream ends at revision {anew.NextRaw - 1}, but {raw - 1} was there; restore the cluster from a backup");
        if (anew.Nodes.Root() != expected) throw new LogFaultException("stream-changed", "the events of the log's stream are not what they were when they were first read; restore the cluster from a backup");
        progress?.Report(anew.Head);
        return expected;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        if (_writer is not null) await _writer.DisposeAsync();
        await _follower.DisposeAsync();
        _cluster.Dispose();
    }

    private LogWriter Writer => _writer ?? throw new InvalidOperationException("the log was opened for reading only");

    private static async Task<EventStoreDbLog> OpenAsync(string connectionString, bool writes, CancellationToken cancel)
    {
        ConnectionSettings settings = ConnectionSettings.Parse(connectionString);
        ClusterConnection cluster = new(settings, TimeProvider.System);
        ClusterStream stream = new(LogStream, cluster, settings, TimeProvider.System);
        LogFollower follower = new(stream);
        try
        {
            await follower.StartAsync(cancel);
            return new EventStoreDbLog(cluster, stream, follower, writes);
        }
        catch
        {
            await follower.DisposeAsync();
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>The events at [from, to), which are all below the head.</summary>
    private async IAsyncEnumerable<RecordedEvent> RangeAsync(long from, long to, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (StoredEvent e in StoredAsync(from, to, cancel)) yield return e.Recorded;
    }

    /// <summary>The same without an object for each; one is good until the next is asked for.</summary>
    private async IAsyncEnumerable<StoredEvent> StoredAsync(long from, long to, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (from >= to) yield break;
        StoredEventReader reader = new();
        long position = from;
        long raw = _follower.RawOf(from);
        await foreach (Protocol.ReadMessage message in _stream.ReadAsync(raw, _follower.RawOf(to - 1) - raw + 1, ReadDirection.Forwards, cancel))
        {
            if (message.Revision != raw) continue; // void
            yield return reader.Read(message);
            if (++position == to) yield break;
            raw = _follower.RawOf(position);
        }

        throw Short(position);
    }

    private async IAsyncEnumerable<RecordedEvent> BackwardsAsync(long from, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (from == 0) yield break;
        StoredEventReader reader = new();
        long position = from - 1;
        long raw = _follower.RawOf(position);
        await foreach (Protocol.ReadMessage message in _stream.ReadAsync(raw, long.MaxValue, ReadDirection.Backwards, cancel))
        {
            if (message.Revision != raw) continue; // void
            yield return reader.Read(message).Recorded;
            if (--position < 0) yield break;
            raw = _follower.RawOf(position);
        }

        throw Short(position);
    }

    private static LogFaultException Short(long position) =>
        new("stream-gap", $"the event at position {position} is not in the cluster any more: events were deleted or truncated; restore the cluster from a backup");

    /// <summary>The tree's nodes, with the tiles read that hold the given leaves.</summary>
    private async ValueTask<ILogNodes> NodesAsync(long[] leaves, long size, CancellationToken cancel)
    {
        Dictionary<long, Digest[]> tiles = [];
        foreach (long tile in leaves.Select(leaf => leaf >> KeptNodes.TileLevel).Distinct())
        {
            long first = tile << KeptNodes.TileLevel;
            List<Digest> hashes = [];
            await foreach (RecordedEvent e in RangeAsync(first, Math.Min(size, first + (1 << KeptNodes.TileLevel)), cancel)) hashes.Add(LogHash.Leaf(CanonicalBytes.Of(e.Event)));
            tiles.Add(tile, [.. hashes]);
        }

        return new TreeNodes(tiles, (level, index) => _follower.Ask(known => known.Nodes.Node(level, index)));
    }

    private sealed class TreeNodes(Dictionary<long, Digest[]> tiles, Func<int, long, Digest> kept) : ILogNodes
    {
        public Digest Node(int level, long index)
        {
            if (level >= KeptNodes.TileLevel) return kept(level, index);
            long first = index << level;
            Digest[] tile = tiles[first >> KeptNodes.TileLevel];
            LogFrontier subtree = new();
            for (int i = 0; i < 1 << level; i++) subtree.Append(tile[(first & ((1 << KeptNodes.TileLevel) - 1)) + i]);
            return subtree.Root();
        }
    }
}
