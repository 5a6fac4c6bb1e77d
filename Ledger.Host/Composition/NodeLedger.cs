using Akka.Actor;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Cluster;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Composition;

/// <summary>A cluster member's own ledger: follows the log and folds its parts of open windows while they fill; when the member drives, it also seals and records closes.</summary>
/// <remarks>
/// The log has one writer, so the driver takes that place only while it has something to seal or to record. While somebody else has it, <c>serve</c>
/// for one, it reads along and tries again: the writer may do what is due itself. Whatever is stopped halfway is finished by the next driver, with the same numbers.
/// </remarks>
internal sealed class NodeLedger(
    LogAddress address, string dataDirectory, string liveDirectory, TimeProvider clock, TimeSpan grace, ISheetStore sheets, PartFolder folder, Action<string> note) : INodeRole, IDisposable
{
    private const int WindowsKept = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private CancellationTokenSource _roleChanged = new();
    private long? _term;
    private string? _lastNote;
    private long _lockedAt;
    private volatile LiveFold? _live;

    /// <summary>The term this machine drives in, or null.</summary>
    public long? Term
    {
        get
        {
            lock (_gate) return _term;
        }
    }

    /// <summary>The last window that is closed as far as this machine has read the log.</summary>
    public Day? LastClosed { get; private set; }

    /// <summary>Events of the log that this machine has read.</summary>
    public long Position { get; private set; }

    /// <summary>The parts of open windows that are folded here while they fill, and up to where; null when none are.</summary>
    public (WindowParts Parts, long To)? Following => _live?.Following;

    /// <inheritdoc/>
    public void Drive(long? term)
    {
        lock (_gate)
        {
            _term = term;
            _roleChanged.Cancel();
            _roleChanged.Dispose();
            _roleChanged = new CancellationTokenSource();
        }

        Note(term is { } begun ? $"driving in term {begun}" : "not driving");
    }

    /// <inheritdoc/>
    public void Note(string text)
    {
        if (Interlocked.Exchange(ref _lastNote, text) != text) note(text);
    }

    /// <summary>Works until it is stopped: reads along, and when this machine drives writes what is due.</summary>
    /// <param name="actors">Where shards are folded.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task RunAsync(IActorRefFactory actors, CancellationToken cancel)
    {
        await using IEventLog log = await LogStores.FollowAsync(address, cancel);
        WindowFold local = new(actors, log, new FoldOptions());
        await using LiveFold live = new(actors, log, local, liveDirectory, new LiveOptions());
        _live = live;
        ClusterFold fold = new(new GatheredFold(live, sheets, log), local, live, folder, clock);
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, fold, clock, isReadOnly: true, new SnapshotFolder(dataDirectory), cancel: cancel);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task keepingUp = LiveFolding.KeepUpAsync(ledger, fault => Note($"open windows are not kept up with for a minute: {fault.Message}"), stop.Token);
        try
        {
            while (true)
            {
                await SeenAsync(ledger, cancel);
                if (Term is not null && ledger.HasDue(grace) && clock.GetElapsedTime(_lockedAt) >= TryAgainAfter) await WhileDrivingAsync(turn => WriteDueAsync(ledger, turn), cancel);
                await GrownAsync(log, ledger.State, cancel);
                await ledger.CatchUpAsync(null, cancel);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await keepingUp;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _roleChanged.Dispose();

    /// <summary>Does what a driver does, until it is done or this machine is the driver no more.</summary>
    private async Task WhileDrivingAsync(Func<CancellationToken, Task> act, CancellationToken cancel)
    {
        CancellationToken changed;
        lock (_gate) changed = _roleChanged.Token;
        using CancellationTokenSource turn = CancellationTokenSource.CreateLinkedTokenSource(cancel, changed);
        try
        {
            await act(turn.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Whoever drives now finishes it.
        }
    }

    /// <summary>Waits until the log goes on, a moment at most: what is due is a matter of the clock.</summary>
    private static async Task GrownAsync(IEventLog log, LedgerState state, CancellationToken cancel)
    {
        // A window that waits for its draw seed holds the state at its seal, however far the log goes on.
        if (state.Pending is not null) await Task.Delay(Pause, cancel);
        if (log.Head > state.Position) return;
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(Pause);
        try
        {
            await log.WaitAboveAsync(state.Position, late.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Nothing came.
        }
    }

    /// <summary>Takes the writer's place for as long as it takes to append what is due, unless somebody else has it.</summary>
    private async Task WriteDueAsync(RewardLedger ledger, CancellationToken cancel)
    {
        try
        {
            await using IEventLog writer = await LedgerLog.WriteAsync(address, clock, cancel);
            await ledger.WriteDueAsync(writer, grace, cancel);
        }
        catch (LogFaultException locked) when (locked.Code == LedgerLog.Locked)
        {
            Note("the log has another writer");
            _lockedAt = clock.GetTimestamp();
        }
    }

    /// <summary>Tells how far the ledger has come; the driver has parts forgotten that nobody waits for any more.</summary>
    private async Task SeenAsync(RewardLedger ledger, CancellationToken cancel)
    {
        Position = ledger.State.Position;
        if (ledger.Records.Count == 0 || ledger.Records.Keys.Max() is var last && last == LastClosed) return;
        LastClosed = last;
        Note($"window {last} is closed");
        if (Term is not null) await sheets.DropBeforeAsync(Day.FromNumber(Math.Max(0, last.Number - WindowsKept)), cancel);
    }
}
