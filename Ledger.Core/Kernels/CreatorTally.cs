using System.Runtime.CompilerServices;

namespace Ledger.Core.Kernels;

/// <summary>What creators made and received, as far as one shard saw it; shards' tallies add up.</summary>
/// <remarks>
/// Counterparties arrive in no order over all creators, so what they touch is kept small: one slot that holds creator and row, and one
/// packed word of five 12-bit counts, unpacked before an account more could overflow it.
/// </remarks>
internal sealed class CreatorTally
{
    public const int Columns = 9;
    public const int Posts = 0;
    public const int BroadcastMinutes = 1;
    public const int OwnReplies = 2;
    public const int NetFollowers = 3;

    /// <summary>Distinct counterparties from here on.</summary>
    public const int Viewers = 4;
    public const int Likers = 5;
    public const int Commenters = 6;
    public const int Tippers = 7;
    public const int Sharers = 8;

    private const int PackedColumns = 5;
    private const int PackedBits = 12;
    private const int AccountsPerPackMax = (1 << PackedBits) - 1;
    private const int CapacityFirst = 1024;
    private const long Free = -1;

    // One added to the field of every kind in the index's bits.
    private static readonly ulong[] One = [.. Enumerable.Range(0, 1 << PackedColumns).Select(Spread)];

    // Creator in the high half, row in the low half.
    private long[] _slots = NewSlots(2 * CapacityFirst);
    private ulong[] _packed = new ulong[CapacityFirst];
    private int[] _counts = new int[CapacityFirst * Columns];
    private int _accountsPacked;

    /// <summary>Creators met.</summary>
    public int Count { get; private set; }

    public int[] Creator { get; private set; } = new int[CapacityFirst];

    /// <summary>Posts by creator and category.</summary>
    public Dictionary<(int Creator, int Category), uint> CategoryPosts { get; } = [];

    /// <summary>One of a row's counts.</summary>
    public int this[int row, int column]
    {
        get
        {
            Unpack();
            return _counts[(row * Columns) + column];
        }
    }

    /// <summary>Adds to one of a creator's counts.</summary>
    public void Add(int creator, int column, int amount)
    {
        int row = Row(creator); // first: a new creator may replace the array
        _counts[(row * Columns) + column] += amount;
    }

    /// <summary>Announces the next account, whose counterparties count each creator once.</summary>
    public void BeginAccount()
    {
        if (_accountsPacked == AccountsPerPackMax) Unpack();
        _accountsPacked++;
    }

    /// <summary>Counts the account as a counterparty of a creator, in every kind given as bits in the order of the columns from <see cref="Viewers"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddCounterparty(int creator, int kinds)
    {
        int row = Row(creator);
        _packed[row] += One[kinds];
    }

    /// <summary>Adds another shard's tally.</summary>
    public void Add(CreatorTally other)
    {
        other.Unpack();
        for (int i = 0; i < other.Count; i++)
        {
            int row = Row(other.Creator[i]) * Columns;
            for (int column = 0; column < Columns; column++) _counts[row + column] += other._counts[(i * Columns) + column];
        }

        foreach (((int Creator, int Category) key, uint posts) in other.CategoryPosts)
            CategoryPosts[key] = CategoryPosts.GetValueOrDefault(key) + posts;
    }

    /// <summary>The row of a creator, made when it is new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Row(int creator)
    {
        long[] slots = _slots;
        int mask = slots.Length - 1;
        int slot = Start(creator) & mask;
        while (slots[slot] != Free)
        {
            if ((int)(slots[slot] >> 32) == creator) return unchecked((int)slots[slot]);
            slot = (slot + 1) & mask;
        }

        return Append(creator, slot);
    }

    private static int Start(int creator) => (int)(unchecked((uint)creator * 0x9e3779b9u) >> 4);

    private static long Entry(int creator, int row) => ((long)creator << 32) | (long)(uint)row;

    private static ulong Spread(int kinds)
    {
        ulong one = 0;
        for (int field = 0; field < PackedColumns; field++) one |= (ulong)((kinds >> field) & 1) << (field * PackedBits);
        return one;
    }

    private static long[] NewSlots(int size)
    {
        long[] slots = new long[size];
        Array.Fill(slots, Free);
        return slots;
    }

    private int Append(int creator, int slot)
    {
        if (Count == Creator.Length)
        {
            Grow();
            return Row(creator);
        }

        Creator[Count] = creator;
        _slots[slot] = Entry(creator, Count);
        return Count++;
    }

    private void Grow()
    {
        int[] creators = Creator;
        Array.Resize(ref creators, Count * 2);
        Creator = creators;
        Array.Resize(ref _packed, Count * 2);
        Array.Resize(ref _counts, Count * 2 * Columns);
        _slots = NewSlots(Count * 4);
        int mask = _slots.Length - 1;
        for (int row = 0; row < Count; row++)
        {
            int slot = Start(creators[row]) & mask;
            while (_slots[slot] != Free) slot = (slot + 1) & mask;
            _slots[slot] = Entry(creators[row], row);
        }
    }

    private void Unpack()
    {
        if (_accountsPacked == 0) return;
        _accountsPacked = 0;
        for (int row = 0; row < Count; row++)
        {
            ulong packed = _packed[row];
            if (packed == 0) continue;
            for (int field = 0; field < PackedColumns; field++)
                _counts[(row * Columns) + Viewers + field] += (int)((packed >> (field * PackedBits)) & AccountsPerPackMax);
            _packed[row] = 0;
        }
    }
}
