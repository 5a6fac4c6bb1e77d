using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>One <c>Read</c> call that ends: a stream or all streams, forwards or backwards.</summary>
internal sealed class ReadCall(IStreamStore store, ReadPlan plan, ResponseWriter responses)
{
    private const long None = -1;

    public Task RunAsync(CancellationToken cancel)
    {
        if (plan.Count == 0) throw StreamErrors.ReadFailed(plan.Stream is null ? "ReadAllResult" : "ReadStreamResult");
        return plan.Stream is { } stream ? StreamAsync(stream, cancel) : AllAsync(cancel);
    }

    private async Task StreamAsync(string stream, CancellationToken cancel)
    {
        bool isForwards = plan.Direction == ReadDirection.Forwards;
        if (isForwards && plan.From == ReadFrom.End) throw StreamErrors.ReadFailed("ReadStreamResult");
        long last = await store.LastRevisionAsync(stream, cancel);
        if (last == None)
        {
            await responses.WriteAsync(new ReadResponse { NotFound = new ReadResponse.Types.StreamNotFound { Stream = StreamIdentifier.Of(stream) } }, cancel);
            return;
        }

        long from = plan.From switch { ReadFrom.Start => 0, ReadFrom.End => last, _ => (long)plan.Point };
        if (!isForwards) from = Math.Min(from, last);
        long seen = last;
        await responses.PumpAsync(
            Counted(store.ReadStreamAsync(stream, from, plan.Direction, cancel)),
            e =>
            {
                seen = Math.Max(seen, e.Revision);
                return true;
            },
            cancel);
        if (!plan.TellsLast) return;
        if (isForwards && from > last + 1) await responses.WriteAsync(new ReadResponse { FirstStreamPosition = (ulong)last + 1 }, cancel);
        await responses.WriteAsync(new ReadResponse { LastStreamPosition = (ulong)seen }, cancel);
    }

    private async Task AllAsync(CancellationToken cancel)
    {
        ulong end = store.LastPosition is { } last ? last + 1 : 0;
        ulong from = plan.From switch { ReadFrom.Start => 0, ReadFrom.End => end, _ => plan.Point };
        if (plan.From == ReadFrom.Point && !store.IsRecord(from) && !(plan.Direction == ReadDirection.Forwards ? from >= end : from == end))
            throw StreamErrors.ReadFailed("ReadAllResult");
        await responses.PumpAsync(Counted(Matching(store.ReadAllAsync(from, plan.Direction, cancel))), _ => true, cancel);
    }

    private async IAsyncEnumerable<StoredEvent> Matching(IAsyncEnumerable<StoredEvent> events)
    {
        await foreach (StoredEvent e in events)
        {
            if (plan.Filter?.Matches(e) != false) yield return e;
        }
    }

    private async IAsyncEnumerable<StoredEvent> Counted(IAsyncEnumerable<StoredEvent> events)
    {
        ulong left = plan.Count!.Value;
        await foreach (StoredEvent e in events)
        {
            yield return e;
            if (--left == 0) yield break;
        }
    }
}
