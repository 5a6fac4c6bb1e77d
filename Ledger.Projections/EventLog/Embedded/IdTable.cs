namespace Ledger.Projections.EventLog.Embedded;

/// <summary>A hash table from 128-bit ids to positions: open addressing, linear probing, at most three quarters full, 24 bytes a slot.</summary>
internal sealed class IdTable
{
    private UInt128[] _ids;
    private long[] _positionPlusOne; // 0: free
    private int _count;

    public IdTable(int slots)
    {
        _ids = new UInt128[slots];
        _positionPlusOne = new long[slots];
    }

    public int Count => _count;

    /// <summary>Adds an id that is new, or tells where it stands.</summary>
    public bool TryAdd(UInt128 id, long position, out long standing)
    {
        int slot = Slot(id);
        standing = _positionPlusOne[slot] - 1;
        if (standing >= 0) return false;
        standing = position;
        _ids[slot] = id;
        _positionPlusOne[slot] = position + 1;
        if (++_count > _ids.Length / 4 * 3) Grow();
        return true;
    }

    /// <summary>The position of an id, or −1.</summary>
    public long Find(UInt128 id) => _positionPlusOne[Slot(id)] - 1;

    private int Slot(UInt128 id)
    {
        int mask = _ids.Length - 1;
        int slot = (int)(Mix(id) & (ulong)mask);
        while (_positionPlusOne[slot] != 0 && _ids[slot] != id) slot = (slot + 1) & mask;
        return slot;
    }

    // Producers choose ids, so the low bits alone must not decide (a multiply-shift over both halves).
    private static ulong Mix(UInt128 id)
    {
        unchecked
        {
            ulong hash = ((ulong)id ^ 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
            hash = (hash ^ (hash >> 32) ^ (ulong)(id >> 64)) * 0x94d049bb133111eb;
            return hash ^ (hash >> 29);
        }
    }

    private void Grow()
    {
        UInt128[] ids = _ids;
        long[] positions = _positionPlusOne;
        _ids = new UInt128[ids.Length * 2];
        _positionPlusOne = new long[ids.Length * 2];
        for (int i = 0; i < ids.Length; i++)
        {
            if (positions[i] == 0) continue;
            int slot = Slot(ids[i]);
            _ids[slot] = ids[i];
            _positionPlusOne[slot] = positions[i];
        }
    }
}
