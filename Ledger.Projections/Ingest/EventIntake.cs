using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Ingest;

/// <summary>The one way into the log for what producers state: it refuses, dates, puts into windows (reward rules R0), and appends in groups.</summary>
/// <remarks>
/// Idempotent: an event whose id is in the log is answered with <see cref="IntakeStatus.Duplicate"/> and changes nothing.
/// The order of a submission is the order in the log. Windows are opened just before their first event; nothing may seal a window or adopt
/// a ruleset but through the same intake, because that is what keeps an event from landing behind the seal of its window.
/// Members may be called from any thread; they take turns. Memory is bounded by the group size.
/// </remarks>
public sealed partial class EventIntake : IDisposable
{
    /// <summary>Events of one append when nothing else is asked for: enough that a commit's cost vanishes in it.</summary>
    public const int GroupSizeDefault = 5_000;

    private readonly IEventLog _log;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly OpenWindows _windows;
    private readonly List<NewEvent> _group;
    private readonly List<(int Index, bool Carried)> _groupIndex;
    private readonly int _groupSize;
    private long _seen;

    private EventIntake(IEventLog log, TimeProvider clock, int groupSize, OpenWindows windows, long seen)
    {
        _windows = windows;
        _seen = seen;
        _log = log;
        _clock = clock;
        _groupSize = groupSize;
        _group = new List<NewEvent>(groupSize);
        _groupIndex = new List<(int Index, bool Carried)>(groupSize);
    }

