using System.Runtime.CompilerServices;

namespace Ledger.Core.Kernels;

/// <summary>What one account did to each owner: raw points, raw points in the team's space, and by which kinds.</summary>
/// <remarks>
/// A sparse set over the owners' dense numbers: an owner's slot is believed only when the entry it points to names the owner, so forgetting
/// everything costs nothing and a look is two loads without a search. Entries keep the order of first use.
/// </remarks>
internal sealed class PairTable(int owners)
{
    private readonly int[] _entryOf = new int[owners];
    private Pair[] _pairs = new Pair[64]; // a power of two
    private int _count;

    /// <summary>The pairs met since <see cref="Reset"/>.</summary>
    public ReadOnlySpan<Pair> Met => _pairs.AsSpan(0, _count);

    /// <summary>Forgets every owner.</summary>
    public void Reset() => _count = 0;

    /// <summary>The entry of an owner, made when it is new. Valid until the next call.</summary>
    /// <remarks>
    /// An owner that is new points anywhere: one question, whether an entry of this account names it, is answered the same way nearly every
    /// time, while whether the entry is of this account at all would be a coin tossed. Hence no short circuit.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Pair Of(int owner)
    {
        Pair[] pairs = _pairs;
        int entry = _entryOf[owner];
        ref Pair pair = ref pairs[entry & (pairs.Length - 1)];
        if (pair.Owner == owner & entry < _count) return ref pair;
        if (_count == pairs.Length) pairs = Grow();
        entry = _count++;
        _entryOf[owner] = entry;
        pair = ref pairs[entry];
        pair = new Pair { Owner = owner };
        return ref pair;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Pair[] Grow()
    {
        Array.Resize(ref _pairs, _count * 2);
        return _pairs;
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
