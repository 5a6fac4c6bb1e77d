using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Ingest;

/// <summary>What became of events that were submitted all or nothing.</summary>
/// <param name="Refusal">Why nothing was taken, by the rules of ingest; null when the rules had nothing against it.</param>
/// <param name="RefusedIndex">Which event was at fault; −1 when none was.</param>
/// <param name="Appended">What the log answered; null when refused.</param>
public sealed record WholeIntakeResult(Refusal? Refusal, int RefusedIndex, StreamAppendResult? Appended);

/// <content>Submissions that are taken whole or not at all, as a stream store's clients expect of an append.</content>
public sealed partial class EventIntake
{
    /// <summary>
    /// Submits events all or nothing: by the same rules as <see cref="SubmitAsync"/>, and, when a stream is given, only if every event belongs to it
    /// (<c>stream-mismatch</c>) and it is at the expected revision.
    /// </summary>
    /// <exception cref="LogFaultException">The log cannot go on. Sending everything again is safe.</exception>
    public async ValueTask<WholeIntakeResult> SubmitWholeAsync(
        IReadOnlyList<SubmittedEvent> events, StreamName? stream, ExpectedRevision expected, CancellationToken cancel = default)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            SortedSet<Day> opens = [];
            await _gate.EnterTogetherAsync();
            try
            {
                if (!_isBehind && await TakeWholeAsync(events, stream, expected, opens, cancel) is { } result) return result;
            }
            finally
            {
                _gate.LeaveTogether();
            }

            await AloneAsync(
                async now =>
                {
                    foreach (Day window in opens) await OpenWindowAsync(window, now, cancel);
                    return true;
                },
                cancel);
        }
    }

    /// <summary>Refuses or appends; null, and nothing appended, when windows must be opened first.</summary>
    private async ValueTask<WholeIntakeResult?> TakeWholeAsync(
        IReadOnlyList<SubmittedEvent> events, StreamName? stream, ExpectedRevision expected, SortedSet<Day> opens, CancellationToken cancel)
    {
        UnixMs now = Now();
        long toleranceMs = ToleranceMs(now);
        NewEvent[] placed = new NewEvent[events.Count];
        for (int i = 0; i < placed.Length; i++)
        {
            SubmittedEvent e = events[i];
            Placement placement = await PlaceAsync(e, now, toleranceMs, cancel);
            if (placement.Refusal is { } refusal) return new WholeIntakeResult(refusal, i, null);
            placed[i] = placement.Settled is null
                ? new NewEvent(e.Id, e.OccurredAt, now, placement.Window, e.Payload)
                : (await _log.FindAsync(e.Id, cancel))!.Event;
            if (stream is { } named && placed[i].Stream != named)
                return new WholeIntakeResult(new Refusal("stream-mismatch", null, $"the event belongs to stream {placed[i].Stream}, not {named}"), i, null);
            if (placement.Opens is not null) opens.Add(placement.Window);
        }

        if (opens.Count > 0) return null;
        StreamAppendResult appended = stream is { } one
            ? await _log.AppendAsync(one, expected, placed, cancel)
            : new StreamAppendResult(true, -1, await _log.AppendAsync(placed, cancel));
        return new WholeIntakeResult(null, -1, appended);
    }
}
