using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Ingest;

/// <summary>One caller's events on their way into the log: which is next, the group that gathers, and what became of those before.</summary>
internal sealed class Submission(IReadOnlyList<SubmittedEvent> events, int groupSize)
{
    private readonly int[] _indexes = new int[Math.Min(events.Count, groupSize)];
    private readonly List<NewEvent> _group = new(Math.Min(events.Count, groupSize));

    /// <summary>The event to be placed next.</summary>
    public int Next { get; set; }

    /// <summary>What became of each event, those before <see cref="Next"/> whose group was flushed.</summary>
    public IntakeOutcome[] Outcomes { get; } = new IntakeOutcome[events.Count];

    public SubmittedEvent Current => events[Next];

    /// <summary>Whether every event was placed.</summary>
    public bool IsRead => Next == events.Count;

    /// <summary>Whether every event was placed and is in the log if it is to be.</summary>
    public bool IsDone => IsRead && _group.Count == 0;

    public bool IsGroupFull => _group.Count == _indexes.Length;

    /// <summary>Settles the current event, or puts it into the group.</summary>
    public void Put(Placement placement, UnixMs now)
    {
        if (placement.Settled is { } settled)
        {
            Outcomes[Next] = settled;
            return;
        }

        SubmittedEvent e = Current;
        Outcomes[Next] = new IntakeOutcome(placement.IsCarried ? IntakeStatus.CarriedForward : IntakeStatus.Accepted, -1);
        _indexes[_group.Count] = Next;
        _group.Add(new NewEvent(e.Id, e.OccurredAt, now, placement.Window, e.Payload));
    }

    /// <summary>Appends the group, if there is one.</summary>
    public async ValueTask FlushAsync(IEventLog log, CancellationToken cancel)
    {
        if (_group.Count == 0) return;
        IReadOnlyList<AppendOutcome> appended = await log.AppendAsync(_group, cancel);
        for (int i = 0; i < appended.Count; i++)
        {
            ref IntakeOutcome outcome = ref Outcomes[_indexes[i]];
            outcome = new IntakeOutcome(appended[i].IsDuplicate ? IntakeStatus.Duplicate : outcome.Status, appended[i].Position);
        }

        _group.Clear();
    }
}
