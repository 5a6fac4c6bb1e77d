using System.Runtime.CompilerServices;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The log in one SQLite file of hash-chained blocks, for one writing process and any number of reading ones.</summary>
/// <remarks>Layout and guarantees: specs/event-log.md. Why so: specs/decisions/0002-embedded-log.md.</remarks>
public sealed class EmbeddedEventLog : IEventLog
{
    private readonly string _directory;
    private readonly BlockSource _source;
    private readonly HeadSignal _head;
    private readonly LogWriter? _writer;
    private readonly FileStream? _lock;
    private Lazy<StreamIndex> _streams;
    private Lazy<IdIndex> _ids;
    private HeadFollower? _follower;

    private EmbeddedEventLog(string directory, BlockSource source, LogOpening opening)
    {
        _directory = directory;
        _source = source;
        _head = new HeadSignal(opening.Head);
        Names = opening.Names;
        _streams = new Lazy<StreamIndex>(LoadStreams);
        _ids = new Lazy<IdIndex>(LoadIds);
    }

    private EmbeddedEventLog(string directory, BlockSource source, LogOpening opening, IBlockStore store, HeadFile headFile, FileStream fileLock)
        : this(directory, source, opening)
    {
        _lock = fileLock;
        _writer = new LogWriter(store, opening, headFile, _head, _streams.Value, _ids);
    }

    /// <inheritdoc/>
    public long Head => _head.Head;

    /// <inheritdoc/>
    public NameTable Names { get; }

    /// <inheritdoc/>
    public bool RereadsCheaply => true;

    /// <summary>Opens the log in <paramref name="directory"/> for appending, making it when there is none.</summary>
    /// <exception cref="LogFaultException"><c>log-locked</c>: another process writes to it. Else the log is damaged or of another format; see specs/event-log.md.</exception>
    public static Task<EmbeddedEventLog> OpenAsync(string directory, CancellationToken cancel = default) =>
        Task.Run(() => OpenWriter(directory, folder => new BlockStore(LogFile.OpenWriter(folder))), cancel);

    /// <summary>The same over a store of one's own.</summary>
    internal static Task<EmbeddedEventLog> OpenAsync(string directory, Func<string, IBlockStore> store) => Task.Run(() => OpenWriter(directory, store));

    /// <summary>Opens the log as it stands now for reading only, whether or not a process writes to it.</summary>
    /// <exception cref="LogFaultException"><c>log-missing</c>: there is none. Else the log is damaged or of another format.</exception>
    public static Task<EmbeddedEventLog> OpenReadOnlyAsync(string directory, CancellationToken cancel = default) => Task.Run(() => OpenReader(directory, follows: false), cancel);

