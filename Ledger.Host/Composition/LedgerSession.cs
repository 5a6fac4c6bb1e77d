using Akka.Actor;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.ByAccount;
using Ledger.Projections.DayWindows.Cluster;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;
using Ledger.Projections.ReadModels;

namespace Ledger.Host.Composition;

/// <summary>A ledger at work in this process: its log, its actors and itself, taken down in reverse order.</summary>
internal sealed class LedgerSession : IAsyncDisposable
{
    private readonly Stack<object> _owned;

    private LedgerSession(Stack<object> owned, IEventLog log, IActorRefFactory actors, RewardLedger ledger, ReadModelStore? views, string folder) =>
        (_owned, Log, Actors, Ledger, Views, Folder) = (owned, log, actors, ledger, views, folder);

    private enum Use
    {
        Read,
        Write,
        Serve,
        ServeWithCluster,
    }

    public IEventLog Log { get; }

    public RewardLedger Ledger { get; }

    /// <summary>The read models that follow the ledger; null when the session was opened without.</summary>
    public ReadModelStore? Views { get; }

    public LedgerHealth Health { get; } = new();

    /// <summary>The folder for what is kept beside the log.</summary>
    public string Folder { get; }

    /// <summary>Where actors are made.</summary>
    public IActorRefFactory Actors { get; }

    /// <summary>Opens the ledger whose log is at an address for reading only, beside a process that may be writing to it.</summary>
    /// <param name="address">Where the log is.</param>
    /// <param name="dataDirectory">The folder for what is kept beside the log.</param>
    /// <param name="clock">The time.</param>
    /// <param name="progress">Told how far the opening is.</param>
    /// <param name="cancel">Ends the opening.</param>
    public static async Task<LedgerSession> ReadAsync(LogAddress address, string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel) =>
        await OpenAsync(() => LogStores.ReadAsync(address, cancel), Use.Read, address, dataDirectory, clock, progress, cancel);

    /// <summary>The same for writing, making the log when there is none, under a first ruleset or the default one.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<LedgerSession> WriteAsync(
        LogAddress address, string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel, Core.Rulesets.Ruleset? first = null) =>
        await OpenAsync(() => LedgerLog.WriteAsync(address, clock, cancel, first), Use.Write, address, dataDirectory, clock, progress, cancel);

    /// <summary>The same for writing and for answering questions: read models follow the ledger, and open windows are folded while they fill.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<LedgerSession> ServeAsync(LogAddress address, string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel) =>
        await OpenAsync(() => LedgerLog.WriteAsync(address, clock, cancel), Use.Serve, address, dataDirectory, clock, progress, cancel);

    /// <summary>The same, and sealed windows are folded by the cluster that follows the log: this process gathers their parts.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<LedgerSession> ServeWithClusterAsync(LogAddress address, string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel) =>
        await OpenAsync(() => LedgerLog.WriteAfterDriverAsync(address, clock, cancel), Use.ServeWithCluster, address, dataDirectory, clock, progress, cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => DisposeAsync(_owned);

    private static async Task<LedgerSession> OpenAsync(Func<Task<IEventLog>> open, Use use, LogAddress address, string dataDirectory, TimeProvider clock, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        // Side by side: neither needs the other, and each takes as long.
        Task<ActorHost> starting = Task.Run(() => ActorHost.StartAsync(cancel), CancellationToken.None);
        Stack<object> owned = new();
        try
        {
            IEventLog log;
            IActorRefFactory actors;
            try
            {
                log = Own(await open());
            }
            finally
            {
                actors = Own(await starting).Actors; // whatever became of the log, they are there to be taken down
            }

            ActivityFolder activity = Own(new ActivityFolder(dataDirectory));
            IWindowFold fold = new WindowFold(actors, log, new FoldOptions());
            ReadModelStore? views = null;
            if (use is Use.Serve or Use.ServeWithCluster)
            {
                LiveFold live = Own(new LiveFold(actors, log, fold, LiveFolding.Folder(dataDirectory), new LiveOptions()));
                fold = use == Use.ServeWithCluster ? new GatheredFold(live, Own(await SheetStores.OpenAsync(address, cancel)), log) : live;
                views = Own(await ReadModelStore.OpenAsync(dataDirectory, log, cancel));
            }

            RewardLedger ledger = Own(await RewardLedger.OpenAsync(log, fold, clock, use == Use.Read, new SnapshotFolder(dataDirectory), views, progress, activity, cancel));
            return new LedgerSession(owned, log, actors, ledger, views, dataDirectory);
        }
        catch
        {
            await DisposeAsync(owned);
            throw;
        }

        T Own<T>(T part) where T : class
        {
            owned.Push(part);
            return part;
        }
    }

    private static async ValueTask DisposeAsync(Stack<object> owned)
    {
        while (owned.TryPop(out object? last))
        {
            if (last is IAsyncDisposable waits) await waits.DisposeAsync();
            else ((IDisposable)last).Dispose();
        }
    }
}
