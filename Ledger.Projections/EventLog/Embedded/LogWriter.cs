using System.Threading.Channels;
using Ledger.Core.Events;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>
/// The one writer, as three stages side by side: decide what waits in order of arrival, seal blocks of it, commit them; then acknowledge (group commit).
/// </summary>
/// <remarks>A group that cannot be made durable stops the log for good: neither it nor any later one is committed or acknowledged.</remarks>
internal sealed class LogWriter : IAsyncDisposable
{
    // A group closes here so that a flood cannot delay its first caller, nor fill the memory, without limit.
    private const int GroupEventsMax = 4 * BlockDraft.EventsMax;
    private const int WaitingMax = 1024;

    // One being committed, one being decided and sealed. More would only make smaller groups, and a sync for each.
    private const int GroupsMax = 2;
    private const int DraftsMax = 3;

    private readonly Channel<AppendRequest> _waiting = Channel.CreateBounded<AppendRequest>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly Channel<DraftedBlock> _drafted = Channel.CreateBounded<DraftedBlock>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
    private readonly Channel<AppendGroup> _sealed = Channel.CreateBounded<AppendGroup>(new BoundedChannelOptions(GroupsMax) { SingleReader = true, SingleWriter = true });
    private readonly Channel<BlockDraft> _free = Channel.CreateUnbounded<BlockDraft>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly SemaphoreSlim _groups = new(GroupsMax);
    private readonly IBlockStore _store;
    private readonly BlockSealer _sealer;
    private readonly HeadFile _headFile;
    private readonly HeadSignal _head;
    private readonly StreamIndex _streams;
    private readonly Lazy<IdIndex> _ids;
    private readonly AppendDecider _decider;
    private readonly Task _stages;
    private Exception? _stopped;

    public LogWriter(IBlockStore store, LogOpening opening, HeadFile headFile, HeadSignal head, StreamIndex streams, Lazy<IdIndex> ids)
    {
        (_store, _headFile, _head, _streams, _ids) = (store, headFile, head, streams, ids);
        _sealer = new BlockSealer(opening.Names, opening.Frontier, opening.LastHash);
        _decider = new AppendDecider(ids, streams, _free.Reader, _drafted.Writer, opening.Head);
        for (int i = 0; i < DraftsMax; i++) _free.Writer.TryWrite(new BlockDraft(opening.Names, streams));
        _stages = Task.WhenAll(Task.Run(DecideAsync), Task.Run(SealAsync), Task.Run(CommitAsync));
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
        await _stages;
        _sealer.Dispose();
        _store.Dispose();
        _headFile.Dispose();
        _groups.Dispose();
    }

    private async Task DecideAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            await _groups.WaitAsync(); // meanwhile more arrive, for a larger group
            AppendGroup group = new();
            try
            {
                while (group.Events < GroupEventsMax && _waiting.Reader.TryRead(out AppendRequest? request))
                {
                    group.Add(request);
                    if (Volatile.Read(ref _stopped) is not null) continue;
                    await _decider.DecideAsync(request);
                    request.Prepared.Release();
                }

                if (Volatile.Read(ref _stopped) is null)
                {
                    await _decider.EndAsync(group);
                    continue;
                }
            }
            catch (Exception e)
            {
                Stop(e);
            }

            group.Fail(_stopped!);
            _groups.Release();
        }

        _drafted.Writer.Complete();
    }

    private async Task SealAsync()
    {
        List<SealedBlock> blocks = [];
        await foreach (DraftedBlock drafted in _drafted.Reader.ReadAllAsync())
        {
            try
            {
                if (drafted.Draft is { } draft && Volatile.Read(ref _stopped) is null) blocks.Add(_sealer.Seal(draft));
            }
            catch (Exception e)
            {
                Stop(e);
            }

            if (drafted.Draft is not null) _free.Writer.TryWrite(drafted.Draft);
            if (drafted.Ends is not { } group) continue;
            group.Blocks.AddRange(blocks);
            blocks.Clear();
            await _sealed.Writer.WriteAsync(group);
        }

        _sealed.Writer.Complete();
    }

    private async Task CommitAsync()
    {
        await foreach (AppendGroup group in _sealed.Reader.ReadAllAsync())
        {
            try
            {
                if (Volatile.Read(ref _stopped) is null) Commit(group);
            }
            catch (Exception e)
            {
                Stop(e);
            }

            if (Volatile.Read(ref _stopped) is { } fault) group.Fail(fault); // those that were acknowledged stay so
            _groups.Release();
        }
    }

    private void Commit(AppendGroup group)
    {
        if (group.Blocks.Count > 0)
        {
            SealedBlock last = group.Blocks[^1];
            _store.Commit(group.Blocks);
            _headFile.Write(last.Header.End, last.Hash);
            foreach (SealedBlock block in group.Blocks)
            {
                _streams.Publish(block.Header.FirstPosition, block.Streams);
                block.Release();
            }

            _head.Publish(last.Header.End);
        }

        group.Acknowledge();
        _store.Checkpoint();
        if (group.FullIds is { } full) _ids.Value.WriteBehind(full, group.Blocks[^1].Header.End, group.Blocks[^1].Hash);
    }

    private void Stop(Exception cause)
    {
        Exception fault = cause as LogFaultException ?? LogFaults.Disk(cause);
        if (Interlocked.CompareExchange(ref _stopped, fault, null) is not null) return;
        _waiting.Writer.TryComplete();
        _head.End(fault);
    }
}
