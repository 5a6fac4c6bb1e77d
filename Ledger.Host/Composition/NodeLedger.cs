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
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private CancellationTokenSource _roleChanged = new();
    private long? _term;
    private bool _mustRecord;
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
            _mustRecord = term is not null;
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
            (bool drive, CancellationToken changed) = Role();
            using CancellationTokenSource turn = CancellationTokenSource.CreateLinkedTokenSource(cancel, changed);
            try
            {
                if (drive) await DriveAsync(actors, turn.Token);
                else await FollowAsync(actors, turn.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // The role changed: look again.
            }
            catch (LogFaultException locked) when (locked.Code == "log-locked")
            {
                Note("waiting for the log's writer to be done");
                await Task.Delay(ReopenAfter, cancel);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _roleChanged.Dispose();

    private (bool Drive, CancellationToken Changed) Role()
    {
        lock (_gate) return (_term is not null && _mustRecord, _roleChanged.Token);
    }

    /// <summary>Reads along until there is something to drive.</summary>
    private async Task FollowAsync(IActorRefFactory actors, CancellationToken cancel)
    {
        while (true)
        {
            await using IEventLog log = await LogStores.ReadAsync(address, cancel);
            using RewardLedger ledger = await OpenAsync(log, actors, isReadOnly: true, cancel);
            Seen(ledger);
            long idleSince = clock.GetTimestamp();
            while (true)
            {
                if (Term is not null && (ledger.HasUnrecorded || Due(ledger) is not null))
                {
                    lock (_gate) _mustRecord = _term is not null;
                    return;
                }

                if (log.Head > ledger.State.Position)
                {
                    await ledger.CatchUpAsync(null, cancel);
                    Seen(ledger);
                    idleSince = clock.GetTimestamp();
                }
                else if (clock.GetElapsedTime(idleSince) < ReopenAfter)
                {
                    await Task.Delay(Pause, cancel);
                }
                else if (await HasGrownAsync(log, cancel))
                {
                    break;
                }
                else
                {
                    idleSince = clock.GetTimestamp();
                }
            }
        }
    }

    // A log of files that is open for reading shows what was there when it was opened; to open the ledger again reads every row, so only when there is something new.
    private async Task<bool> HasGrownAsync(IEventLog log, CancellationToken cancel)
    {
        await using IEventLog now = await LogStores.ReadAsync(address, cancel);
        return now.Head > log.Head;
    }

    /// <summary>Takes the writer's place, records what is sealed, seals and closes what is due, and gives the place up.</summary>
    private async Task DriveAsync(IActorRefFactory actors, CancellationToken cancel)
    {
        await using IEventLog log = await LedgerLog.WriteAsync(address, clock, cancel);
        using RewardLedger ledger = await OpenAsync(log, actors, isReadOnly: false, cancel);
        Seen(ledger);
        while (Due(ledger) is { } due)
        {
            await ledger.CloseAsync(due, null, cancel);
            Note($"closed window {due}");
            Seen(ledger);
            await sheets.DropBeforeAsync(Day.FromNumber(Math.Max(0, due.Number - WindowsKept)), cancel);
        }

        await ledger.FinalizeDueAsync(cancel: cancel);
        lock (_gate) _mustRecord = false;
    }

    private Task<RewardLedger> OpenAsync(IEventLog log, IActorRefFactory actors, bool isReadOnly, CancellationToken cancel) => RewardLedger.OpenAsync(
        log, new ClusterFold(new WindowFold(actors, log, new FoldOptions()), folder, sheets, log), clock, isReadOnly, new SnapshotFolder(dataDirectory), cancel: cancel);

    /// <summary>The earliest open window whose day is over for longer than the grace, unless a sealed one waits for its draw seed.</summary>
    private Day? Due(RewardLedger ledger) =>
        ledger.State.Pending is null && ledger.State.Windows.Earliest is { } earliest
        && earliest.Next.Start.Value + (long)grace.TotalMilliseconds <= clock.GetUtcNow().ToUnixTimeMilliseconds() ? earliest : null;

    private void Seen(RewardLedger ledger)
    {
        Position = ledger.State.Position;
        if (ledger.Records.Count > 0) LastClosed = ledger.Records.Keys.Max();
    }
}
