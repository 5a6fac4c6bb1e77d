using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Ingest;

/// <summary>The one way into the log for what producers state: it refuses, dates, puts into windows (reward rules R0), and appends in groups.</summary>
/// <remarks>
/// Idempotent: an event whose id is in the log is answered with <see cref="IntakeStatus.Duplicate"/> and changes nothing.
/// The order of a submission is the order in the log; submissions of several threads travel side by side, and the log commits together what
/// waits together. Windows are opened just before their first event. Opening, sealing and adopting happen while no submission is under way:
/// that is what keeps an event from landing behind the seal of its window, and why nothing may seal a window or adopt a ruleset but through
/// the one intake of the log. Memory is bounded by the group size and the submissions under way.
/// </remarks>
public sealed partial class EventIntake
{
    /// <summary>Events of one append when nothing else is asked for: enough that a commit's cost vanishes in it.</summary>
    public const int GroupSizeDefault = 5_000;

    private readonly IEventLog _log;
    private readonly TimeProvider _clock;
    private readonly IntakeGate _gate = new();
    private readonly OpenWindows _windows; // read together, changed alone
    private readonly int _groupSize;
    private long _seen;
    private volatile bool _isBehind;

    private EventIntake(IEventLog log, TimeProvider clock, int groupSize, OpenWindows windows, long seen) =>
        (_log, _clock, _groupSize, _windows, _seen) = (log, clock, groupSize, windows, seen);

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
        Submission submission = new(events, _groupSize);
        while (!submission.IsDone)
        {
            cancel.ThrowIfCancellationRequested();
            Placement? opening = null;
            await _gate.EnterTogetherAsync();
            try
            {
                if (!_isBehind) opening = await TakeAsync(submission, cancel);
            }
            finally
            {
                _gate.LeaveTogether();
            }

            if (submission.IsDone) break;
            await AloneAsync(now => opening is { Opens: not null } placement ? OpenWindowAsync(placement.Window, now, cancel) : new ValueTask<Refusal?>((Refusal?)null), cancel);
        }

