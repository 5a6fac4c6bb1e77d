using Akka.Actor;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Audit;

/// <summary>Recomputes everything from the log alone and compares every recorded number.</summary>
/// <remarks>
/// Uses nothing that an earlier run left behind. The log itself is verified first, event by event. Every closing, statement and settlement event must be what its window's events give, every
/// sealed window must be recorded but for the last ones, and every recorded close must have a window. A fold that loses an event or judges one twice
/// would do so again here, so every window's events are also counted on their own.
/// </remarks>
public static class LedgerAudit
{
    /// <summary>Audits the log up to its head as of the call.</summary>
    /// <exception cref="LogFaultException">The log is damaged; or <c>events-miscounted</c>: a fold did not judge each of a window's events once.</exception>
    public static async Task<AuditReport> RunAsync(
        IEventLog log, IActorRefFactory actors, FoldOptions options, IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default)
    {
        long head = log.Head;
        IProgress<long>? read = progress is null ? null : new Reading(progress, head);
        Digest root = await log.VerifyAsync(read, cancel).ConfigureAwait(false);
        LedgerState state = new(log.Names);
        Comparison comparison = new(state);
        ControlledFold fold = new(new WindowFold(actors, log, options), log);
        await new WindowCloser(fold, log)
            .AdvanceAsync(state, head, comparison.Closed, comparison.Seen, progress, cancel).ConfigureAwait(false);
        return comparison.Report(head, root, state.Pending?.Window, fold.Events);
    }

    private sealed class Reading(IProgress<LedgerProgress> to, long head) : IProgress<long>
    {
        public void Report(long value) => to.Report(new LedgerProgress("verify log", null, (int)(value * 1000 / Math.Max(1, head))));
    }

    private sealed class Comparison(LedgerState state)
    {
        private readonly SortedDictionary<Day, ClosedWindow> _awaited = [];
        private readonly SortedDictionary<Day, ClosedWindow> _halfSeen = [];
        private readonly List<Day> _windows = [];
        private readonly List<AuditDifference> _differences = [];
        private SettlementPlanned? _planned;
        private long _numbers;

        public void Closed(ClosedWindow closed) => _awaited.Add(closed.Window, closed);

        public void Seen(RecordedEvent e, MoneyOutcome outcome)
        {
            switch (e.Payload)
            {
                case WindowClosed recorded:
                    if (!_awaited.Remove(recorded.Window, out ClosedWindow? closed)) NoSuchWindow(e, recorded.Window);
                    else
                    {
                        Compare(e, closed.Facts);
                        _halfSeen[recorded.Window] = closed;
                    }

                    break;
                case StatementIssued recorded:
                    if (!_halfSeen.Remove(recorded.Window, out ClosedWindow? stated)) NoSuchWindow(e, recorded.Window);
                    else
                    {
                        Compare(e, stated.Statement(e.Event.RecordedAt));
                        _windows.Add(recorded.Window);
                    }

                    break;
                case SettlementPlanned recorded:
                    if (state.Books.Settlements.Open is { } open && open.Reserved.Batch == recorded.Batch) Compare(e, open.Publication());
                    else NoSuchWindow(e, recorded.Window);
                    _planned = recorded;
                    break;
                case SettlementSettled recorded:
                    Compare(e, new SettlementSettled(_planned?.Batch ?? "(no settlement planned)", _planned?.RewardRoot ?? default));
                    break;
            }
        }

        public AuditReport Report(long head, Digest root, Day? waiting, long judged)
        {
            // A seal without a close is an interrupted closing, not a lie; but a close without its statement is one.
            foreach (Day half in _halfSeen.Keys)
                _differences.Add(new AuditDifference(-1, "statement-issued", "window", "(missing)", half.ToString()));
            Day[] unrecorded = waiting is { } window ? [.. _awaited.Keys, window] : [.. _awaited.Keys];
            return new AuditReport(head, root, _windows, unrecorded, judged, _numbers, _differences);
        }

        private void Compare(RecordedEvent e, EventPayload recomputed)
        {
            foreach (((string field, string recorded), (string _, string expected)) in RecordedNumbers.Of(e.Payload).Zip(RecordedNumbers.Of(recomputed)))
            {
                _numbers++;
                if (recorded != expected) _differences.Add(new AuditDifference(e.Position, EventCatalogue.Name(e.Payload.Kind), field, recorded, expected));
            }
        }

        private void NoSuchWindow(RecordedEvent e, Day window) => _differences.Add(new AuditDifference(
            e.Position, EventCatalogue.Name(e.Payload.Kind), "window", window.ToString(), "(no sealed window awaits this)"));
    }
}

/// <summary>What an audit found.</summary>
/// <param name="Events">Events read.</param>
/// <param name="LogRoot">Root of the log tree over all of them, recomputed from their bytes.</param>
/// <param name="Windows">Closed windows that were recomputed and compared.</param>
/// <param name="Unrecorded">Windows that are sealed and whose close is not recorded: interrupted, or waiting for a draw seed; closing again goes on.</param>
/// <param name="EventsJudged">Activity events of sealed windows, counted in the log, each of which has one verdict.</param>
/// <param name="NumbersCompared">Recorded numbers that were compared.</param>
/// <param name="Differences">Where a recorded number is not the recomputed one.</param>
public sealed record AuditReport(
    long Events, Digest LogRoot, IReadOnlyList<Day> Windows, IReadOnlyList<Day> Unrecorded, long EventsJudged, long NumbersCompared, IReadOnlyList<AuditDifference> Differences);

/// <summary>A recorded number that a replay does not give.</summary>
/// <param name="Position">The event that records it.</param>
/// <param name="Event">That event's kind.</param>
/// <param name="Field">Which of its fields.</param>
/// <param name="Recorded">What it says.</param>
/// <param name="Recomputed">What the replay gives.</param>
public sealed record AuditDifference(long Position, string Event, string Field, string Recorded, string Recomputed);