    /// <summary>Opens the intake of a log: reads what the log says of windows and rulesets.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The group size is not 1 to 100,000.</exception>
    public static EventIntake Open(IEventLog log, TimeProvider clock, int groupSize = GroupSizeDefault, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groupSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groupSize, 100_000);
        EventIntake intake = new(log, clock, groupSize, new OpenWindows(), 0);
        intake.CatchUp(cancel);
        return intake;
    }

    /// <summary>Opens the intake of a log whose windows and rulesets up to a position are known already.</summary>
    internal static EventIntake Open(IEventLog log, TimeProvider clock, OpenWindows known, long position)
    {
        EventIntake intake = new(log, clock, GroupSizeDefault, known, position);
        intake.CatchUp(CancellationToken.None);
        return intake;
    }

    /// <summary>Submits events in order. Entry i of the result tells what became of event i; all that was taken is durable.</summary>
    /// <exception cref="LogFaultException">The log cannot go on. Groups before the fault are in the log; sending everything again is safe.</exception>
    public async ValueTask<IntakeOutcome[]> SubmitAsync(IReadOnlyList<SubmittedEvent> events, CancellationToken cancel = default)
    {
        IntakeOutcome[] outcomes = new IntakeOutcome[events.Count];
        await _turn.WaitAsync(cancel);
        try
        {
            CatchUp(cancel);
            UnixMs now = Now();
            for (int i = 0; i < events.Count; i++)
            {
                SubmittedEvent e = events[i];
                Placement placement = Place(e, now);
                if (placement.NeedsLog) placement = await PlaceLateAsync(e, placement, cancel);
                if (placement.Duplicate is { } position)
                {
                    outcomes[i] = new IntakeOutcome(IntakeStatus.Duplicate, position);
                    continue;
                }

                if (placement.Refusal is not null)
                {
                    outcomes[i] = new IntakeOutcome(IntakeStatus.Refused, -1, placement.Refusal);
                    continue;
                }

                if (placement.Opens is not null)
                {
                    // What came before stands before the opening, however the submission was cut into groups.
                    await FlushAsync(outcomes, cancel);
                    await OpenWindowAsync(placement.Window, placement.Opens, now, cancel);
                }

                _group.Add(new NewEvent(e.Id, e.OccurredAt, now, placement.Window, e.Payload));
                _groupIndex.Add((i, placement.Carried));
                if (_group.Count == _groupSize) await FlushAsync(outcomes, cancel);
            }

            await FlushAsync(outcomes, cancel);
            return outcomes;
        }
        finally
        {
            _group.Clear();
            _groupIndex.Clear();
            _turn.Release();
        }
    }

    /// <summary>Why <see cref="SubmitAsync"/> would refuse the event now, or null when it would not.</summary>
    public async ValueTask<Refusal?> CheckAsync(SubmittedEvent e, CancellationToken cancel = default)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            CatchUp(cancel);
            Placement placement = Place(e, Now());
            return placement.NeedsLog ? (await PlaceLateAsync(e, placement, cancel)).Refusal : placement.Refusal;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Opens a window that no event has opened, such as a quiet day's; nothing happens when it is open.</summary>
    /// <returns>Why not: <c>window-closed</c> or <c>no-ruleset</c>; null when the window is open.</returns>
    public ValueTask<Refusal?> OpenAsync(Day window, CancellationToken cancel = default) => InTurnAsync<Refusal?>(
        async now =>
        {
            if (_windows.IsOpen(window)) return null;
            if (!_windows.MayOpen(window)) return Closed(window);
            if (_windows.RulesetFor(window) is not { } ruleset) return NoRuleset(window);
            await OpenWindowAsync(window, ruleset, now, cancel);
            return null;
        },
        cancel);

    /// <summary>Seals a window: no event lands in it after this.</summary>
    /// <returns>The seal's position, also when the window was sealed before; null when there is no such window.</returns>
    public ValueTask<long?> SealAsync(Day window, CancellationToken cancel = default) => InTurnAsync<long?>(
        async now =>
        {
            EventId id = EventId.Derive("window-sealed", window.ToString());
            if (!_windows.IsOpen(window)) return (await _log.FindAsync(id, cancel))?.Position;
            return await AppendOwnAsync(new NewEvent(id, now, now, window, new WindowSealed(window)), ExpectedRevision.Any, cancel);
        },
        cancel);

    /// <summary>Adopts a ruleset from a window on.</summary>
    /// <returns>Why not: <c>window-already-open</c> when that window, or a later one, has been opened; null when adopted.</returns>
    public ValueTask<Refusal?> AdoptAsync(Day firstWindow, Ruleset ruleset, CancellationToken cancel = default) => InTurnAsync<Refusal?>(
        async now =>
        {
            if (_windows.LatestOpened is { } latest && firstWindow <= latest)
                return new Refusal("window-already-open", "firstWindow", $"windows up to {latest} have been opened; a ruleset holds from a later one on");
            byte[] document = RulesetDocument.Canonical(ruleset);
            RulesetAdopted adopted = new(firstWindow, RulesetDocument.HashOf(document), document);
            EventId id = EventId.Derive("ruleset-adopted", $"{firstWindow}/{adopted.Hash}/{_log.Head}");
            await AppendOwnAsync(new NewEvent(id, now, now, Day.Of(now), adopted), ExpectedRevision.Any, cancel);
            return null;
        },
        cancel);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static Refusal Closed(Day window) => new("window-closed", "occurredAt", $"the window {window} is sealed");

    private static Refusal NoRuleset(Day window) => new("no-ruleset", "occurredAt", $"no ruleset holds for the window {window}");

    private UnixMs Now() => UnixMs.From(_clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Decides by what is in memory; late events that it cannot decide are marked <see cref="Placement.NeedsLog"/>.</summary>
    private Placement Place(SubmittedEvent e, UnixMs now)
    {
        if (e.Id == default) return new Placement(new Refusal("id-nil", "id", "the nil UUID names no event"));
        if (e.Payload.Kind.Origin() == EventOrigin.Ledger)
            return new Placement(new Refusal("kind-not-accepted", "kind", $"{EventCatalogue.Name(e.Payload.Kind)} is stated by the ledger alone"));
        Day today = Day.Of(now);
        long toleranceMs = _windows.RulesetFor(today)?.Ruleset.Windows.FutureToleranceMs ?? 0;
        if (e.OccurredAt - now > toleranceMs)
            return new Placement(new Refusal("occurred-in-future", "occurredAt", $"{e.OccurredAt} is more than {toleranceMs} ms after the ledger's {now}"));
        if (SubmissionRules.Fault(e) is { } fault) return new Placement(fault);

        Day own = Day.Of(e.OccurredAt);
        if (_windows.IsOpen(own)) return new Placement(null) { Window = own };
        if (_windows.RulesetFor(own) is not { } ruleset) return new Placement(NoRuleset(own));
        if (_windows.MayOpen(own)) return new Placement(null) { Window = own, Opens = ruleset };
        if (ruleset.Ruleset.Windows.Late == LatePolicy.Refuse) return new Placement(Closed(own)) { NeedsLog = true };
        return _windows.Earliest is { } earliest
            ? new Placement(null) { Window = earliest, Carried = true }
            : new Placement(null) { Window = _windows.LastSealed!.Value.Next, Opens = ruleset, Carried = true, NeedsLog = true };
    }

    /// <summary>A late event that is in the log already is a duplicate: it neither opens a window nor is it refused.</summary>
    private async ValueTask<Placement> PlaceLateAsync(SubmittedEvent e, Placement placement, CancellationToken cancel)
    {
        if (await _log.FindAsync(e.Id, cancel) is { } found) return new Placement(null) { Duplicate = found.Position };
        if (placement.Refusal is not null) return placement;
        return _windows.RulesetFor(placement.Window) is { } ruleset ? placement with { Opens = ruleset } : new Placement(NoRuleset(placement.Window));
    }

    private async ValueTask FlushAsync(IntakeOutcome[] outcomes, CancellationToken cancel)
    {
        if (_group.Count == 0) return;
        IReadOnlyList<AppendOutcome> appended = await _log.AppendAsync(_group, cancel);
        for (int i = 0; i < appended.Count; i++)
        {
            (int index, bool carried) = _groupIndex[i];
            IntakeStatus status = appended[i].IsDuplicate ? IntakeStatus.Duplicate : carried ? IntakeStatus.CarriedForward : IntakeStatus.Accepted;
            outcomes[index] = new IntakeOutcome(status, appended[i].Position);
        }

        Seen(appended);
        _group.Clear();
        _groupIndex.Clear();
    }

    /// <summary>Our own events say nothing of windows. If others appended meanwhile, the next catch-up reads theirs.</summary>
    private void Seen(IReadOnlyList<AppendOutcome> appended)
    {
        long fresh = appended.Count(outcome => !outcome.IsDuplicate);
        if (_log.Head == _seen + fresh) _seen += fresh;
    }

    private async ValueTask OpenWindowAsync(Day window, AdoptedRuleset ruleset, UnixMs now, CancellationToken cancel)
    {
        NewEvent opened = new(EventId.Derive("window-opened", window.ToString()), now, now, window, new WindowOpened(window, ruleset.Hash));
        await AppendOwnAsync(opened, ExpectedRevision.NoStream, cancel);
        if (!_windows.IsOpen(window)) throw new LogFaultException("window-not-open", $"the stream of window {window} has events, but the log does not say that it is open; run an audit");
    }

    private async ValueTask<long> AppendOwnAsync(NewEvent e, ExpectedRevision expected, CancellationToken cancel)
    {
        StreamAppendResult result = await _log.AppendAsync(e.Stream, expected, [e], cancel);
        CatchUp(cancel);
        return result.Accepted ? result.Outcomes[0].Position : -1;
    }

    private void CatchUp(CancellationToken cancel)
    {
        long head = _log.Head;
        if (head == _seen) return;
        foreach (LogBlock block in _log.ReadBlocks(_seen, head, new BlockRequest(Rows: true, Columns: false), cancel))
        {
            foreach (RecordedEvent recorded in block.Rows) _windows.Apply(recorded.Payload);
        }

        _seen = head;
    }

    private async ValueTask<T> InTurnAsync<T>(Func<UnixMs, ValueTask<T>> act, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            CatchUp(cancel);
            return await act(Now());
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Where an event goes, or why it goes nowhere.</summary>
    private readonly record struct Placement(Refusal? Refusal)
    {
        public Day Window { get; init; }

        /// <summary>The window must be opened first, under this ruleset.</summary>
        public AdoptedRuleset? Opens { get; init; }

        public bool Carried { get; init; }

        /// <summary>Only the log can tell whether the event is new.</summary>
        public bool NeedsLog { get; init; }

        public long? Duplicate { get; init; }
    }
}
