using System.Runtime.CompilerServices;

namespace Ledger.Core.Kernels;

/// <summary>A set of 64-bit keys that is emptied in constant time, for one account after another.</summary>
/// <remarks>Open addressing, linear probing, at most half full. A slot belongs to the set when its stamp is the current one.</remarks>
internal sealed class KeySet
{
    private ulong[] _keys = new ulong[256];
    private int[] _stamps = new int[256];
    private int _mask = 255;
    private int _stamp = 1;
    private int _count;

    /// <summary>Empties the set and makes room for <paramref name="expected"/> keys.</summary>
    public void Reset(int expected)
    {
        _count = 0;
        if (_stamp == int.MaxValue)
        {
            Array.Clear(_stamps);
            _stamp = 0;
        }

        _stamp++;
        // An account with few events uses few slots, however large an earlier account made the table.
        int size = 64;
        while (expected * 2L > size) size *= 2;
        _mask = size - 1;
        if (size > _keys.Length)
        {
            _keys = new ulong[size];
            _stamps = new int[size];
        }
    }

    /// <summary>Whether the key is in the set.</summary>
    public bool Contains(ulong key) => IsTaken(SlotOf(key));

    /// <summary>Adds a key; false when it was there.</summary>
    public bool Add(ulong key)
    {
        int slot = SlotOf(key);
        if (IsTaken(slot)) return false;
        Put(slot, key);
        return true;
    }

    /// <summary>Whether the slot of a key holds it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsTaken(int slot) => _stamps[slot] == _stamp;

    /// <summary>Adds a key at its free slot, so that a look and an addition cost one search.</summary>
    public void Put(int slot, ulong key)
    {
        if (++_count * 2L > _mask + 1L) throw new InvalidOperationException("more keys than the set was reset for");
        _keys[slot] = key;
        _stamps[slot] = _stamp;
    }

    /// <summary>The slot that holds the key, or the free one where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int SlotOf(ulong key)
    {
        int mask = _mask;
        int slot = (int)(unchecked(key * 0x9e3779b97f4a7c15) >> 33) & mask;
        while (_stamps[slot] == _stamp && _keys[slot] != key) slot = (slot + 1) & mask;
        return slot;
    }
}
