using System.Collections.Concurrent;
using Akka.Actor;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows.ByAccount;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;

namespace Ledger.Projections.DayWindows;

/// <summary>The ledger over one log: takes events, closes windows, and can replay any window it closed.</summary>
/// <remarks>
/// Everything it knows it can learn again from the log. A close that was interrupted after its seal is finished by the next
/// <see cref="CatchUpAsync"/>, with the same numbers. Members may be called from any thread; they take turns.
/// </remarks>
public sealed class RewardLedger : IDisposable
{
    // A close in full holds a row per account; older ones are replayed when somebody asks.
    private const int RecentMax = 2;

    // Making the tables over everyone takes longer than judging one account: all who ask within this time are answered as of one position.
    private static readonly TimeSpan DayStaleAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan GatheringPause = TimeSpan.FromMilliseconds(50);

    private readonly IWindowFold _fold;
    private readonly TimeProvider _clock;
    private readonly bool _isReadOnly;
    private readonly Lazy<EventIntake> _intake;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SortedDictionary<Day, ClosedWindow> _recent = [];
    private readonly SortedDictionary<Day, WindowRecord> _records;
    private readonly ConcurrentDictionary<Day, (WindowClosed Facts, long Position)> _closedAt = []; // written in turn, read by whoever recomputes
    private readonly SnapshotFolder? _snapshots;
    private readonly ActivityFolder? _activity;
    private readonly ILedgerObserver? _observer;
    private readonly SortedDictionary<Day, ClosedWindow> _unrecorded = [];

    private (OpenWindows Windows, long Position) _opened = (new OpenWindows(), 0);
    private bool _isWorthSaving;
    private bool _saves;
    private volatile ClosedWindow? _replayed;
    private volatile Gathering? _gathering;
    private ProvisionalJudge? _provisional;

    private RewardLedger(
        IEventLog log, IWindowFold fold, TimeProvider clock, bool isReadOnly, SnapshotFolder? snapshots, ActivityFolder? activity, ILedgerObserver? observer, LedgerSnapshot? start)
    {
        Log = log;
        _fold = fold;
        _clock = clock;
        _isReadOnly = isReadOnly;
        _saves = !isReadOnly;
        _snapshots = snapshots;
        _activity = activity;
        _observer = observer;
        State = start?.State ?? new LedgerState(log.Names);
        _records = start?.Records ?? [];
        foreach (WindowRecord record in _records.Values) _closedAt[record.Closed.Window] = (record.Closed, record.ClosedAt);
        _intake = new Lazy<EventIntake>(() => EventIntake.Open(log, clock, _opened.Windows, _opened.Position));
    }

    /// <summary>The log, owned by the caller.</summary>
    public IEventLog Log { get; }

    /// <summary>The way in for producers' events.</summary>
    public EventIntake Intake => _intake.Value;

    /// <summary>The state after everything that <see cref="CatchUpAsync"/> has applied.</summary>
    public LedgerState State { get; }

    /// <summary>What the log records of closed windows, by day.</summary>
    public IReadOnlyDictionary<Day, WindowRecord> Records => _records;

    /// <summary>The sealed window whose parts others fold, at whose seal the ledger stands as of its last look; null when it stands at none. Asked by any thread.</summary>
    public Gathering? Gathering => _gathering;

    /// <summary>Opens the ledger of a log. Caught up when it returns, or at a seal whose window waits.</summary>
    /// <param name="log">The log; it stays the caller's.</param>
    /// <param name="fold">How windows are folded; a <see cref="LiveFold"/> folds open ones while they fill.</param>
    /// <param name="clock">The time of recording; no result depends on it.</param>
    /// <param name="isReadOnly">Record nothing, not even the close of a window whose closing was interrupted.</param>
    /// <param name="snapshots">Where to start from and, unless only reading, what to keep for the next start; null: replay everything.</param>
    /// <param name="observer">Follows from its own position on.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="activity">Where closed windows have their activity by account, for explanations; null: each reads its window.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LogFaultException">The log is damaged, or says something of a window that its events do not give.</exception>
    public static async Task<RewardLedger> OpenAsync(
        IEventLog log, IWindowFold fold, TimeProvider clock, bool isReadOnly = false,
        SnapshotFolder? snapshots = null, ILedgerObserver? observer = null, IProgress<LedgerProgress>? progress = null, ActivityFolder? activity = null, CancellationToken cancel = default)
    {
        LedgerSnapshot? start = snapshots is null ? null
            : await snapshots.LatestAsync(log, Math.Min(log.Head, observer?.NextPosition ?? log.Head), cancel).ConfigureAwait(false);
        RewardLedger ledger = new(log, fold, clock, isReadOnly, snapshots, activity, observer, start);
        await ledger.CatchUpAsync(progress, cancel).ConfigureAwait(false);
        ledger._opened = (ledger.State.Windows.Copy(), ledger.State.Position);
        return ledger;
    }

