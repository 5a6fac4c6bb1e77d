using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ledger.Core.Kernels;

/// <summary>A set of 64-bit keys for one account after another: open addressing, linear probing, at most half full.</summary>
/// <remarks>Zero is no key: it marks a free slot. An account with few keys uses few slots, however large an earlier one made the table.</remarks>
internal sealed class KeySet
{
    private const int FewSlots = 64;

    private ulong[] _keys = new ulong[FewSlots];
    private int _mask = FewSlots - 1;
    private int _count;

    /// <summary>Empties the set.</summary>
    public void Reset()
    {
        _mask = FewSlots - 1;
        _keys.AsSpan(0, FewSlots).Clear();
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

    /// <summary>Adds a key at its free slot, so that a look and an addition cost one search. Slots found before are not to be used after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(int slot, ulong key)
    {
        _keys[slot] = key;
        if (++_count * 2 > _mask) Grow();
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        int held = _mask + 1;
        ulong[] keys = ArrayPool<ulong>.Shared.Rent(held);
        _keys.AsSpan(0, held).CopyTo(keys);
        if (held * 2 > _keys.Length) _keys = new ulong[held * 2];
        else _keys.AsSpan(0, held * 2).Clear();
        _mask = (held * 2) - 1;
        foreach (ulong key in keys.AsSpan(0, held))
        {
            if (key != 0) _keys[SlotOf(key)] = key;
        }

        ArrayPool<ulong>.Shared.Return(keys);
    }
}
