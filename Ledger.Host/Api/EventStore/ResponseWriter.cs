using Grpc.Core;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>Writes a read's responses: many events to a packet while more are at hand, at once when none is.</summary>
internal sealed class ResponseWriter(IServerStreamWriter<ReadResponse> responses, bool structuredIds)
{
    /// <summary>Events after which what was gathered is sent whatever comes, so that a reader's pace bounds the memory.</summary>
    private const int GatheredMax = 64;

    private static readonly WriteOptions AtOnce = new();
    private static readonly WriteOptions Gather = new(WriteFlags.BufferHint);

    private int _gathered;

    /// <summary>Sends a message and everything before it.</summary>
    public Task WriteAsync(ReadResponse response, CancellationToken cancel) => WriteAsync(response, mayWait: false, cancel);

    /// <summary>Sends the events that <paramref name="passes"/>, in order.</summary>
    public Task PumpAsync(IAsyncEnumerable<StoredEvent> events, Func<StoredEvent, bool> passes, CancellationToken cancel) =>
        PumpAsync(events, passes, static (_, _) => ValueTask.CompletedTask, cancel);

    /// <summary>The same, with something to be done after each event, whether it passed or not.</summary>
    public async Task PumpAsync(IAsyncEnumerable<StoredEvent> events, Func<StoredEvent, bool> passes, Func<StoredEvent, CancellationToken, ValueTask> after, CancellationToken cancel)
    {
        await using IAsyncEnumerator<StoredEvent> source = events.GetAsyncEnumerator(cancel);
        bool any = await source.MoveNextAsync();
        while (any)
        {
            StoredEvent e = source.Current;
            bool passed = passes(e);
            ReadResponse? response = passed ? Response(e) : null;
            ValueTask<bool> next = source.MoveNextAsync();
            if (response is not null) await WriteAsync(response, mayWait: next.IsCompletedSuccessfully, cancel);
            await after(e, cancel);
            any = await next;
        }
    }

    private ReadResponse Response(StoredEvent e) =>
        new() { Event = new ReadResponse.Types.ReadEvent { Event = e.Message(structuredIds), Commit = e.Position } };

    private Task WriteAsync(ReadResponse response, bool mayWait, CancellationToken cancel)
    {
        bool gather = mayWait && ++_gathered < GatheredMax;
        if (!gather) _gathered = 0;
        responses.WriteOptions = gather ? Gather : AtOnce;
        return responses.WriteAsync(response, cancel);
    }
}