    /// <summary>The same, with windows folded on actors of this process.</summary>
    public static Task<RewardLedger> OpenAsync(
        IEventLog log, IActorRefFactory actors, TimeProvider clock, FoldOptions options, bool isReadOnly = false,
        SnapshotFolder? snapshots = null, ILedgerObserver? observer = null, IProgress<LedgerProgress>? progress = null, ActivityFolder? activity = null, CancellationToken cancel = default) =>
        OpenAsync(log, new WindowFold(actors, log, options), clock, isReadOnly, snapshots, observer, progress, activity, cancel);

    /// <summary>Applies what came into the log; a window that was sealed is folded, and its close recorded if it was not. A window that waits for its draw seed or for others' parts is not waited for.</summary>
    public Task CatchUpAsync(IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default) => InTurnAsync(
        async () =>
        {
            await AdvanceAsync(progress, cancel).ConfigureAwait(false);
            return State.Position;
        },
        cancel);

    /// <summary>The earliest open window whose day is over for longer than the grace, unless a sealed one waits. Not while the ledger advances.</summary>
    public Day? Due(TimeSpan grace) =>
        State.Pending is null && State.Windows.Earliest is { } earliest && earliest.Next.Start.Value + (long)grace.TotalMilliseconds <= Now().Value ? earliest : null;

