using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ledger.Core.Kernels;

/// <summary>What one account did to each owner: raw points, raw points in the team's space, and by which kinds.</summary>
/// <remarks>
/// A sparse set over the owners' dense numbers: an owner's slot is believed only when the entry it points to names the owner, so forgetting
/// everything costs nothing and a look is two loads without a search. Entries keep the order of first use.
/// </remarks>
internal sealed class PairTable
{
    private Pair[] _pairs = new Pair[64]; // a power of two
    private int _count;

    /// <summary>The pairs met since <see cref="Reset"/>.</summary>
    public ReadOnlySpan<Pair> Met => _pairs.AsSpan(0, _count);

    /// <summary>Forgets every owner and makes room for as many as there are events.</summary>
    public void Reset(int events)
    {
        if (_pairs.Length < events) _pairs = new Pair[BitOperations.RoundUpToPowerOf2((uint)events)];
        _count = 0;
    }

    /// <summary>The entry of an owner, made when it is new. At most one is new per event.</summary>
    /// <param name="slot">The owner's.</param>
    /// <param name="owner">Its dense number.</param>
    /// <remarks>
    /// An owner that is new points anywhere: one question, whether an entry of this account names it, is answered the same way nearly every
    /// time, while whether the entry is of this account at all would be a coin tossed. Hence no short circuit. The mask keeps within the array.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Pair Of(ref OwnerSlot slot, int owner)
    {
        ref Pair pairs = ref MemoryMarshal.GetArrayDataReference(_pairs);
        ref Pair pair = ref Unsafe.Add(ref pairs, slot.Entry & (_pairs.Length - 1));
        if (pair.Owner == owner & slot.Entry < _count) return ref pair;
        slot.Entry = _count;
        pair = ref _pairs[_count++];
        pair = new Pair { Owner = owner };
        return ref pair;
    }

    /// <summary>One owner's entry.</summary>
    internal struct Pair
    {
        /// <summary>The owner's dense number.</summary>
        public int Owner;

        /// <summary>Kinds as bits, in the order of the columns of <see cref="CreatorTally"/>.</summary>
        public int Kinds;

        /// <summary>µpoints before damping.</summary>
        public long RawMicro;

        /// <summary>The part of them in the team's space.</summary>
        public long TeamRawMicro;
    }
}
