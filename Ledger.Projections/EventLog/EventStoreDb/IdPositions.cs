using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>Every id with its position, both ways: 16 bytes an event for the ids and 8 to 16 for the table.</summary>
internal sealed class IdPositions
{
    private const int ChunkBits = 16;

    private readonly List<EventId[]> _chunks = [];
    private int[] _slots = new int[1 << 12]; // position + 1; 0 is free
    private int _count;

    /// <summary>Adds the id of the next position.</summary>
    /// <returns>False when the id stands somewhere already; then nothing is added.</returns>
    public bool TryAdd(EventId id)
    {
        if (_count > _slots.Length / 4 * 3) Grow();
        int slot = Slot(_slots, id);
        if (_slots[slot] != 0) return false;
        if (_count >> ChunkBits == _chunks.Count) _chunks.Add(new EventId[1 << ChunkBits]);
        _chunks[_count >> ChunkBits][_count & ((1 << ChunkBits) - 1)] = id;
        _slots[slot] = ++_count;
        return true;
    }

    /// <summary>The position of an id, or −1.</summary>
    public long Find(EventId id) => _slots[Slot(_slots, id)] - 1L;

    /// <summary>The id at a position that was added.</summary>
    public EventId At(long position) => _chunks[(int)(position >> ChunkBits)][position & ((1 << ChunkBits) - 1)];

    private int Slot(int[] slots, EventId id)
    {
        int mask = slots.Length - 1;
        int slot = unchecked((int)(((ulong)id.Value ^ (ulong)(id.Value >> 64)) * 0x9E37_79B9_7F4A_7C15 >> 32)) & mask;
        while (slots[slot] != 0 && At(slots[slot] - 1) != id) slot = (slot + 1) & mask;
        return slot;
    }

    private void Grow()
    {
        int[] larger = new int[_slots.Length * 2];
        for (int position = 0; position < _count; position++) larger[Slot(larger, At(position))] = position + 1;
        _slots = larger;
    }
}