    /// <summary>The same, and the head moves on as the writing process moves it; for whoever stays.</summary>
    public static Task<EmbeddedEventLog> FollowAsync(string directory, CancellationToken cancel = default) => Task.Run(() => OpenReader(directory, follows: true), cancel);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancel = default) =>
        (await Writer.AppendAsync(PreparedAppend.Of(events, null, Names), null, ExpectedRevision.Any, cancel)).Outcomes;

    /// <inheritdoc/>
    public ValueTask<StreamAppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancel = default) =>
        Writer.AppendAsync(PreparedAppend.Of(events, stream, Names), stream, expected, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(long from, ReadDirection direction = ReadDirection.Forwards, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        await Task.CompletedTask;
        long head = Head;
        long position = direction == ReadDirection.Forwards ? from : Math.Min(from, head) - 1;
        while (position >= 0 && position < head)
        {
            cancel.ThrowIfCancellationRequested();
            (BlockHeader header, RecordedEvent[] events) = Block(position);
            if (direction == ReadDirection.Forwards)
            {
                for (; position < header.End; position++) yield return events[(int)(position - header.FirstPosition)];
            }
            else
            {
                for (; position >= header.FirstPosition; position--) yield return events[(int)(position - header.FirstPosition)];
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, long fromRevision, ReadDirection direction = ReadDirection.Forwards, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromRevision);
        await Task.CompletedTask;
        bool forwards = direction == ReadDirection.Forwards;
        long revision = forwards ? fromRevision : fromRevision - 1;
        long head = Head;
        while (revision >= 0 && _streams.Value.Find(stream.Value, revision) is { } segment && segment.FirstPosition < head)
        {
            cancel.ThrowIfCancellationRequested();
            if (revision >= segment.EndRevision)
            {
                if (forwards) yield break;
                revision = segment.EndRevision - 1;
            }

            List<RecordedEvent> events = [.. Block(segment.FirstPosition).Events.Where(e => e.Event.Stream == stream)];
            if (events.Count != segment.Count) throw LogFaults.Checksum(segment.FirstPosition, $"it holds {events.Count} events of stream {stream}, not {segment.Count}");
            if (forwards)
            {
                for (; revision < segment.EndRevision; revision++) yield return events[(int)(revision - segment.FirstRevision)];
            }
            else
            {
                for (; revision >= segment.FirstRevision; revision--) yield return events[(int)(revision - segment.FirstRevision)];
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> WaitAboveAsync(long position, CancellationToken cancel = default) => _head.WaitAboveAsync(position, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> SubscribeAsync(long from, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (long position = from; ;)
        {
            long head = await _head.WaitAboveAsync(position, cancel);
            while (position < head)
            {
                (BlockHeader header, RecordedEvent[] events) = Block(position);
                for (; position < header.End; position++) yield return events[(int)(position - header.FirstPosition)];
            }
        }
    }

    /// <inheritdoc/>
    public EventId[] IdsAt(IReadOnlyList<long> positions) => BlockScan.IdsAt(_source, positions);

    /// <inheritdoc/>
    public IEnumerable<LogBlock> ReadBlocks(long from, long to, BlockRequest request, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        return BlockScan.Run(_source, from, Math.Min(to, Head), request, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<long> PositionOfAsync(EventId id, CancellationToken cancel = default) =>
        ValueTask.FromResult(_ids.Value.Find(id) is var position && position < Head ? position : -1);

    /// <inheritdoc/>
    public async ValueTask<RecordedEvent?> FindAsync(EventId id, CancellationToken cancel = default)
    {
        long position = await PositionOfAsync(id, cancel);
        if (position < 0) return null;
        return WithReader(reader => BlockEvents.One(reader, reader.Holding(position).Header, Names, position));
    }

    /// <inheritdoc/>
    public ValueTask<Digest> LogRootAsync(long size, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Head);
        return ValueTask.FromResult(WithReader(reader => new StoredNodes(reader, Names, size).Root(size)));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Digest>> InclusionProofAsync(long position, long size, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Head);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, size);
        return ValueTask.FromResult<IReadOnlyList<Digest>>(WithReader(reader => InclusionProof.Build(new StoredNodes(reader, Names, size), position, size)));
    }

    /// <summary>Checks the whole log from its events: every part of every block, ids unique, revisions gapless, names and tree recomputed.</summary>
    /// <param name="progress">Gets the number of events checked.</param>
    /// <param name="cancel">Ends the check.</param>
    /// <returns>The root of the log tree, computed anew.</returns>
    /// <exception cref="LogFaultException">Names the block that is damaged.</exception>
    public Task<Digest> VerifyAsync(IProgress<long>? progress = null, CancellationToken cancel = default) => Task.Run(
        () =>
        {
            DirectoryInfo scratch = Directory.CreateTempSubdirectory("log-verify-");
            try
            {
                return WithReader(reader => LogVerifier.Run(reader, Names, Head, scratch.FullName, progress, cancel));
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        },
        cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _head.End(new ObjectDisposedException(nameof(EmbeddedEventLog)));
        if (_follower is not null) await _follower.DisposeAsync();
        _source.Dispose(); // before the writer's connection, which must be the last to close
        if (_writer is not null) await _writer.DisposeAsync();
        if (_ids.IsValueCreated) _ids.Value.Dispose();
        if (_lock is not null) await _lock.DisposeAsync();
    }

    private LogWriter Writer => _writer ?? throw new InvalidOperationException("the log was opened for reading only");

    private static EmbeddedEventLog OpenWriter(string directory, Func<string, IBlockStore> open)
    {
        Directory.CreateDirectory(directory);
        FileStream fileLock = WriterLock.Take(directory);
        BlockSource source = new(directory);
        IBlockStore? store = null;
        HeadFile? headFile = null;
        try
        {
            (long Head, Digest Hash)? recorded = HeadFile.Read(directory);
            store = source.Guarded(0, () => open(directory));
            LogOpening opening = LogOpening.Of(source, recorded);
            headFile = HeadFile.Open(directory, opening.Head, opening.LastHash);
            return new EmbeddedEventLog(directory, source, opening, store, headFile, fileLock);
        }
        catch
        {
            source.Dispose();
            store?.Dispose();
            headFile?.Dispose();
            fileLock.Dispose();
            throw;
        }
    }

    private static EmbeddedEventLog OpenReader(string directory, bool follows)
    {
        // The head file first: it is never ahead of what the database shows afterwards.
        (long Head, Digest Hash)? recorded = HeadFile.Read(directory);
        if (!File.Exists(LogFile.PathIn(directory))) throw new LogFaultException("log-missing", $"there is no {LogFile.FileName} in {directory}");
        BlockSource source = new(directory);
        try
        {
            LogOpening opening = LogOpening.Of(source, recorded);
            EmbeddedEventLog log = new(directory, source, opening);
            if (follows) log._follower = new HeadFollower(directory, source, opening, log.GrowTo);
            return log;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    // What was made of the shorter log is made anew when it is asked for. Its files close when it is collected: somebody may be looking into it.
    private void GrowTo(long head, LogFaultException? fault)
    {
        if (fault is not null)
        {
            _head.End(fault);
            return;
        }

        _streams = new Lazy<StreamIndex>(LoadStreams);
        _ids = new Lazy<IdIndex>(LoadIds);
        _head.Publish(head);
    }

    private (BlockHeader Header, RecordedEvent[] Events) Block(long position) => WithReader(reader =>
    {
        BlockHeader header = reader.Holding(position).Header;
        return (header, BlockEvents.All(reader, header, Names));
    });

    private StreamIndex LoadStreams()
    {
        StreamIndex index = new();
        ForEachBlock((reader, header) => index.Load(header, reader.Part(header, BlockPart.Streams, reader.Zstd, StreamsPart.Decode)));
        return index;
    }

    private IdIndex LoadIds() =>
        WithReader(reader => IdIndex.Load(Path.Combine(_directory, IdIndex.FolderName), reader, Head, writes: _lock is not null));

    private void ForEachBlock(Action<BlockReader, BlockHeader> use)
    {
        long head = Head;
        WithReader(reader =>
        {
            Digest previous = default;
            for (long position = 0; position < head;)
            {
                StoredBlock block = reader.At(position, previous);
                use(reader, block.Header);
                (position, previous) = (block.Header.End, block.Hash);
            }

            return 0;
        });
    }

    private T WithReader<T>(Func<BlockReader, T> use)
    {
        BlockReader reader = _source.Rent();
        try
        {
            return use(reader);
        }
        finally
        {
            _source.Return(reader);
        }
    }
}