        return submission.Outcomes;
    }

    /// <summary>
    /// What <see cref="SubmitAsync"/> would make of the events now, without taking any: positions are −1, and an event that is in the log already
    /// is told as a duplicate only where its window is sealed.
    /// </summary>
    public async ValueTask<IntakeOutcome[]> CheckAsync(IReadOnlyList<SubmittedEvent> events, CancellationToken cancel = default)
    {
        if (_isBehind) await AloneAsync(_ => ValueTask.FromResult(true), cancel);
        IntakeOutcome[] outcomes = new IntakeOutcome[events.Count];
        await _gate.EnterTogetherAsync();
        try
        {
            UnixMs now = Now();
            long toleranceMs = ToleranceMs(now);
            for (int i = 0; i < outcomes.Length; i++)
            {
                Placement placement = await PlaceAsync(events[i], now, toleranceMs, cancel);
                outcomes[i] = placement.Settled ?? new IntakeOutcome(placement.IsCarried ? IntakeStatus.CarriedForward : IntakeStatus.Accepted, -1);
            }

            return outcomes;
        }
        finally
        {
            _gate.LeaveTogether();
        }
    }

    /// <summary>Opens a window that no event has opened, such as a quiet day's; nothing happens when it is open.</summary>
    /// <returns>Why not: <c>window-closed</c> or <c>no-ruleset</c>; null when the window is open.</returns>
    public ValueTask<Refusal?> OpenAsync(Day window, CancellationToken cancel = default) => AloneAsync(now => OpenWindowAsync(window, now, cancel), cancel);

    /// <summary>Seals a window: no event lands in it after this.</summary>
    /// <returns>The seal's position, also when the window was sealed before; null when there is no such window.</returns>
    public ValueTask<long?> SealAsync(Day window, CancellationToken cancel = default) => AloneAsync<long?>(
        async now =>
        {
            NewEvent seal = Seal(window, now);
            if (!_windows.IsOpen(window)) return await _log.PositionOfAsync(seal.Id, cancel) is >= 0 and var sealedAt ? sealedAt : null;
            return await AppendOwnAsync(seal, ExpectedRevision.Any, cancel);
        },
        cancel);

    /// <summary>Adopts a ruleset from a window on; nothing happens when it is the one that was adopted last from that window.</summary>
    /// <returns>Why not: <c>window-already-open</c> when that window, or a later one, has been opened; null when adopted.</returns>
    public ValueTask<Refusal?> AdoptAsync(Day firstWindow, Ruleset ruleset, CancellationToken cancel = default) => AloneAsync<Refusal?>(
        async now =>
        {
            if (_windows.LatestOpened is { } latest && firstWindow <= latest)
                return new Refusal("window-already-open", "firstWindow", $"windows up to {latest} have been opened; a ruleset holds from a later one on");
            byte[] document = RulesetDocument.Canonical(ruleset);
            RulesetAdopted adopted = new(firstWindow, RulesetDocument.HashOf(document), document);
            if (_windows.RulesetFor(firstWindow) is { } held && held.FirstWindow == firstWindow && held.Hash == adopted.Hash) return null;
            EventId id = EventId.Derive("ruleset-adopted", $"{firstWindow}/{adopted.Hash}/{_log.Head}");
            await AppendOwnAsync(new NewEvent(id, now, now, Day.Of(now), adopted), ExpectedRevision.Any, cancel);
            return null;
        },
        cancel);

    /// <summary>A window's seal: one per window, whoever writes it.</summary>
    internal static NewEvent Seal(Day window, UnixMs now) => new(EventId.Derive("window-sealed", window.ToString()), now, now, window, new WindowSealed(window));

    private static Refusal Closed(Day window) => new("window-closed", "occurredAt", $"the window {window} is sealed");

    private static Refusal NoRuleset(Day window) => new("no-ruleset", "occurredAt", $"no ruleset holds for the window {window}");

    /// <summary>Why an event is refused whatever windows there are, or null.</summary>
    private static Refusal? Fault(in SubmittedEvent e, UnixMs now, long toleranceMs)
    {
        if (e.Id == default) return new Refusal("id-nil", "id", "the nil UUID names no event");
        if (e.Kind.Origin() == EventOrigin.Ledger)
            return new Refusal("kind-not-accepted", "kind", $"{EventCatalogue.Name(e.Kind)} is stated by the ledger alone");
        if (e.OccurredAt - now > toleranceMs)
            return new Refusal("occurred-in-future", "occurredAt", $"{e.OccurredAt} is more than {toleranceMs} ms after the ledger's {now}");
        return SubmissionRules.Fault(e);
    }

    private long ToleranceMs(UnixMs now) => _windows.RulesetFor(Day.Of(now))?.Ruleset.Windows.FutureToleranceMs ?? 0;

    private UnixMs Now() => UnixMs.From(_clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Takes events until one needs a window that is not open; what came before that one is in the log then.</summary>
    private async ValueTask<Placement?> TakeAsync(Submission submission, CancellationToken cancel)
    {
        UnixMs now = Now();
        long toleranceMs = ToleranceMs(now);
        while (true)
        {
            if (PlaceSome(submission, now, toleranceMs) is { } placement)
            {
                if (placement.NeedsLog) placement = await PlaceLateAsync(submission.Current, placement, cancel);
                if (placement.Opens is not null)
                {
                    await submission.FlushAsync(_log, cancel);
                    return placement;
                }

                submission.Put(placement, now);
            }

            if (submission.IsRead || submission.IsGroupFull) await submission.FlushAsync(_log, cancel);
            if (submission.IsRead) return null;
        }
    }

    /// <summary>Places events until all are, or the group is full; or until one needs the log or a window, whose placement it gives.</summary>
    private Placement? PlaceSome(Submission submission, UnixMs now, long toleranceMs)
    {
        Day? open = null; // the window of the event before, where it is its own: nearly every event's
        while (!submission.IsRead && !submission.IsGroupFull)
        {
            ref readonly SubmittedEvent e = ref submission.Current;
            if (Day.Of(e.OccurredAt) is var own && own == open && Fault(e, now, toleranceMs) is null)
            {
                submission.Put(own, now);
                continue;
            }

            Placement placement = Place(e, now, toleranceMs);
            if (placement.NeedsLog || placement.Opens is not null) return placement;
            submission.Put(placement, now);
            open = _windows.IsOpen(own) ? own : null;
        }

        return null;
    }

    private async ValueTask<Placement> PlaceAsync(SubmittedEvent e, UnixMs now, long toleranceMs, CancellationToken cancel)
    {
        Placement placement = Place(e, now, toleranceMs);
        return placement.NeedsLog ? await PlaceLateAsync(e, placement, cancel) : placement;
    }

    /// <summary>Decides by what is in memory; late events that it cannot decide are marked <see cref="Placement.NeedsLog"/>.</summary>
    private Placement Place(in SubmittedEvent e, UnixMs now, long toleranceMs)
    {
        if (Fault(e, now, toleranceMs) is { } fault) return Placement.Refused(fault);
        Day own = Day.Of(e.OccurredAt);
        if (_windows.IsOpen(own)) return new Placement(own);
        if (_windows.RulesetFor(own) is not { } ruleset) return Placement.Refused(NoRuleset(own));
        if (_windows.MayOpen(own)) return new Placement(own) { Opens = ruleset };
        if (ruleset.Ruleset.Windows.Late == LatePolicy.Refuse) return Placement.Refused(Closed(own)) with { NeedsLog = true };
        return _windows.Earliest is { } earliest
            ? new Placement(earliest) { IsCarried = true }
            : new Placement(_windows.LastSealed!.Value.Next) { IsCarried = true, NeedsLog = true };
    }

    /// <summary>A late event that is in the log already is a duplicate: it neither opens a window nor is it refused.</summary>
    private async ValueTask<Placement> PlaceLateAsync(SubmittedEvent e, Placement placement, CancellationToken cancel)
    {
        if (await _log.PositionOfAsync(e.Id, cancel) is >= 0 and var position) return Placement.Duplicate(position);
        if (placement.Refusal is not null) return placement;
        return _windows.RulesetFor(placement.Window) is { } ruleset ? placement with { Opens = ruleset } : Placement.Refused(NoRuleset(placement.Window));
    }

    /// <summary>Opens a window if it still may be: somebody else may have opened or sealed it before this had its turn.</summary>
    private async ValueTask<Refusal?> OpenWindowAsync(Day window, UnixMs now, CancellationToken cancel)
    {
        if (_windows.IsOpen(window)) return null;
        if (!_windows.MayOpen(window)) return Closed(window);
        if (_windows.RulesetFor(window) is not { } ruleset) return NoRuleset(window);
        NewEvent opened = new(EventId.Derive("window-opened", window.ToString()), now, now, window, new WindowOpened(window, ruleset.Hash));
        if (await AppendOwnAsync(opened, ExpectedRevision.NoStream, cancel) < 0)
            throw new LogFaultException("window-not-open", $"the stream of window {window} has events, but the log does not say that it is open; run an audit");
        return null;
    }

    private async ValueTask<long> AppendOwnAsync(NewEvent e, ExpectedRevision expected, CancellationToken cancel)
    {
        StreamAppendResult result = await _log.AppendAsync(e.Stream, expected, [e], cancel);
        if (!result.Accepted) return -1;
        _windows.Apply(e.Payload);
        return result.Outcomes[0].Position;
    }

    private void CatchUp(CancellationToken cancel)
    {
        long head = _log.Head;
        foreach (LogBlock block in _log.ReadBlocks(_seen, head, new BlockRequest(Rows: true, Columns: false), cancel))
        {
            foreach (RecordedEvent recorded in block.Rows) _windows.Apply(recorded.Payload);
        }

        _seen = head;
    }

    /// <summary>Changes windows while no submission is under way. After a change that may or may not have happened, the log is asked first.</summary>
    private async ValueTask<T> AloneAsync<T>(Func<UnixMs, ValueTask<T>> change, CancellationToken cancel)
    {
        await _gate.EnterAloneAsync();
        try
        {
            if (_isBehind) CatchUp(cancel);
            _isBehind = true;
            T result = await change(Now());
            _seen = _log.Head; // everything since says nothing of windows, or was applied just now
            _isBehind = false;
            return result;
        }
        finally
        {
            _gate.LeaveAlone();
        }
    }
}
