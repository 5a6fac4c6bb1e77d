using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ledger.Core.Kernels;

/// <summary>Distinct accounts that acted on each creator, by kind, while one shard is judged.</summary>
/// <remarks>
/// Counterparties arrive in no order over all creators, so what they touch is kept small: one packed word of six 10-bit counts per owner,
/// found by its dense number and handed over before an account more could overflow it. The table belongs to a judge and is empty between shards.
/// </remarks>
/// <param name="slots">One per owner, shared with the <see cref="PairTable"/> of the same judge: both are looked at for each event.</param>
internal sealed class CreatorTally(OwnerSlot[] slots)
{
    public const int Viewers = 0;
    public const int Likers = 1;
    public const int Commenters = 2;
    public const int Tippers = 3;
    public const int Sharers = 4;
    public const int Followers = 5;

    /// <summary>Counts per owner.</summary>
    public const int Columns = 6;

    private const int Bits = 10;
    private const int AccountsMax = (1 << Bits) - 1;

    // Each owner stands here once; one more is written, and not counted, for an owner met before.
    private readonly int[] _met = GC.AllocateUninitializedArray<int>(slots.Length + 1);
    private int _metCount;
    private int _accounts;

    /// <summary>Announces the next account, whose counterparties count each creator once.</summary>
    public void BeginAccount(ShardTotals totals)
    {
        if (_accounts == AccountsMax) MoveTo(totals);
        _accounts++;
    }

    /// <summary>Counts the account as a counterparty of an owner, in the kinds that it was none in before.</summary>
    /// <param name="slot">The owner's.</param>
    /// <param name="owner">Its dense number.</param>
    /// <param name="one"><see cref="One"/> of the kinds, zero where there are none.</param>
    /// <remarks>No branch: whether the shard has met the owner is as good as random.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ref OwnerSlot slot, int owner, ulong one)
    {
        unchecked
        {
            Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_met), _metCount) = owner;
            _metCount += IsFirst(slot, one);
            slot.Received += one;
        }
    }

    /// <summary>One when a count makes the owner one that the shard has met, otherwise zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IsFirst(in OwnerSlot slot, ulong one) => (slot.Received == 0 ? 1 : 0) & (one != 0 ? 1 : 0);

    /// <summary>Where the next owner that the shard meets is to be written, and those after it, for whoever counts many at once.</summary>
    public ref int NextMet => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_met), _metCount);

    /// <summary>Tells how many owners were written there.</summary>
    public void Took(int owners) => _metCount += owners;

    /// <summary>Hands everything over and is empty again.</summary>
    public void MoveTo(ShardTotals totals)
    {
        totals.ReserveReceived(_metCount);
        foreach (int owner in _met.AsSpan(0, _metCount))
        {
            ref ulong packed = ref slots[owner].Received;
            totals.AddReceived(owner, packed);
            packed = 0;
        }

        _metCount = 0;
        _accounts = 0;
    }

    /// <summary>One count of a packed word.</summary>
    public static uint Unpack(ulong packed, int column) => unchecked((uint)(packed >> (column * Bits))) & AccountsMax;

    /// <summary>One in the field of every kind given as bits in the order of the columns.</summary>
    public static ulong One(int kinds)
    {
        ulong one = 0;
        for (int field = 0; field < Columns; field++) one |= (ulong)((kinds >> field) & 1) << (field * Bits);
        return one;
    }
}

/// <summary>What a judge keeps of each owner, together in one cache line.</summary>
internal struct OwnerSlot
{
    /// <summary>The number of its pair with the account being judged, or with an earlier one. See <see cref="PairTable"/>.</summary>
    public long Pair;

    /// <summary>Counterparties by kind in the shard so far. See <see cref="CreatorTally"/>.</summary>
    public ulong Received;
}
