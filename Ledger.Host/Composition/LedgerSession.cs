using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Composition;

/// <summary>A ledger at work in this process: its log, its actors and itself, taken down in reverse order.</summary>
internal sealed class LedgerSession : IAsyncDisposable
{
    private readonly ActorHost _actors;

    private LedgerSession(IEventLog log, ActorHost actors, RewardLedger ledger) => (Log, _actors, Ledger) = (log, actors, ledger);

    public IEventLog Log { get; }

    public RewardLedger Ledger { get; }

    /// <summary>Opens the ledger at an address for reading only, beside a process that may be writing to it.</summary>
    public static async Task<LedgerSession> ReadAsync(LogAddress address, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel) =>
        await OpenAsync(await LogStores.ReadAsync(address, cancel), isReadOnly: true, clock, progress, cancel);

    /// <summary>Opens the ledger at an address, making it when there is none.</summary>
    public static async Task<LedgerSession> WriteAsync(LogAddress address, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel) =>
        await OpenAsync(await LedgerLog.WriteAsync(address, clock, cancel), isReadOnly: false, clock, progress, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Ledger.Dispose();
        await _actors.DisposeAsync();
        await Log.DisposeAsync();
    }

    private static async Task<LedgerSession> OpenAsync(IEventLog log, bool isReadOnly, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        ActorHost? actors = null;
        try
        {
            actors = await ActorHost.StartAsync(cancel);
            return new LedgerSession(log, actors, await RewardLedger.OpenAsync(log, actors.Actors, clock, new FoldOptions(), isReadOnly, progress, cancel));
        }
        catch
        {
            if (actors is not null) await actors.DisposeAsync();
            await log.DisposeAsync();
            throw;
        }
    }
}
