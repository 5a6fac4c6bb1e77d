using FsCheck.Xunit;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Quantities;

/// <summary>The value at a rank is the one that sorting would put there.</summary>
[Properties(Arbitrary = [typeof(WideIntegers)], MaxTest = 300)]
public sealed class SelectionTests
{
    [Property]
    public void Equals_the_sorted(UInt128 seed, ushort count, byte distinct, ushort rank)
    {
        UInt128[] values = new UInt128[1 + (count % 2000)];
        for (int i = 0; i < values.Length; i++) values[i] = unchecked((seed + ((UInt128)i * (UInt128)i)) % ((UInt128)distinct + 1));
        UInt128[] sorted = [.. values.OrderDescending()];
        int at = rank % values.Length;
        Assert.Equal(sorted[at], Selection.Largest([.. values], at + 1));
    }

    [Fact]
    public void Values_that_defeat_every_pivot_are_found_too()
    {
        // Rising to the middle and falling behind it: the first, the middle and the last say little of the rest.
        UInt128[] values = [.. Enumerable.Range(0, 5000).Select(i => (UInt128)Math.Min(i, 5000 - i))];
        UInt128[] sorted = [.. values.OrderDescending()];
        for (int rank = 1; rank <= values.Length; rank += 97) Assert.Equal(sorted[rank - 1], Selection.Largest([.. values], rank));
    }
}
