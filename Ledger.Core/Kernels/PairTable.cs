using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ledger.Core.Kernels;

/// <summary>What one account did to each owner: raw points, raw points in the team's space, and by which kinds.</summary>
/// <remarks>
/// A sparse set over the owners' dense numbers: an owner's slot tells the number of its pair, and pairs are numbered on from account to
/// account, so one of an earlier account is known by its number alone, forgetting everything costs nothing and a look touches the slot
/// and no more. Pairs keep the order of first use.
/// </remarks>
internal sealed class PairTable
{
    private Pair[] _pairs = new Pair[64];
    private long _first = 1; // no slot of a new judge points there
    private int _count;

    /// <summary>The pairs met since <see cref="Reset"/>.</summary>
    public ReadOnlySpan<Pair> Met => _pairs.AsSpan(0, _count);

    /// <summary>Forgets every owner and makes room for as many as there are events.</summary>
    public void Reset(int events)
    {
        if (_pairs.Length < events) _pairs = new Pair[BitOperations.RoundUpToPowerOf2((uint)events)];
        _first += _count;
        _count = 0;
    }

    /// <summary>Adds a counted event to the pair of an owner, which is made when it is new. At most one is new per event.</summary>
    /// <param name="slot">The owner's.</param>
    /// <param name="owner">Its dense number.</param>
    /// <param name="kind">The event's.</param>
    /// <returns>The kinds by which the account acted on the owner before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ref OwnerSlot slot, int owner, in KindState kind)
    {
        unchecked
        {
            ref Pair pairs = ref MemoryMarshal.GetArrayDataReference(_pairs);
            long index = slot.Pair - _first;
            if (index < 0)
            {
                slot.Pair = _first + _count;
                Unsafe.Add(ref pairs, _count++) = new Pair { Owner = owner, Kinds = kind.PairBit, RawMicro = kind.WeightMicro };
                return 0;
            }

            ref Pair pair = ref Unsafe.Add(ref pairs, (nint)index);
            int before = pair.Kinds;
            pair.Kinds = before | kind.PairBit;
            pair.RawMicro += kind.WeightMicro;
            return before;
        }
    }

    /// <summary>Adds the events of a block that counted, and counts the account as a counterparty of their owners.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddAll(ulong counted, PlainBlock block, KindState[] kinds, OwnerSlot[] slots, CreatorTally tally)
    {
        // Counts in registers: in a field each would wait for the one before. A card is one of the window's, whose owner has a slot.
        ref uint cards = ref MemoryMarshal.GetArrayDataReference(block.Cards);
        ref uint keys = ref MemoryMarshal.GetArrayDataReference(block.Keys);
        ref KindState kind = ref MemoryMarshal.GetArrayDataReference(kinds);
        ref OwnerSlot slot = ref MemoryMarshal.GetArrayDataReference(slots);
        ref Pair pairs = ref MemoryMarshal.GetArrayDataReference(_pairs);
        ref int met = ref tally.NextMet;
        (long first, nint count, nint newlyMet) = (_first, _count, 0);
        unchecked
        {
            for (; counted != 0; counted &= counted - 1)
            {
                nint i = BitOperations.TrailingZeroCount(counted);
                int owner = SubjectTable.OwnerOf(Unsafe.Add(ref cards, i));
                ref KindState state = ref Unsafe.Add(ref kind, (nint)(Unsafe.Add(ref keys, i) >> PlainBlock.TargetBits));
                ref OwnerSlot given = ref Unsafe.Add(ref slot, (nint)owner);
                nint index = (nint)(given.Pair - first);
                ulong one = state.One;
                if (index < 0)
                {
                    given.Pair = first + count;
                    Unsafe.Add(ref pairs, count) = new Pair { Owner = owner, Kinds = state.PairBit, RawMicro = state.WeightMicro };
                    count++;
                }
                else
                {
                    ref Pair pair = ref Unsafe.Add(ref pairs, index);
                    one = state.NewTo(pair.Kinds);
                    pair.Kinds |= state.PairBit;
                    pair.RawMicro += state.WeightMicro;
                }

                Unsafe.Add(ref met, newlyMet) = owner;
                newlyMet += CreatorTally.IsFirst(given, one);
                given.Received += one;
            }
        }

        _count = (int)count;
        tally.Took((int)newlyMet);
    }

    /// <summary>Notes that what was added last, or before, to the pair of an owner was done in the team's space.</summary>
    public void AddTeam(in OwnerSlot slot, long weightMicro) => _pairs[slot.Pair - _first].TeamRawMicro += weightMicro;

    /// <summary>Points of all pairs after damping, and those in the team's space, µpoints.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (long Points, long TeamPoints) Damped(long kneeMicro)
    {
        long knee = kneeMicro == 0 ? long.MaxValue : kneeMicro;
        (long points, long teamPoints) = (0, 0);
        int over = 0;
        foreach (ref readonly Pair pair in Met)
        {
            points += pair.RawMicro;
            teamPoints += pair.TeamRawMicro;
            over |= pair.RawMicro > knee ? 1 : 0;
        }

        // Most accounts have no pair beyond the knee, and the team's part of a pair is never more than the whole.
        return over == 0 ? (points, teamPoints) : DampedOneByOne(kneeMicro);
    }

    private (long Points, long TeamPoints) DampedOneByOne(long kneeMicro)
    {
        (long points, long teamPoints) = (0, 0);
        foreach (ref readonly Pair pair in Met)
        {
            points += PairDamping.Damp(pair.RawMicro, kneeMicro);
            teamPoints += PairDamping.Damp(pair.TeamRawMicro, kneeMicro);
        }

        return (points, teamPoints);
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
