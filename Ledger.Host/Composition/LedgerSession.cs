using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.ByAccount;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;
using Ledger.Projections.ReadModels;

namespace Ledger.Host.Composition;

/// <summary>A ledger at work in this process: its log, its actors and itself, taken down in reverse order.</summary>
internal sealed class LedgerSession : IAsyncDisposable
{
    private readonly ActorHost _actors;
    private readonly ActivityFolder _activity;
    private readonly LiveFold? _live;

    private LedgerSession(IEventLog log, ActorHost actors, RewardLedger ledger, ActivityFolder activity, LiveFold? live, ReadModelStore? views, string folder) =>
        (Log, _actors, Ledger, _activity, _live, Views, Folder) = (log, actors, ledger, activity, live, views, folder);

    public IEventLog Log { get; }

    public RewardLedger Ledger { get; }

    /// <summary>The read models that follow the ledger; null when the session was opened without.</summary>
    public ReadModelStore? Views { get; }

    public LedgerHealth Health { get; } = new();

    /// <summary>The folder for what is kept beside the log.</summary>
    public string Folder { get; }

    /// <summary>Where actors are made.</summary>
    public Akka.Actor.IActorRefFactory Actors => _actors.Actors;

    /// <summary>Opens the ledger whose log is at an address for reading only, beside a process that may be writing to it.</summary>
    /// <param name="address">Where the log is.</param>
    /// <param name="dataDirectory">The folder for what is kept beside the log.</param>
    /// <param name="clock">The time.</param>
    /// <param name="progress">Told how far the opening is.</param>
    /// <param name="cancel">Ends the opening.</param>
    public static async Task<LedgerSession> ReadAsync(LogAddress address, string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel) =>
        await OpenAsync(() => LogStores.ReadAsync(address, cancel), isReadOnly: true, withViews: false, dataDirectory, clock, progress, cancel);

    /// <summary>The same for writing, making the log when there is none, under a first ruleset or the default one.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<LedgerSession> WriteAsync(
        LogAddress address, string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel, Core.Rulesets.Ruleset? first = null) =>
        await OpenAsync(() => LedgerLog.WriteAsync(address, clock, cancel, first), isReadOnly: false, withViews: false, dataDirectory, clock, progress, cancel);

    /// <summary>The same for writing and for answering questions: read models follow the ledger, and open windows are folded while they fill.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<LedgerSession> ServeAsync(LogAddress address, string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel) =>
        await OpenAsync(() => LedgerLog.WriteAsync(address, clock, cancel), isReadOnly: false, withViews: true, dataDirectory, clock, progress, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Ledger.Dispose();
        _activity.Dispose();
        Views?.Dispose();
        if (_live is not null) await _live.DisposeAsync();
        await _actors.DisposeAsync();
        await Log.DisposeAsync();
    }

    private static async Task<LedgerSession> OpenAsync(Func<Task<IEventLog>> open, bool isReadOnly, bool withViews, string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        // Side by side: neither needs the other, and each takes as long.
        Task<ActorHost> starting = Task.Run(() => ActorHost.StartAsync(cancel), CancellationToken.None);
        IEventLog? log = null;
        ReadModelStore? views = null;
        ActivityFolder activity = new(dataDirectory);
        try
        {
            log = await open();
            ActorHost actors = await starting;
            WindowFold fold = new(actors.Actors, log, new FoldOptions());
            LiveFold? live = withViews ? new LiveFold(actors.Actors, log, fold, LiveFolding.Folder(dataDirectory), new LiveOptions()) : null;
            if (withViews) views = await ReadModelStore.OpenAsync(dataDirectory, log, cancel);
            RewardLedger ledger = await RewardLedger.OpenAsync(log, live ?? (IWindowFold)fold, clock, isReadOnly, new SnapshotFolder(dataDirectory), views, progress, activity, cancel);
            return new LedgerSession(log, actors, ledger, activity, live, views, dataDirectory);
        }
        catch
        {
            views?.Dispose();
            activity.Dispose();
            await ((Task)starting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (starting.IsCompletedSuccessfully) await (await starting).DisposeAsync();
            if (log is not null) await log.DisposeAsync();
            throw;
        }
    }
}
