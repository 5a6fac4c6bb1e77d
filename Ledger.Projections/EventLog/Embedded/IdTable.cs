using System.Numerics;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Ids at consecutive positions, found by hash: the ids end to end, and a table of four bytes a slot, at most three quarters full, with linear probing.</summary>
/// <remarks>
/// One writer; any thread may look up meanwhile. A slot is 9 bits of the hash and, from 1, the id's number, so that an id that is not there costs a small
/// table's cache line and hardly ever an id. An id's home is given by the high bits of its hash, so the slots are almost in the order of
/// <see cref="IdEntry.Hash"/> and making a run of them is one pass.
/// </remarks>
internal sealed class IdTable
{
    /// <summary>Most ids: far more than the table of <see cref="IdIndex"/> and the largest append together.</summary>
    private const int IdsMax = (1 << NumberBits) - 1;

    private const int NumberBits = 23;
    private const uint NumberMask = IdsMax;
    private const int IdWords = 2;

    // An id is put into a larger table seldom, and a table that began small becomes exactly as large as those that follow it.
    private const int Growth = 4;
    private const int SlotsMin = 16;

    private uint[] _slots;
    private ulong[] _ids; // high and low of each; at least as new as the slots that a reader has seen
    private long _first;
    private int _count;

    public IdTable(int slots) => (_slots, _ids) = (new uint[slots], new ulong[IdWords * (IdsOf(slots) + 1)]);

    /// <summary>A table that takes so many ids before it grows.</summary>
    public static IdTable For(long ids)
    {
        int slots = SlotsMin;
        while (IdsOf(slots) < ids) slots *= Growth;
        return new IdTable(slots);
    }

    public int Count => _count;

    public int Slots => _slots.Length;

    /// <summary>Forgets everything. Whoever looks up meanwhile gets an answer that means nothing.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        _count = 0;
    }

    /// <summary>Reads an id's home so that it is in the cache when it is asked for; the result means nothing.</summary>
    public uint Touch(ulong hash)
    {
        uint[] table = _slots;
        return table[Home(table, hash)];
    }

    /// <summary>False when no id of this hash is there.</summary>
    public bool MayHold(ulong hash)
    {
        uint[] table = Volatile.Read(ref _slots);
        uint tag = Tag(hash);
        for (int at = Home(table, hash); ; at = (at + 1) & (table.Length - 1))
        {
            uint slot = Volatile.Read(ref table[at]);
            if (slot == 0) return false;
            if ((slot & ~NumberMask) == tag) return true;
        }
    }

    /// <summary>The position of an id, or −1.</summary>
    public long Find(ulong high, ulong low, ulong hash)
    {
        uint[] table = Volatile.Read(ref _slots);
        return Find(table, high, low, hash, out _);
    }

    /// <summary>The position of an id, or −1 when it was not in the table; then it is, at <paramref name="position"/>, which follows that of the id added before.</summary>
    public long FindOrAdd(ulong high, ulong low, ulong hash, long position)
    {
        long found = Find(_slots, high, low, hash, out int at);
        if (found >= 0) return found;
        if (_count == 0) _first = position;
        if (position != _first + _count || _count == IdsMax) throw new InvalidOperationException($"position {position} does not follow {_first + _count - 1}, or the table is full");
        (_ids[IdWords * _count], _ids[(IdWords * _count) + 1]) = (high, low);
        Volatile.Write(ref _slots[at], Tag(hash) | (uint)++_count); // last: who sees the number sees the id
        if (_count > IdsOf(_slots.Length)) Grow();
        return -1;
    }

    /// <summary>What stands in a slot, its hash, and whether it found no place between its home and the table's end; false when nothing does.</summary>
    public bool TryRead(int slot, out IdEntry entry, out ulong hash, out bool wrapped)
    {
        (entry, hash, wrapped) = (default, 0, false);
        if (_slots[slot] == 0) return false;
        int number = Number(_slots[slot]);
        entry = new IdEntry(_ids[IdWords * number], _ids[(IdWords * number) + 1], _first + number);
        hash = entry.Hash;
        wrapped = Home(_slots, hash) > slot;
        return true;
    }

    /// <summary>Reads the ids of many slots so that they are in the cache when they are asked for: they lie in order of arrival. The result means nothing.</summary>
    public ulong TouchIds(int slot, int count)
    {
        ulong touched = 0;
        foreach (uint taken in _slots.AsSpan(slot, Math.Min(count, _slots.Length - slot)))
        {
            if (taken != 0) touched |= _ids[IdWords * Number(taken)];
        }

        return touched;
    }

    private static int IdsOf(int slots) => slots / 4 * 3;

    private static int Home(uint[] table, ulong hash) => (int)(hash >> (64 - BitOperations.Log2((uint)table.Length)));

    private static uint Tag(ulong hash) => unchecked((uint)hash) & ~NumberMask;

    private static int Number(uint slot) => (int)(slot & NumberMask) - 1;

    // Gives the slot where the id is, or would be.
    private long Find(uint[] table, ulong high, ulong low, ulong hash, out int at)
    {
        uint tag = Tag(hash);
        for (at = Home(table, hash); ; at = (at + 1) & (table.Length - 1))
        {
            uint slot = Volatile.Read(ref table[at]);
            if (slot == 0) return -1;
            if ((slot & ~NumberMask) != tag) continue;
            int number = Number(slot);
            ulong[] ids = Volatile.Read(ref _ids);
            if (ids[IdWords * number] == high && ids[(IdWords * number) + 1] == low) return _first + number;
        }
    }

    // Readers may look ids up meanwhile: they see the larger table when it is filled, and its ids before it.
    private void Grow()
    {
        uint[] larger = new uint[_slots.Length * Growth];
        ulong[] ids = new ulong[IdWords * (IdsOf(larger.Length) + 1)];
        _ids.AsSpan(0, IdWords * _count).CopyTo(ids);
        for (int number = 0; number < _count; number++)
        {
            ulong hash = IdEntry.HashOf(ids[IdWords * number], ids[(IdWords * number) + 1]);
            int at = Home(larger, hash);
            while (larger[at] != 0) at = (at + 1) & (larger.Length - 1);
            larger[at] = Tag(hash) | (uint)(number + 1);
        }

        Volatile.Write(ref _ids, ids);
        Volatile.Write(ref _slots, larger);
    }
}
