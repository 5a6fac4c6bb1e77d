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
        await _turn.WaitAsync(cancel);
        try
        {
            CatchUp(cancel);
            UnixMs now = Now();
            NewEvent[] placed = new NewEvent[events.Count];
            SortedDictionary<Day, AdoptedRuleset> opens = [];
            for (int i = 0; i < placed.Length; i++)
            {
                SubmittedEvent e = events[i];
                Placement placement = Place(e, now);
                if (placement.NeedsLog) placement = await PlaceLateAsync(e, placement, cancel);
                if (placement.Refusal is { } refusal) return new WholeIntakeResult(refusal, i, null);
                placed[i] = placement.Duplicate is null
                    ? new NewEvent(e.Id, e.OccurredAt, now, placement.Window, e.Payload)
                    : (await _log.FindAsync(e.Id, cancel))!.Event;
                if (stream is { } named && placed[i].Stream != named)
                    return new WholeIntakeResult(new Refusal("stream-mismatch", null, $"the event belongs to stream {placed[i].Stream}, not {named}"), i, null);
                if (placement.Opens is not null) opens.TryAdd(placement.Window, placement.Opens);
            }

            foreach ((Day window, AdoptedRuleset ruleset) in opens) await OpenWindowAsync(window, ruleset, now, cancel);
            StreamAppendResult appended = stream is { } one
                ? await _log.AppendAsync(one, expected, placed, cancel)
                : new StreamAppendResult(true, -1, await _log.AppendAsync(placed, cancel));
            Seen(appended.Outcomes);
            return new WholeIntakeResult(null, -1, appended);
        }
        finally
        {
            _turn.Release();
        }
    }
}
