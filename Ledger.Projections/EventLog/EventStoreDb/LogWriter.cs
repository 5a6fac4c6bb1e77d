using System.Threading.Channels;
using Google.Protobuf;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>The one writer of this process: takes what waits, decides, appends at the revision it decided by, and decides anew when another process was there first.</summary>
/// <remarks>The expected revision is the fence: whatever was decided by an older state cannot get into the stream.</remarks>
internal sealed class LogWriter : IAsyncDisposable
{
    /// <summary>Events that one append gathers from its callers, unless a single caller brings more.</summary>
    private const int GatheredMax = 4_096;
    private const int WaitingMax = 1_024;

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly LogFollower _follower;
    private readonly ClusterStream _stream;
    private readonly StoredForm _form = new();
    private readonly Task _run;

    public LogWriter(LogFollower follower, ClusterStream stream)
    {
        (_follower, _stream) = (follower, stream);
        _run = Task.Run(RunAsync);
    }

    /// <summary>Queues an append; the answer comes when it is durable. Cancelling works until it is queued.</summary>
    /// <exception cref="EventFormatException">An event that the cluster cannot keep; see <see cref="StoredForm.Prepare"/>.</exception>
    public async ValueTask<StreamAppendResult> AppendAsync(PreparedAppend prepared, StreamName? stream, ExpectedRevision expected, CancellationToken cancel)
    {
        Waiting request = new(prepared, StoredForm.Prepare(prepared), stream, expected);
        try
        {
            await _waiting.Writer.WriteAsync(request, cancel);
        }
        catch (ChannelClosedException e)
        {
            throw new ObjectDisposedException(nameof(EventStoreDbLog), e);
        }

        return await request.Answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _run; // what was queued is answered first
        _form.Dispose();
    }

    private async Task RunAsync()
    {
        List<Waiting> group = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            for (int events = 0; events < GatheredMax && _waiting.Reader.TryRead(out Waiting? request); events += request.Prepared.Events.Count) group.Add(request);
            try
            {
                await AppendAsync(group);
                foreach (Waiting request in group) request.Answer.SetResult(request.Result!);
            }
            catch (Exception e)
            {
                // Whoever waited is told; whoever comes later may find the cluster mended, or hears the same.
                foreach (Waiting request in group) request.Answer.TrySetException(e);
            }
        }
    }

    private async ValueTask AppendAsync(List<Waiting> group)
    {
        while (true)
        {
            (List<StoredEvent> stored, List<ProposedMessage> messages) = _follower.Ask(index => Decide(index, group));
            if (stored.Count == 0 || await SendAsync(stored, messages)) return;
            // Another process appended: what it wrote is read before anything is decided again.
            await _follower.ReadOnAsync(CancellationToken.None);
        }
    }

    /// <summary>Sends an append in messages of the cluster's size, each after the answer to the one before.</summary>
    private async ValueTask<bool> SendAsync(List<StoredEvent> stored, List<ProposedMessage> messages)
    {
        for (int start = 0; start < messages.Count;)
        {
            int end = start;
            for (int size = 0; end < messages.Count && (size += StoredForm.SizeOf(messages[end])) <= WireNames.AppendBytesMax; end++)
            {
            }

            if (!await _stream.AppendAsync(stored[start].Raw - 1, messages.GetRange(start, end - start), CancellationToken.None)) return false;
            start = end;
        }

        _follower.Take(stored);
        return true;
    }

    private (List<StoredEvent> Stored, List<ProposedMessage> Messages) Decide(LogIndex index, List<Waiting> group)
    {
        List<(NewEvent Event, ByteString Data, long Revision)> fresh = [];
        Dictionary<EventId, long> ids = [];
        Dictionary<StreamName, long> lasts = [];
        foreach (Waiting request in group)
        {
            IReadOnlyList<NewEvent> events = request.Prepared.Events;
            if (request.Stream is { } stream && !request.Expected.Holds(Last(stream)) && (events.Count == 0 || !events.All(e => Find(e.Id) >= 0)))
            {
                request.Result = new StreamAppendResult(false, Last(stream), []);
                continue;
            }

            AppendOutcome[] outcomes = new AppendOutcome[events.Count];
            for (int i = 0; i < outcomes.Length; i++)
            {
                long standing = Find(events[i].Id);
                outcomes[i] = new AppendOutcome(standing >= 0 ? standing : index.Head + fresh.Count, standing >= 0);
                if (standing >= 0) continue;
                ids.Add(events[i].Id, index.Head + fresh.Count);
                long revision = lasts[events[i].Stream] = Last(events[i].Stream) + 1;
                fresh.Add((events[i], request.Data[i], revision));
            }

            request.Result = new StreamAppendResult(true, request.Stream is { } s ? Last(s) : -1, outcomes);
        }

        List<StoredEvent> stored = new(fresh.Count);
        List<ProposedMessage> messages = new(fresh.Count);
        foreach ((NewEvent e, ByteString data, long revision) in fresh)
        {
            RecordedEvent recorded = new(index.Head + stored.Count, revision, e);
            messages.Add(_form.Write(recorded, data, stored.Count, fresh.Count));
            stored.Add(StoredEvent.Appended(index.NextRaw + stored.Count, stored.Count, fresh.Count, recorded));
        }

        return (stored, messages);

        long Find(EventId id) => ids.TryGetValue(id, out long position) ? position : index.Ids.Find(id);

        long Last(StreamName name) => lasts.TryGetValue(name, out long last) ? last : index.Streams.Last(name);
    }

    private sealed record Waiting(PreparedAppend Prepared, ByteString[] Data, StreamName? Stream, ExpectedRevision Expected)
    {
        public TaskCompletionSource<StreamAppendResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public StreamAppendResult? Result { get; set; }
    }
}
