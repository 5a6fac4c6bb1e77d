namespace Ledger.Projections.EventLog.Embedded;

/// <summary>A hash table from 128-bit ids to positions: open addressing, linear probing, at most three quarters full, 24 bytes a slot.</summary>
internal sealed class IdTable(int slots)
{
    private IdEntry[] _slots = new IdEntry[slots]; // a free slot has the nil id, which names no event
    private int _count;

    public int Count => _count;

    /// <summary>Adds an id that is not in the table.</summary>
    public void Add(ulong high, ulong low, long position)
    {
        ref IdEntry slot = ref _slots[Slot(high, low)];
        slot = new IdEntry(high, low, position);
        if (++_count > _slots.Length / 4 * 3) Grow();
    }

    /// <summary>The position of an id, or −1.</summary>
    public long Find(ulong high, ulong low)
    {
        IdEntry found = _slots[Slot(high, low)];
        return (found.IdHigh | found.IdLow) == 0 ? -1 : found.Position;
    }

    /// <summary>All entries, by <see cref="IdEntry.Hash"/>.</summary>
    public IdEntry[] Sorted()
    {
        IdEntry[] entries = [.. _slots.Where(entry => (entry.IdHigh | entry.IdLow) != 0)];
        ulong[] hashes = new ulong[entries.Length];
        for (int i = 0; i < entries.Length; i++) hashes[i] = entries[i].Hash;
        Array.Sort(hashes, entries);
        return entries;
    }

    private int Slot(ulong high, ulong low)
    {
        int mask = _slots.Length - 1;
        int slot = (int)(IdEntry.HashOf(high, low) & (ulong)mask);
        while ((_slots[slot].IdLow != low || _slots[slot].IdHigh != high) && (_slots[slot].IdHigh | _slots[slot].IdLow) != 0) slot = (slot + 1) & mask;
        return slot;
    }

    private void Grow()
    {
        IdEntry[] old = _slots;
        _slots = new IdEntry[old.Length * 2];
        foreach (IdEntry entry in old)
        {
            if ((entry.IdHigh | entry.IdLow) != 0) _slots[Slot(entry.IdHigh, entry.IdLow)] = entry;
        }
    }
}
