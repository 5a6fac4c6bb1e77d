using Akka.Actor;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;

namespace Ledger.Projections.DayWindows;

/// <summary>The ledger over one log: takes events, closes windows, and can replay any window it closed.</summary>
public sealed class RewardLedger : IAsyncDisposable
{
    /// <summary>The log, owned by the caller.</summary>
    public IEventLog Log => throw new NotSupportedException();

    /// <summary>The way in for producers' events.</summary>
    public EventIntake Intake => throw new NotSupportedException();

    /// <summary>The state after everything that <see cref="CatchUpAsync"/> has applied.</summary>
    public LedgerState State => throw new NotSupportedException();

    /// <summary>Opens the ledger of a log and starts an empty log with the genesis events. Caught up when it returns.</summary>
    public static Task<RewardLedger> OpenAsync(
        IEventLog log, IActorRefFactory actors, TimeProvider clock, LedgerOptions options, IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default) =>
        throw new NotSupportedException();

    /// <summary>Applies what came into the log; a window that was sealed but not closed is folded and its close recorded.</summary>
    public Task CatchUpAsync(IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Seals and closes a window: folds, applies the rules, records the close and the statement. Closing again gives what was recorded.</summary>
    public Task<ClosedWindow> CloseAsync(Day window, IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Recomputes a closed window from the log, or an open one as if it were sealed now.</summary>
    /// <exception cref="KeyNotFoundException">There is no such window.</exception>
    public Task<WindowReplay> ReplayAsync(Day window, IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
