using System.Collections;
using Ledger.Core.Events;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog;

/// <summary>Submitted events with the windows they go to, dated together: what the intake appends. One becomes an object when somebody asks for it.</summary>
/// <remarks>The log keeps nothing of it beyond the append.</remarks>
public sealed class PlacedEvents : IReadOnlyList<NewEvent>
{
    private readonly ReadOnlyMemory<SubmittedEvent> _submitted;
    private readonly Place[] _places;

    /// <param name="submitted">The events to choose from.</param>
    /// <param name="countMax">How many may be chosen.</param>
    public PlacedEvents(ReadOnlyMemory<SubmittedEvent> submitted, int countMax) => (_submitted, _places) = (submitted, new Place[countMax]);

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>Whether there is room for no more.</summary>
    public bool IsFull => Count == _places.Length;

    /// <summary>When the ledger accepts them.</summary>
    public UnixMs RecordedAt { get; set; }

    /// <inheritdoc/>
    public NewEvent this[int index]
    {
        get
        {
            ref readonly SubmittedEvent e = ref Submitted(index);
            return new NewEvent(e.Id, e.OccurredAt, RecordedAt, Window(index), e.Payload);
        }
    }

    /// <summary>Puts event <paramref name="index"/> of those submitted into a window.</summary>
    public void Add(int index, Day window) => _places[Count++] = new Place(index, window);

    /// <summary>Forgets what was chosen.</summary>
    public void Clear() => Count = 0;

    /// <summary>Which of the events submitted was chosen.</summary>
    public int IndexOf(int index) => _places[index].Index;

    /// <summary>The window of an event that was chosen.</summary>
    public Day Window(int index) => _places[index].Window;

    /// <summary>An event that was chosen, as it was submitted.</summary>
    public ref readonly SubmittedEvent Submitted(int index) => ref _submitted.Span[_places[index].Index];

    /// <inheritdoc/>
    public IEnumerator<NewEvent> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private readonly record struct Place(int Index, Day Window);
}
