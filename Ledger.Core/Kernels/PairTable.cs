using System.Runtime.CompilerServices;
namespace Ledger.Core.Kernels;

/// <summary>What one account did to each owner: raw points, raw points in the team's space, and by which kinds.</summary>
/// <remarks>Emptied in constant time like <see cref="KeySet"/>; entries keep the order of first use.</remarks>
internal sealed class PairTable
{
    private int[] _slots = new int[64];
    private int[] _stamps = new int[64];
    private int _mask = 63;
    private int _stamp = 1;

    /// <summary>Owners met.</summary>
    public int Count { get; private set; }

    public int[] Owner { get; private set; } = new int[32];

    public long[] RawMicro { get; private set; } = new long[32];

    public long[] TeamRawMicro { get; private set; } = new long[32];

    public byte[] Kinds { get; private set; } = new byte[32];

    /// <summary>Forgets every owner and makes room for as many as there are events, up to a few hundred.</summary>
    public void Reset(int events)
    {
        Count = 0;
        int slots = 64;
        while (slots < events * 2L && slots < _slots.Length) slots *= 2;
        _mask = slots - 1;
        if (_stamp == int.MaxValue)
        {
            Array.Clear(_stamps);
            _stamp = 0;
        }

        _stamp++;
    }

    /// <summary>The entry of an owner, made when it is new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Entry(int owner)
    {
        int mask = _mask;
        int slot = Mix(owner) & mask;
        while (_stamps[slot] == _stamp)
        {
            if (Owner[_slots[slot]] == owner) return _slots[slot];
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
        _slots[slot] = entry;
        _stamps[slot] = _stamp;
        return entry;
    }

    private static int Mix(int owner) => (int)(unchecked((uint)owner * 0x9e3779b9u) >> 4);

    private void Grow()
    {
        _mask = checked((_mask * 2) + 1);
        if (_mask >= _slots.Length)
        {
            _slots = new int[_mask + 1];
            _stamps = new int[_mask + 1];
            (int[] owner, long[] raw, long[] team, byte[] kinds) = (Owner, RawMicro, TeamRawMicro, Kinds);
            Array.Resize(ref owner, _slots.Length / 2);
            Array.Resize(ref raw, _slots.Length / 2);
            Array.Resize(ref team, _slots.Length / 2);
            Array.Resize(ref kinds, _slots.Length / 2);
            (Owner, RawMicro, TeamRawMicro, Kinds) = (owner, raw, team, kinds);
        }
        else
        {
            Array.Clear(_stamps, 0, _mask + 1);
        }

        for (int entry = 0; entry < Count; entry++)
        {
            int slot = Mix(Owner[entry]) & _mask;
            while (_stamps[slot] == _stamp) slot = (slot + 1) & _mask;
            _slots[slot] = entry;
            _stamps[slot] = _stamp;
        }
    }
}
