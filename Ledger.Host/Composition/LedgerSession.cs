using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Host.Composition;

/// <summary>A ledger at work in this process: its log, its actors and itself, taken down in reverse order.</summary>
internal sealed class LedgerSession : IAsyncDisposable
{
    private readonly ActorHost _actors;

    private LedgerSession(IEventLog log, ActorHost actors, RewardLedger ledger) => (Log, _actors, Ledger) = (log, actors, ledger);

    public IEventLog Log { get; }

    public RewardLedger Ledger { get; }

    public LedgerHealth Health { get; } = new();

    /// <summary>Opens the ledger of a data folder for reading only, beside a process that may be writing to it.</summary>
    public static async Task<LedgerSession> ReadAsync(string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel) =>
        await OpenAsync(await EmbeddedEventLog.OpenReadOnlyAsync(dataDirectory, cancel), isReadOnly: true, dataDirectory, clock, progress, cancel);

    /// <summary>Opens the ledger of a data folder, making it when there is none.</summary>
    public static async Task<LedgerSession> WriteAsync(string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel) =>
        await OpenAsync(await LogFolder.WriteAsync(dataDirectory, clock, cancel), isReadOnly: false, dataDirectory, clock, progress, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Ledger.Dispose();
        await _actors.DisposeAsync();
        await Log.DisposeAsync();
    }

    private static async Task<LedgerSession> OpenAsync(IEventLog log, bool isReadOnly, string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        ActorHost? actors = null;
        try
        {
            actors = await ActorHost.StartAsync(cancel);
            return new LedgerSession(log, actors, await RewardLedger.OpenAsync(log, actors.Actors, clock, new FoldOptions(), isReadOnly, new SnapshotFolder(dataDirectory), null, progress, cancel));
        }
        catch
        {
            if (actors is not null) await actors.DisposeAsync();
            await log.DisposeAsync();
            throw;
        }
    }
}
