using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Ingest;

/// <summary>One caller's events on their way into the log: which is next, the group that gathers, and what became of those before.</summary>
internal sealed class Submission
{
    private readonly ReadOnlyMemory<SubmittedEvent> _events;
    private readonly PlacedEvents _group;
    private int _next;

    public Submission(IReadOnlyList<SubmittedEvent> events, int groupSize)
    {
        _events = events switch
        {
            SubmittedEvent[] all => all,
            ArraySegment<SubmittedEvent> some => some,
            _ => events.ToArray(),
        };
        _group = new PlacedEvents(_events, Math.Min(_events.Length, groupSize));
        Outcomes = new IntakeOutcome[_events.Length];
    }

    /// <summary>What became of each event before <see cref="Current"/> whose group was flushed.</summary>
    public IntakeOutcome[] Outcomes { get; }

    /// <summary>The event to be placed next.</summary>
    public ref readonly SubmittedEvent Current => ref _events.Span[_next];

    /// <summary>Whether every event was placed.</summary>
    public bool IsRead => _next == _events.Length;

    /// <summary>Whether every event was placed and is in the log if it is to be.</summary>
    public bool IsDone => IsRead && _group.Count == 0;

    public bool IsGroupFull => _group.IsFull;

    /// <summary>Settles the current event, or puts it into the group, and goes on to the next.</summary>
    public void Put(in Placement placement, UnixMs now)
    {
        if (placement.Settled is { } settled) Outcomes[_next++] = settled;
        else Put(placement.Window, now, placement.IsCarried ? IntakeStatus.CarriedForward : IntakeStatus.Accepted);
    }

    /// <summary>Puts the current event into the group, and goes on to the next.</summary>
    public void Put(Day window, UnixMs now, IntakeStatus status = IntakeStatus.Accepted)
    {
        int index = _next++;
        Outcomes[index] = new IntakeOutcome(status, -1);
        _group.RecordedAt = now;
        _group.Add(index, window);
    }

    /// <summary>Appends the group, if there is one.</summary>
    public async ValueTask FlushAsync(IEventLog log, CancellationToken cancel)
    {
        if (_group.Count == 0) return;
        IReadOnlyList<AppendOutcome> appended = await log.AppendAsync(_group, cancel);
        for (int i = 0; i < appended.Count; i++)
        {
            ref IntakeOutcome outcome = ref Outcomes[_group.IndexOf(i)];
            outcome = new IntakeOutcome(appended[i].IsDuplicate ? IntakeStatus.Duplicate : outcome.Status, appended[i].Position);
        }

        _group.Clear();
    }
}
