using System.Numerics;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>A hash table from 128-bit ids to positions: open addressing, linear probing, at most half full, 24 bytes a slot.</summary>
/// <remarks>
/// One writer; any thread may look up meanwhile. An id's home is given by the high bits of its hash, so the slots are almost in the order of
/// <see cref="IdEntry.Hash"/> and making a run of them is one pass.
/// </remarks>
internal sealed class IdTable(int slots)
{
    private Slot[] _slots = new Slot[slots];
    private int _count;

    public int Count => _count;

    /// <summary>Reads an id's home so that it is in the cache when it is asked for; the result means nothing.</summary>
    public long Touch(ulong hash)
    {
        Slot[] table = _slots;
        return table[Home(table, hash)].Place;
    }

    /// <summary>The position of an id, or −1.</summary>
    public long Find(ulong high, ulong low, ulong hash)
    {
        Slot[] table = Volatile.Read(ref _slots);
        for (int at = Home(table, hash); ; at = (at + 1) & (table.Length - 1))
        {
            ref Slot slot = ref table[at];
            long place = Volatile.Read(ref slot.Place);
            if (place == 0 || (slot.Low == low && slot.High == high)) return place - 1;
        }
    }

    /// <summary>The position of an id, or −1 when it was not in the table; then it is, at <paramref name="position"/>.</summary>
    public long FindOrAdd(ulong high, ulong low, ulong hash, long position)
    {
        Slot[] table = _slots;
        for (int at = Home(table, hash); ; at = (at + 1) & (table.Length - 1))
        {
            ref Slot slot = ref table[at];
            if (slot.Place != 0)
            {
                if (slot.Low == low && slot.High == high) return slot.Place - 1;
                continue;
            }

            (slot.High, slot.Low) = (high, low);
            Volatile.Write(ref slot.Place, position + 1); // last: who sees the place sees the id
            if (++_count > table.Length / 2) Grow();
            return -1;
        }
    }

    /// <summary>All entries, by <see cref="IdEntry.Hash"/>.</summary>
    public IdEntry[] Sorted()
    {
        IdEntry[] entries = new IdEntry[_count];
        ulong[] hashes = new ulong[_count];
        int sorted = 0;
        foreach (bool wrapped in new[] { false, true }) // those that found no place before the table's end stand at its beginning
        {
            for (int at = 0; at < _slots.Length && sorted < _count; at++)
            {
                ref Slot slot = ref _slots[at];
                if (slot.Place == 0) continue;
                ulong hash = IdEntry.HashOf(slot.High, slot.Low);
                if (Home(_slots, hash) > at != wrapped) continue;
                int to = sorted++;
                for (; to > 0 && hashes[to - 1] > hash; to--) (hashes[to], entries[to]) = (hashes[to - 1], entries[to - 1]);
                (hashes[to], entries[to]) = (hash, new IdEntry(slot.High, slot.Low, slot.Place - 1));
            }
        }

        return entries;
    }

    private static int Home(Slot[] table, ulong hash) => (int)(hash >> (64 - BitOperations.Log2((uint)table.Length)));

    private void Grow()
    {
        Slot[] larger = new Slot[_slots.Length * 2];
        foreach (Slot slot in _slots)
        {
            if (slot.Place == 0) continue;
            int at = Home(larger, IdEntry.HashOf(slot.High, slot.Low));
            while (larger[at].Place != 0) at = (at + 1) & (larger.Length - 1);
            larger[at] = slot;
        }

        Volatile.Write(ref _slots, larger);
    }

    // Place is one more than the position: 0 is a free slot.
    private struct Slot
    {
        public ulong High;
        public ulong Low;
        public long Place;
    }
}
