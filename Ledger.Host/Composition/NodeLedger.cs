using Akka.Actor;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Cluster;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Composition;

/// <summary>A cluster member's own ledger: follows the log, so that parts of a sealed window can be folded here; when the member drives, it also seals and closes.</summary>
/// <remarks>
/// The log has one writer, so the driver takes that place only while it has something to seal or to record, and waits when somebody else has it.
/// Whatever is stopped halfway is finished by the next driver, with the same numbers.
/// </remarks>
internal sealed class NodeLedger(LogAddress address, string dataDirectory, TimeProvider clock, TimeSpan grace, ISheetStore sheets, PartFolder folder, Action<string> note) : INodeRole, IDisposable
{
    private const int WindowsKept = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private CancellationTokenSource _roleChanged = new();
    private long? _term;
    private string? _lastNote;

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

    /// <summary>Works until it is stopped.</summary>
    /// <param name="actors">Where shards are folded.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task RunAsync(IActorRefFactory actors, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await FollowAsync(actors, cancel);
            await WhileDrivingAsync(turn => DriveAsync(actors, turn), cancel);
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

    /// <summary>Reads along, and when this machine drives records what is sealed, until there is something to seal or to declare final.</summary>
    private async Task FollowAsync(IActorRefFactory actors, CancellationToken cancel)
    {
        await using IEventLog log = await LogStores.FollowAsync(address, cancel);
        using RewardLedger ledger = await OpenAsync(log, actors, isReadOnly: true, cancel);
        while (true)
        {
            await SeenAsync(ledger, cancel);
            if (Term is not null && ledger.HasUnrecorded) await WhileDrivingAsync(turn => RecordAsync(ledger, turn), cancel);
            else if (Term is not null && (ledger.Due(grace) is not null || ledger.HasFinalDue())) return;
            await GrownAsync(log, ledger.State, cancel);
            await ledger.CatchUpAsync(null, cancel);
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

    /// <summary>Takes the writer's place for the one append that records the closes of sealed windows.</summary>
    private async Task RecordAsync(RewardLedger ledger, CancellationToken cancel)
    {
        await using IEventLog writer = await WriterAsync(cancel);
        await ledger.RecordAsync(writer, cancel);
    }

    /// <summary>Takes the writer's place, seals and closes what is due, declares statements final, and gives the place up.</summary>
    private async Task DriveAsync(IActorRefFactory actors, CancellationToken cancel)
    {
        await using IEventLog log = await WriterAsync(cancel);
        using RewardLedger ledger = await OpenAsync(log, actors, isReadOnly: false, cancel);
        await SeenAsync(ledger, cancel);
        while (ledger.Due(grace) is { } due)
        {
            await ledger.CloseAsync(due, null, cancel);
            await SeenAsync(ledger, cancel);
        }

        await ledger.FinalizeDueAsync(cancel: cancel);
    }

    private async Task<IEventLog> WriterAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await LedgerLog.WriteAsync(address, clock, cancel);
            }
            catch (LogFaultException locked) when (locked.Code == "log-locked")
            {
                Note("waiting for the log's writer to be done");
                await Task.Delay(TryAgainAfter, cancel);
            }
        }
    }

    private Task<RewardLedger> OpenAsync(IEventLog log, IActorRefFactory actors, bool isReadOnly, CancellationToken cancel) => RewardLedger.OpenAsync(
        log, new ClusterFold(new WindowFold(actors, log, new FoldOptions()), folder, sheets, log), clock, isReadOnly, new SnapshotFolder(dataDirectory), cancel: cancel);

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
