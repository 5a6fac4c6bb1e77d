using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Host.Api.EventStore;

/// <summary>One <c>Read</c> call that does not end: what is there after a point, then what comes, without a gap or a repeat between them.</summary>
internal sealed class SubscriptionCall(IStreamStore store, ReadPlan plan, ResponseWriter responses)
{
    private ulong _examined;

    public async Task RunAsync(CancellationToken cancel)
    {
        await responses.WriteAsync(new ReadResponse { Confirmation = new ReadResponse.Types.Confirmation { SubscriptionId = Guid.NewGuid().ToString() } }, cancel);
        await (plan.Stream is { } stream ? StreamAsync(stream, cancel) : AllAsync(cancel));
    }

    private async Task StreamAsync(string stream, CancellationToken cancel)
    {
        // Taken before the history is read: what is appended meanwhile is in the history, or after this, or both.
        ulong live = NextPosition();
        long seen = plan.From switch { ReadFrom.Start => -1, ReadFrom.End => await store.LastRevisionAsync(stream, cancel), _ => (long)plan.Point };
        if (plan.From != ReadFrom.End && seen < long.MaxValue)
            await responses.PumpAsync(store.ReadStreamAsync(stream, seen + 1, ReadDirection.Forwards, cancel), Advance, cancel);
        await CaughtUpAsync(cancel);
        await responses.PumpAsync(store.SubscribeAsync(live, cancel), e => e.Stream == stream && Advance(e), cancel);

        bool Advance(StoredEvent e)
        {
            if (e.Revision <= seen) return false;
            seen = e.Revision;
            return true;
        }
    }

    private async Task AllAsync(CancellationToken cancel)
    {
        ulong next = plan.From switch
        {
            ReadFrom.Start => 0,
            ReadFrom.End => NextPosition(),
            _ => plan.Point == ulong.MaxValue ? plan.Point : plan.Point + 1,
        };
        await responses.PumpAsync(store.ReadAllAsync(next, ReadDirection.Forwards, cancel), Advance, CheckpointAsync, cancel);
        if (plan.Filter is not null && next > 0) await WriteCheckpointAsync(next - 1, cancel);
        await CaughtUpAsync(cancel);
        await responses.PumpAsync(store.SubscribeAsync(next, cancel), Advance, CheckpointAsync, cancel);

        bool Advance(StoredEvent e)
        {
            next = e.Position + 1;
            return plan.Filter?.Matches(e) != false;
        }
    }

    private ulong NextPosition() => store.LastPosition is { } last ? last + 1 : 0;

    private Task CaughtUpAsync(CancellationToken cancel) => responses.WriteAsync(new ReadResponse { CaughtUp = new ReadResponse.Types.Progress() }, cancel);

    /// <summary>Tells a filtered subscriber how far the search is, so that it need not search the same again after a break.</summary>
    private async ValueTask CheckpointAsync(StoredEvent e, CancellationToken cancel)
    {
        if (plan.Filter is not { } filter || ++_examined < filter.CheckpointInterval) return;
        _examined = 0;
        await WriteCheckpointAsync(e.Position, cancel);
    }

    private Task WriteCheckpointAsync(ulong position, CancellationToken cancel) =>
        responses.WriteAsync(new ReadResponse { Checkpoint = new ReadResponse.Types.Checkpoint { Commit = position, Prepare = position } }, cancel);
}
