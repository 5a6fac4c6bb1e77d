using System.Runtime.CompilerServices;

namespace Ledger.Core.Kernels;

/// <summary>A set of 64-bit keys for one account after another: open addressing, linear probing, at most half full.</summary>
/// <remarks>Zero is no key: it marks a free slot. An account with few events uses few slots, however large an earlier one made the table.</remarks>
internal sealed class KeySet
{
    private ulong[] _keys = new ulong[256];
    private int _mask = 255;
    private int _count;

    /// <summary>Empties the set and makes room for <paramref name="expected"/> keys.</summary>
    public void Reset(int expected)
    {
        int size = 64;
        while (expected * 2L > size) size *= 2;
        if (size > _keys.Length) _keys = new ulong[size];
        else _keys.AsSpan(0, size).Clear();
        _mask = size - 1;
        _count = 0;
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
    public bool IsTaken(int slot) => _keys[slot] != 0;

    /// <summary>Adds a key at its free slot, so that a look and an addition cost one search.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(int slot, ulong key)
    {
        if (++_count * 2L > _mask + 1L) throw new InvalidOperationException("more keys than the set was reset for");
        _keys[slot] = key;
    }

    /// <summary>The slot that holds the key, or the free one where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int SlotOf(ulong key)
    {
        ulong[] keys = _keys;
        int mask = _mask;
        int slot = (int)(unchecked(key * 0x9e3779b97f4a7c15) >> 33) & mask;
        while (keys[slot] != 0 && keys[slot] != key) slot = (slot + 1) & mask;
        return slot;
    }
}
