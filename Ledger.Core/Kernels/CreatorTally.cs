using System.Runtime.CompilerServices;
namespace Ledger.Core.Kernels;

/// <summary>What creators made and received, as far as one shard saw it; shards' tallies add up.</summary>
internal sealed class CreatorTally
{
    private int[] _slots = NewSlots(256);

    /// <summary>Creators met.</summary>
    public int Count { get; private set; }

    public int[] Creator { get; private set; } = new int[128];

    /// <summary>Counts, <see cref="Columns"/> to a creator.</summary>
    public int[] Counts { get; private set; } = new int[128 * Columns];

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

    /// <summary>Posts by creator and category.</summary>
    public Dictionary<(int Creator, int Category), uint> CategoryPosts { get; } = [];

    /// <summary>Adds to one of a creator's counts.</summary>
    public void Add(int creator, int column, int amount)
    {
        int row = Row(creator); // first: a new creator may replace the array
        Counts[(row * Columns) + column] += amount;
    }

    /// <summary>Counts one counterparty of a creator in every kind it acted by, given as bits in the order of the columns from <see cref="Viewers"/> on.</summary>
    public void AddCounterparty(int creator, int kinds)
    {
        int row = Row(creator) * Columns;
        Span<int> counts = Counts.AsSpan(row + Viewers, 5);
        counts[0] += kinds & 1;
        counts[1] += (kinds >> 1) & 1;
        counts[2] += (kinds >> 2) & 1;
        counts[3] += (kinds >> 3) & 1;
        counts[4] += (kinds >> 4) & 1;
    }

    /// <summary>Adds another shard's tally.</summary>
    public void Add(CreatorTally other)
    {
        for (int i = 0; i < other.Count; i++)
        {
            int row = Row(other.Creator[i]) * Columns;
            for (int column = 0; column < Columns; column++) Counts[row + column] += other.Counts[(i * Columns) + column];
        }

        foreach (((int Creator, int Category) key, uint posts) in other.CategoryPosts)
            CategoryPosts[key] = CategoryPosts.GetValueOrDefault(key) + posts;
    }

    /// <summary>The row of a creator, made when it is new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Row(int creator)
    {
        int slot = Find(creator);
        if (_slots[slot] >= 0) return _slots[slot];
        if (Count == Creator.Length)
        {
            int[] creators = Creator;
            int[] counts = Counts;
            Array.Resize(ref creators, Count * 2);
            Array.Resize(ref counts, Count * 2 * Columns);
            (Creator, Counts) = (creators, counts);
            _slots = NewSlots(Count * 4);
            for (int i = 0; i < Count; i++) _slots[Find(creators[i])] = i;
            slot = Find(creator);
        }

        Creator[Count] = creator;
        _slots[slot] = Count;
        return Count++;
    }

    private int Find(int creator)
    {
        int mask = _slots.Length - 1;
        int slot = (int)(unchecked((uint)creator * 0x9e3779b9u) >> 4) & mask;
        while (_slots[slot] >= 0 && Creator[_slots[slot]] != creator) slot = (slot + 1) & mask;
        return slot;
    }

    private static int[] NewSlots(int size)
    {
        int[] slots = new int[size];
        Array.Fill(slots, -1);
        return slots;
    }
}
