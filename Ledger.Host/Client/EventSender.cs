using System.Buffers;
using System.Threading.Channels;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Client;

/// <summary>Takes events one by one and sends them in batches, each batch durable before the next: the order of the calls is the order in the log.</summary>
/// <remarks>
/// An event's id is made once, when it is brought, and its line is written once: however often a batch is sent, it is the same event.
/// Memory is bounded: past <see cref="LedgerClientOptions.WaitingEventsMax"/> bringing waits. Any thread.
/// </remarks>
public sealed class EventSender : IAsyncDisposable
{
    private readonly LedgerClient _client;
    private readonly Channel<Waiting> _waiting;
    private readonly Task _run;

    /// <param name="client">Carries the batches; it stays the caller's.</param>
    public EventSender(LedgerClient client)
    {
        _client = client;
        _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(client.Options.WaitingEventsMax) { SingleReader = true });
        _run = Task.Run(RunAsync);
    }

    /// <summary>Brings something that happened. Completes with its verdict, when it is durable if it was taken.</summary>
    /// <exception cref="LedgerRequestException">The batch it was in could not be delivered; what became of it is unknown.</exception>
    public Task<EventVerdict> SendAsync(EventPayload payload, UnixMs occurredAt, CancellationToken cancel = default)
    {
        Span<byte> id = stackalloc byte[EventId.SizeBytes];
        Guid.CreateVersion7().TryWriteBytes(id, bigEndian: true, out _);
        return SendAsync(new SubmittedEvent(EventId.FromBytes(id), occurredAt, payload), cancel);
    }

    /// <summary>Brings an event that has an id already.</summary>
    /// <exception cref="LedgerRequestException">As above.</exception>
    public async Task<EventVerdict> SendAsync(SubmittedEvent e, CancellationToken cancel = default)
    {
        ArrayBufferWriter<byte> line = new();
        using (JsonEventWriter writer = new(line)) writer.Write(e);
        Waiting waiting = new(line.WrittenMemory, new TaskCompletionSource<EventVerdict>(TaskCreationOptions.RunContinuationsAsynchronously));
        await _waiting.Writer.WriteAsync(waiting, cancel);
        return await waiting.Verdict.Task;
    }

    /// <summary>Sends what waits and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _run;
    }

    private async Task RunAsync()
    {
        List<Waiting> batch = [];
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            await GatherAsync(batch);
            try
            {
                ArrayBufferWriter<byte> lines = new(batch.Sum(w => w.Line.Length));
                foreach (Waiting waiting in batch) lines.Write(waiting.Line.Span);
                IReadOnlyList<EventVerdict> verdicts = await _client.SendAsync(lines.WrittenMemory, CancellationToken.None);
                for (int i = 0; i < batch.Count; i++) batch[i].Verdict.SetResult(verdicts[i]);
            }
            catch (Exception fault)
            {
                foreach (Waiting waiting in batch) waiting.Verdict.TrySetException(fault);
            }
        }
    }

    /// <summary>Takes what is there, and what comes within the time that the first one waits.</summary>
    private async Task GatherAsync(List<Waiting> batch)
    {
        using CancellationTokenSource enough = new(_client.Options.BatchWithin);
        try
        {
            do
            {
                while (batch.Count < _client.Options.BatchEventsMax && _waiting.Reader.TryRead(out Waiting? waiting)) batch.Add(waiting);
            }
            while (batch.Count < _client.Options.BatchEventsMax && await _waiting.Reader.WaitToReadAsync(enough.Token));
        }
        catch (OperationCanceledException)
        {
            // Nothing more came in time.
        }
    }

    private sealed record Waiting(ReadOnlyMemory<byte> Line, TaskCompletionSource<EventVerdict> Verdict);
}
