namespace Ledger.Projections.DayWindows;

/// <summary>Some of a window's parts: part p of n has the accounts whose ordinal leaves p when divided by n, and so the shards whose number does.</summary>
/// <param name="Count">How many parts a window has: a power of two, at most 64 and at most its shards.</param>
/// <param name="Bits">The parts that are meant, a bit each.</param>
public readonly record struct WindowParts(int Count, ulong Bits)
{
    /// <summary>The whole window, as one part.</summary>
    public static WindowParts Whole => new(1, 1);

    /// <summary>Parts by their numbers.</summary>
    public static WindowParts Of(int count, IEnumerable<int> parts) => new(count, parts.Aggregate(0ul, (bits, part) => bits | (1ul << part)));

    /// <summary>Whether no part is meant.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>The parts by number.</summary>
    public IEnumerable<int> Numbers
    {
        get
        {
            WindowParts parts = this;
            return Enumerable.Range(0, Count).Where(part => parts.Has(part));
        }
    }

    /// <summary>Whether a part is meant.</summary>
    public bool Has(int part) => ((Bits >> part) & 1) == 1;

    /// <summary>Those of this and another choice of the same window's parts.</summary>
    public WindowParts And(WindowParts other) => this with { Bits = Bits & other.Bits };

    /// <summary>Those of this choice that another does not mean.</summary>
    public WindowParts Without(WindowParts other) => this with { Bits = Bits & ~other.Bits };

    /// <summary>The part that a shard of the window is in.</summary>
    public int PartOf(int shard) => shard % Count;

    /// <summary>The shards of the parts, of so many that the window has.</summary>
    public int[] Shards(int shards)
    {
        if (shards % Count != 0) throw new ArgumentOutOfRangeException(nameof(shards), $"{shards} shards are not shared by {Count} parts");
        WindowParts parts = this;
        return [.. Enumerable.Range(0, shards).Where(shard => parts.Has(parts.PartOf(shard)))];
    }
}