    /// <summary>Seals and closes a window: folds, applies the rules, records the close and the statement. Closing again gives what was recorded.</summary>
    /// <remarks>Where others fold it, it waits for them; the ledger goes on meanwhile.</remarks>
    /// <exception cref="KeyNotFoundException"><c>unknown-window</c>: no event ever opened it.</exception>
    /// <exception cref="InvalidOperationException"><c>window-order</c>: an earlier window is still open.</exception>
    /// <exception cref="DrawSeedMissingException">It, or an earlier one, is sealed and waits for its draw seed.</exception>
    public async Task<ClosedWindow> CloseAsync(Day window, IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default)
    {
        while (true)
        {
            if (await InTurnAsync(() => TryCloseAsync(window, progress, cancel), cancel).ConfigureAwait(false) is { } closed) return closed;
            await Task.Delay(GatheringPause, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Closes every window whose day has been over for a while, in order, up to one that waits for its draw seed.</summary>
    /// <param name="grace">How long late events are waited for after the day.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>The windows that were closed.</returns>
    public async Task<IReadOnlyList<Day>> CloseDueAsync(TimeSpan grace, CancellationToken cancel = default)
    {
        List<Day> closed = [];
        try
        {
            while (await InTurnAsync(() => NextDueAsync(grace, cancel), cancel).ConfigureAwait(false) is { } due)
            {
                await CloseAsync(due, null, cancel).ConfigureAwait(false);
                closed.Add(due);
            }
        }
        catch (DrawSeedMissingException)
        {
            // It is sealed; whoever gives it its seed closes it.
        }

        return closed;
    }

    /// <summary>Gives a sealed window the block whose hash its prizes are drawn with. Only the first one given counts.</summary>
    /// <exception cref="InvalidOperationException"><c>draw-seed-unwanted</c>: no sealed window of this day waits for one.</exception>
    public Task SeedDrawAsync(Day window, ulong chainId, ulong blockNumber, Digest blockHash, CancellationToken cancel = default) => InTurnAsync(
        async () =>
        {
            await AdvanceAsync(null, cancel).ConfigureAwait(false);
            if (!State.PendingDraws || State.Pending!.Value.Window != window)
                throw new InvalidOperationException($"draw-seed-unwanted: window {window} does not wait for a seed; seal it first, under a ruleset whose prizes are drawn");
            UnixMs now = Now();
            DrawSeeded seeded = new(window, chainId, blockNumber, blockHash);
            return await Log.AppendAsync([new NewEvent(WindowCloser.SeedId(window), now, now, window, seeded)], cancel).ConfigureAwait(false);
        },
        cancel);

    /// <summary>Declares every statement final whose hold has passed, in order.</summary>
    /// <param name="last">No window after this one.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>The windows that became final.</returns>
    public Task<IReadOnlyList<Day>> FinalizeDueAsync(Day? last = null, CancellationToken cancel = default) => InTurnAsync<IReadOnlyList<Day>>(
        async () =>
        {
            await AdvanceAsync(null, cancel).ConfigureAwait(false);
            List<Day> final = await FinalizeAsync(Log, last, cancel).ConfigureAwait(false);
            if (final.Count > 0) await AdvanceAsync(null, cancel).ConfigureAwait(false);
            return final;
        },
        cancel);

    /// <summary>Recomputes a closed window from the log, or an open one as if it were sealed now.</summary>
    /// <remarks>The ledger goes on meanwhile: only what is known of the window is asked for in turn.</remarks>
    /// <exception cref="KeyNotFoundException"><c>unknown-window</c>.</exception>
    /// <exception cref="DrawSeedMissingException">Its prizes, or those of a sealed window before it, are drawn with a block that is not known yet.</exception>
    /// <exception cref="WindowWaitsForClusterException">It, or a sealed window before it, is not closed because others' parts of it are missing.</exception>
    public async Task<WindowReplay> ReplayAsync(Day window, IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default)
    {
        (ClosedWindow? recent, long to, bool isClosed) = await InTurnAsync(
            async () =>
            {
                await AdvanceAsync(progress, cancel).ConfigureAwait(false);
                (ClosedWindow? Recent, long To, bool IsClosed) known = Known(window);
                return known.IsClosed || State.Pending is null ? known : throw Standstill();
            },
            cancel).ConfigureAwait(false);
        if (recent is not null) return new WindowReplay(IsFinal: true, recent);
        WindowReplay replay = await RecomputeAsync(window, to, isClosed, progress, cancel).ConfigureAwait(false);
        if (replay.IsFinal) _replayed = replay.Close;
        return replay;
    }

    /// <summary>An open window as if it were sealed now, or where the ledger stands because an earlier one waits behind its seal; null when it is closed.</summary>
    /// <exception cref="KeyNotFoundException"><c>unknown-window</c>.</exception>
    /// <exception cref="DrawSeedMissingException">Its prizes are drawn, or it is sealed, or was opened behind a seal, whose window waits for its draw seed.</exception>
    /// <exception cref="WindowWaitsForClusterException">It is sealed, or was opened behind a seal, whose window waits for others' parts.</exception>
    public async Task<ClosedWindow?> ProvisionalAsync(Day window, CancellationToken cancel = default)
    {
        (_, long to, bool isClosed) = await InTurnAsync(
            async () =>
            {
                await AdvanceAsync(null, cancel).ConfigureAwait(false);
                return Known(window);
            },
            cancel).ConfigureAwait(false);
        return isClosed ? null : (await RecomputeAsync(window, to, isClosed: false, null, cancel).ConfigureAwait(false)).Close;
    }

    /// <summary>What an account did in a closed window: from the window's activity file, which is made when there is none, else from the log.</summary>
    public Task<AccountActivity> ActivityAsync(ClosedWindow close, int account, IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default) =>
        _activity?.OfAsync(Log, close, account, progress, cancel) ?? Task.FromResult(AccountActivity.Collect(Log, close.Context, account, cancel));

    /// <summary>Writes the activity files of the windows closed last, one core at work, so that the first who asks need not wait for them.</summary>
    /// <returns>The windows whose close is recorded: with a file, but for a disk that takes none.</returns>
    public async Task<IReadOnlyList<Day>> KeepActivityAsync(IReadOnlySet<Day> known, CancellationToken cancel = default)
    {
        if (_activity is null) return [];
        List<ClosedWindow> recorded = await InTurnAsync(
            () => Task.FromResult(_recent.Values.Where(close => _records.ContainsKey(close.Window) && !known.Contains(close.Window)).ToList()), cancel).ConfigureAwait(false);
        foreach (ClosedWindow close in recorded) await _activity.KeepAsync(Log, close, workers: 1, null, cancel).ConfigureAwait(false);
        return recorded.ConvertAll(close => close.Window);
    }

    /// <summary>Whether <see cref="WriteDueAsync"/> would write. Not while the ledger advances.</summary>
    public bool HasDue(TimeSpan grace) => _unrecorded.Count > 0 || Due(grace) is not null || _records.Values.Any(record => IsFinalDue(record, Now()));

    /// <summary>
    /// For a ledger that only follows its log: records the closes that the log lacks, seals the earliest window whose day is over for longer
    /// than the grace, and declares final what is due. Whatever was recorded meanwhile stays as it is.
    /// </summary>
    /// <param name="writer">The same log, open for appending: nobody else appends meanwhile.</param>
    /// <param name="grace">How long late events are waited for after the day.</param>
    /// <param name="cancel">Stops it.</param>
    public Task WriteDueAsync(IEventLog writer, TimeSpan grace, CancellationToken cancel = default) => InTurnAsync(
        async () =>
        {
            // A window is sealed behind everything that was accepted, and what another driver wrote is not due any more.
            await Log.WaitAboveAsync(writer.Head - 1, cancel).ConfigureAwait(false);
            await AdvanceAsync(null, cancel).ConfigureAwait(false);
            foreach (ClosedWindow closed in _unrecorded.Values) await RecordAsync(writer, closed, cancel).ConfigureAwait(false);
            _saves |= _unrecorded.Count > 0;
            if (Due(grace) is { } due) await writer.AppendAsync([EventIntake.Seal(due, Now())], cancel).ConfigureAwait(false);
            return await FinalizeAsync(writer, null, cancel).ConfigureAwait(false);
        },
        cancel);

    /// <summary>Brings the shards of open windows up to everything that was applied, where windows are folded while they fill. Not for two callers at once.</summary>
    /// <exception cref="IOException">The disk does not take a snapshot of them.</exception>
    /// <exception cref="LogFaultException">The log is damaged, or a shard keeps failing.</exception>
    public async Task FollowAsync(CancellationToken cancel = default)
    {
        if (_fold is not IOpenFold follower) return;
        (List<ActivityScope> open, long to) = await InTurnAsync(
            () => Task.FromResult((State.Open.Select(w => new ActivityScope(w.Key, w.Value.OpenedAt, Log.Names, State.Retractions)).ToList(), State.Position)), cancel).ConfigureAwait(false);
        await follower.FollowAsync(open, to, cancel).ConfigureAwait(false);
    }

    /// <summary>What an account's day comes to so far, as of at most a second ago, or where the ledger stands because an earlier window waits behind its seal.</summary>
    /// <exception cref="KeyNotFoundException"><c>unknown-account</c>, or <c>not-open</c>: the window takes no events.</exception>
    /// <exception cref="DrawSeedMissingException">It was opened behind a seal whose window waits for its draw seed.</exception>
    /// <exception cref="WindowWaitsForClusterException">It was opened behind a seal whose window waits for others' parts.</exception>
    public async Task<DaySoFar> DaySoFarAsync(AccountId account, Day window, CancellationToken cancel = default)
    {
        int ordinal = Log.Names.Find(account.Value);
        if (ordinal < 0) throw new KeyNotFoundException($"unknown-account: the log never mentions '{account}'");
        ProvisionalJudge judge = await InTurnAsync(
            async () =>
            {
                await AdvanceAsync(null, cancel).ConfigureAwait(false);
                return JudgeOf(window);
            },
            cancel).ConfigureAwait(false);
        IReadOnlyList<ShardEvent> events = _fold is IOpenFold follower && await follower.ActivityAsync(window, ordinal, judge.Context.SealedAt, cancel).ConfigureAwait(false) is { } known
            ? known
            : AccountActivity.Collect(Log, judge.Context, ordinal, cancel).Events;
        return await InTurnAsync(() => Task.FromResult(judge.Of(ordinal, events)), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> act, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await act().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<List<Day>> FinalizeAsync(IEventLog writer, Day? last, CancellationToken cancel)
    {
        UnixMs now = Now();
        List<Day> final = [];
        foreach ((Day window, WindowRecord record) in _records)
        {
            if (!IsFinalDue(record, now) || window > last) continue;
            StatementFinalized finalized = new(window, record.Statement.StatementDigest);
            IReadOnlyList<AppendOutcome> outcomes = await writer.AppendAsync(
                [new NewEvent(EventId.Derive("statement-finalized", window.ToString()), now, now, window, finalized)], cancel).ConfigureAwait(false);

            // A ledger that stands at a seal has not read what it declared behind it.
            if (!outcomes[0].IsDuplicate) final.Add(window);
        }

        return final;
    }

    private async Task<Day?> NextDueAsync(TimeSpan grace, CancellationToken cancel)
    {
        await AdvanceAsync(null, cancel).ConfigureAwait(false);
        return _gathering?.Window ?? Due(grace);
    }

    /// <summary>Null when parts of it, or of a window before it, are missing.</summary>
    private async Task<ClosedWindow?> TryCloseAsync(Day window, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        await AdvanceAsync(progress, cancel).ConfigureAwait(false);
        if (_gathering is null && State.Windows.IsOpen(window))
        {
            if (State.Windows.Earliest is { } earliest && earliest < window)
                throw new InvalidOperationException($"window-order: window {earliest} is still open; close it first, windows close in order");
            await Intake.SealAsync(window, cancel).ConfigureAwait(false);

            // The seal is in the log: from here on the close is finished whatever happens, now or by the next process.
            await AdvanceAsync(progress, cancel).ConfigureAwait(false);
        }

        if (State.Pending is { } pending && pending.Window <= window) return _gathering is null ? throw Standstill() : null;
        (ClosedWindow? recent, long to, bool _) = Known(window);
        return recent ?? (await RecomputeAsync(window, to, isClosed: true, progress, cancel).ConfigureAwait(false)).Close;
    }

    private ProvisionalJudge JudgeOf(Day window)
    {
        if (!State.Open.TryGetValue(window, out OpenWindow? open) && State.Pending?.Window < window) throw Standstill();
        if (open is null || State.Pending?.Window == window)
            throw new KeyNotFoundException($"not-open: the window {window} takes no events; ask for the explanation of a closed one");
        if (_provisional is { } made && made.Context.Window == window
            && (made.Context.SealedAt == State.Position || _clock.GetElapsedTime(made.MadeAt) < DayStaleAfter)) return made;
        return _provisional = new ProvisionalJudge(State.ContextOf(window, State.Position), open.Ruleset.Poa.QuotaMicro, _clock.GetTimestamp());
    }

    /// <summary>Why the ledger stands at the seal of its pending window: what is behind it is not known.</summary>
    private Exception Standstill() => _gathering is { } parts ? new WindowWaitsForClusterException(parts) : new DrawSeedMissingException(State.Pending!.Value.Window);

    /// <summary>What is known of a window: its close when it is a recent one, else up to where it must be replayed.</summary>
    private (ClosedWindow? Recent, long To, bool IsClosed) Known(Day window)
    {
        if (_recent.TryGetValue(window, out ClosedWindow? recent)) return (recent, 0, true);
        if (_replayed is { } replayed && replayed.Window == window) return (replayed, 0, true);
        if (_records.TryGetValue(window, out WindowRecord? record)) return (null, record.Closed.SealedAt + 1, true);
        bool isOpen = State.Open.ContainsKey(window);
        if (State.Pending is { } pending && (window == pending.Window || (!isOpen && window > pending.Window))) throw Standstill();
        return isOpen ? (null, State.Pending?.SealedAt ?? State.Position, false) : throw new KeyNotFoundException($"unknown-window: {window} was never opened; `status` lists the windows");
    }

    private async Task<WindowReplay> RecomputeAsync(Day window, long to, bool isClosed, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        WindowCloser closer = new(_activity is null ? _fold : new KeptSheets(_fold, _activity, Log, ClosedOf), Log);

        // A state of its own, because a close changes the state it is computed on.
        LedgerSnapshot? start = _snapshots is null ? null : await _snapshots.LatestAsync(Log, isClosed ? to - 1 : to, cancel).ConfigureAwait(false);
        LedgerState state = start?.State ?? new LedgerState(Log.Names);
        ClosedWindow? found = null;
        await closer.AdvanceAsync(state, to, closed => found = closed, null, progress, cancel).ConfigureAwait(false);
        if (isClosed) return new WindowReplay(IsFinal: true, found!);
        if (WindowRules.NeedsDrawSeed(state.Open[window].Ruleset)) throw new DrawSeedMissingException(window);
        UnixMs now = Now();
        state.Apply(new RecordedEvent(to, 0, new NewEvent(default, now, now, window, new WindowSealed(window))));
        return new WindowReplay(IsFinal: false, await closer.CloseAsync(state, progress, cancel).ConfigureAwait(false));
    }

    private async Task AdvanceAsync(IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        WindowCloser closer = new(_fold, Log);
        Gathering? gathering = await closer.AdvanceAsync(State, Log.Head, Keep, Note, progress, cancel).ConfigureAwait(false);
        if (_unrecorded.Count > 0 && !_isReadOnly)
        {
            // The log was read to its end: whoever sealed these windows never came to record their close.
            foreach (ClosedWindow closed in _unrecorded.Values) await RecordAsync(Log, closed, cancel).ConfigureAwait(false);
            gathering = await closer.AdvanceAsync(State, Log.Head, Keep, Note, progress, cancel).ConfigureAwait(false);
        }

        _observer?.CaughtUp(State.Pending?.SealedAt ?? State.Position);
        _gathering = gathering; // behind the observer: who is told that nothing waits finds its views there
        if (!_isWorthSaving || !_saves || State.Pending is not null || _unrecorded.Count > 0) return;
        _isWorthSaving = false;
        if (_snapshots is not null) await _snapshots.SaveAsync(Log, State, _records, cancel).ConfigureAwait(false);
    }

    private void Keep(ClosedWindow closed)
    {
        _recent[closed.Window] = closed;
        if (_recent.Count > RecentMax) _recent.Remove(_recent.Keys.First());
        _unrecorded[closed.Window] = closed;
        _observer?.Closed(closed, State);
    }

    private void Note(RecordedEvent e, MoneyOutcome outcome)
    {
        _observer?.Applied(e, outcome, State);
        switch (e.Payload)
        {
            case WindowClosed closed:
                _closedAt[closed.Window] = (closed, e.Position);
                break;
            case StatementIssued issued:
                (WindowClosed facts, long closedAt) = _closedAt[issued.Window];
                _records[issued.Window] = new WindowRecord(facts, closedAt, issued, e.Position, e.Event.RecordedAt, IsFinal: false);
                if (_unrecorded.Remove(issued.Window, out ClosedWindow? closedHere)) RequireSame(closedHere, _records[issued.Window]);
                _isWorthSaving = true;
                break;
            case StatementFinalized final:
                _records[final.Window] = _records[final.Window] with { IsFinal = true };
                break;
        }
    }

    /// <summary>The close and the statement in one append: both are in the log or neither is.</summary>
    private async Task RecordAsync(IEventLog writer, ClosedWindow closed, CancellationToken cancel)
    {
        UnixMs now = Now();
        string day = closed.Window.ToString();
        await writer.AppendAsync(
            [
                new NewEvent(ClosedId(closed.Window), now, now, closed.Window, closed.Facts),
                new NewEvent(EventId.Derive("statement-issued", day), now, now, closed.Window, closed.Statement(now)),
            ],
            cancel).ConfigureAwait(false);
    }

    /// <summary>A replay that does not give what was recorded must stop the ledger: nothing more may be paid on top of it.</summary>
    private static void RequireSame(ClosedWindow closed, WindowRecord record)
    {
        if (!RecordedNumbers.Same(closed.Facts, record.Closed) || !RecordedNumbers.Same(closed.Statement(record.IssuedAt), record.Statement))
        {
            throw new LogFaultException("close-differs",
                $"window {closed.Window}: the replay does not give what position {record.ClosedAt} records; run `audit` to see where, and pay nothing before it is explained");
        }
    }

    /// <summary>The id of a window's closing event: one per window, whoever records it.</summary>
    internal static EventId ClosedId(Day window) => EventId.Derive("window-closed", window.ToString());

    private WindowClosed? ClosedOf(Day window) => _closedAt.TryGetValue(window, out (WindowClosed Facts, long) closed) ? closed.Facts : null;

    private static bool IsFinalDue(WindowRecord record, UnixMs now) => !record.IsFinal && record.Statement.FinalFromMs <= now.Value;

    private UnixMs Now() => UnixMs.From(_clock.GetUtcNow().ToUnixTimeMilliseconds());
}

/// <summary>What the log records of a closed window.</summary>
/// <param name="Closed">The closing event.</param>
/// <param name="ClosedAt">Its position.</param>
/// <param name="Statement">The statement event.</param>
/// <param name="StatementAt">Its position.</param>
/// <param name="IssuedAt">When the statement was recorded.</param>
/// <param name="IsFinal">Whether the statement's hold has passed and was declared so.</param>
public sealed record WindowRecord(WindowClosed Closed, long ClosedAt, StatementIssued Statement, long StatementAt, UnixMs IssuedAt, bool IsFinal);
