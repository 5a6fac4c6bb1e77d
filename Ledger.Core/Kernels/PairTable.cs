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
    private Pair[] _pairs = new Pair[64];
    private int _count;

    /// <summary>The pairs met since <see cref="Reset"/>.</summary>
    public ReadOnlySpan<Pair> Met => _pairs.AsSpan(0, _count);

    /// <summary>Forgets every owner.</summary>
    public void Reset() => _count = 0;

    /// <summary>The entry of an owner, made when it is new. Valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Pair Of(int owner)
    {
        Pair[] pairs = _pairs;
        uint entry = (uint)_entryOf[owner];
        if (entry < (uint)_count && entry < (uint)pairs.Length && pairs[entry].Owner == owner) return ref pairs[entry];
        return ref Append(owner);
    }

    private ref Pair Append(int owner)
    {
        if (_count == _pairs.Length) Array.Resize(ref _pairs, _count * 2);
        _entryOf[owner] = _count;
        ref Pair pair = ref _pairs[_count++];
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
