using System.Runtime.CompilerServices;

namespace Ledger.Core.Kernels;

/// <summary>What one account did to each owner: raw points, raw points in the team's space, and by which kinds.</summary>
/// <remarks>Entries keep the order of first use. Slots hold an entry's number plus one, so that zero is a free slot.</remarks>
internal sealed class PairTable
{
    private int[] _slots = new int[64];
    private int _mask = 63;

    /// <summary>Owners met.</summary>
    public int Count { get; private set; }

    public int[] Owner { get; private set; } = new int[32];

    public long[] RawMicro { get; private set; } = new long[32];

    public long[] TeamRawMicro { get; private set; } = new long[32];

    public byte[] Kinds { get; private set; } = new byte[32];

    /// <summary>Forgets every owner and makes room for as many as there are events, as far as the table has grown.</summary>
    public void Reset(int events)
    {
        Count = 0;
        int size = 64;
        while (size < events * 2L && size < _slots.Length) size *= 2;
        _mask = size - 1;
        _slots.AsSpan(0, size).Clear();
    }

    /// <summary>The entry of an owner, made when it is new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Entry(int owner)
    {
        int[] slots = _slots;
        int mask = _mask;
        int slot = Mix(owner) & mask;
        while (slots[slot] != 0)
        {
            int found = slots[slot] - 1;
            if (Owner[found] == owner) return found;
            slot = (slot + 1) & mask;
        }

        if (Count * 2 > mask)
        {
            Grow();
            return Entry(owner);
        }

        int entry = Count++;
        Owner[entry] = owner;
        RawMicro[entry] = 0;
        TeamRawMicro[entry] = 0;
        Kinds[entry] = 0;
        slots[slot] = Count;
        return entry;
    }

    private static int Mix(int owner) => (int)(unchecked((uint)owner * 0x9e3779b9u) >> 4);

    private void Grow()
    {
        _mask = checked((_mask * 2) + 1);
        if (_mask >= _slots.Length)
        {
            _slots = new int[_mask + 1];
            (int[] owner, long[] raw, long[] team, byte[] kinds) = (Owner, RawMicro, TeamRawMicro, Kinds);
            Array.Resize(ref owner, _slots.Length / 2);
            Array.Resize(ref raw, _slots.Length / 2);
            Array.Resize(ref team, _slots.Length / 2);
            Array.Resize(ref kinds, _slots.Length / 2);
            (Owner, RawMicro, TeamRawMicro, Kinds) = (owner, raw, team, kinds);
        }
        else
        {
            _slots.AsSpan(0, _mask + 1).Clear();
        }

        for (int entry = 0; entry < Count; entry++)
        {
            int slot = Mix(Owner[entry]) & _mask;
            while (_slots[slot] != 0) slot = (slot + 1) & _mask;
            _slots[slot] = entry + 1;
        }
    }
}
