using System.Numerics;
using FsCheck.Xunit;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Quantities;

/// <summary>Guarantee: the parts of a pool sum to it, and leftover units go to the largest remainders, ties to the lowest index.</summary>
[Properties(Arbitrary = [typeof(WideIntegers)], MaxTest = 1000)]
public class ApportionmentTests
{
    [Property]
    public void Parts_and_undivided_rest_sum_to_the_pool(UInt128 pool, UInt128[] weights)
    {
        var scaled = Scaled(weights);
        var parts = new UInt128[scaled.Length];
        var rest = Apportionment.LargestRemainder(pool, scaled, parts);
        Assert.Equal((BigInteger)pool, parts.Aggregate((BigInteger)rest, (sum, part) => sum + part));
    }

    [Property]
    public void Parts_equal_the_unbounded_oracle(UInt128 pool, UInt128[] weights)
    {
        var scaled = Scaled(weights);
        var parts = new UInt128[scaled.Length];
        Apportionment.LargestRemainder(pool, scaled, parts);
        Assert.Equal(Oracle(pool, scaled), parts);
    }

    [Property]
    public void Remainder_goes_to_largest_fraction_then_lowest_index(byte pool, byte[] weights)
    {
        // Small numbers: equal fractions are common here and rare among wide ones.
        var small = weights.Select(w => (UInt128)(w % 5)).ToArray();
        var parts = new UInt128[small.Length];
        Apportionment.LargestRemainder(pool, small, parts);
        Assert.Equal(Oracle(pool, small), parts);
    }

    [Property]
    public void Zero_weight_gets_nothing(UInt128 pool, UInt128[] weights)
    {
        var scaled = Scaled([.. weights, 0]);
        var parts = new UInt128[scaled.Length];
        Apportionment.LargestRemainder(pool, scaled, parts);
        Assert.All(scaled.Zip(parts), pair => Assert.True(pair.First != 0 || pair.Second == 0));
    }

    [Fact]
    public void Zero_total_weight_returns_the_whole_pool_undivided()
    {
        UInt128[] parts = [7, 7, 7];
        Assert.Equal((UInt128)100, Apportionment.LargestRemainder(100, new UInt128[3], parts));
        Assert.Equal(new UInt128[3], parts);
    }

    [Fact]
    public void Nobody_to_pay_returns_the_whole_pool_undivided()
        => Assert.Equal((UInt128)100, Apportionment.LargestRemainder(100, [], []));

    [Fact]
    public void A_thirds_tie_pays_the_lowest_indices()
    {
        var parts = new UInt128[3];
        Apportionment.LargestRemainder(5, [1, 1, 1], parts);
        Assert.Equal([2, 2, 1], parts);
    }

    [Fact]
    public void Weights_that_sum_above_128_bits_are_an_overflow()
        => Assert.Throws<OverflowException>(() => Apportionment.LargestRemainder(1, [UInt128.MaxValue, 1], new UInt128[2]));

    [Fact]
    public void A_missing_part_is_refused()
        => Assert.Throws<ArgumentException>(() => Apportionment.LargestRemainder(1, [1, 1], new UInt128[1]));

    [Fact]
    public void A_million_weights_are_divided_to_the_base_unit()
    {
        var weights = new UInt128[1_000_000];
        var state = 0x9E3779B97F4A7C15UL;
        for (var i = 0; i < weights.Length; i++)
        {
            state = unchecked((state * 6364136223846793005) + 1442695040888963407);
            weights[i] = state >> 20;
        }

        var pool = TokenAmount.Supply.BaseUnits / 7;
        var parts = new UInt128[weights.Length];
        Assert.Equal(UInt128.Zero, Apportionment.LargestRemainder(pool, weights, parts));
        Assert.Equal((BigInteger)pool, parts.Aggregate(BigInteger.Zero, (sum, part) => sum + part));
        var total = weights.Aggregate(BigInteger.Zero, (sum, weight) => sum + weight);
        Assert.All(
            Enumerable.Range(0, 1000).Select(i => i * 997),
            i => Assert.InRange((BigInteger)parts[i] - ((BigInteger)pool * weights[i] / total), 0, 1));
    }

    /// <summary>Keeps the sum within range without losing the spread of the weights.</summary>
    private static UInt128[] Scaled(UInt128[] weights) => [.. weights.Select(w => w / (UInt128)Math.Max(weights.Length, 1))];

    private static UInt128[] Oracle(UInt128 pool, UInt128[] weights)
    {
        var total = weights.Aggregate(BigInteger.Zero, (sum, weight) => sum + weight);
        if (total.IsZero) return new UInt128[weights.Length];
        var parts = weights.Select(w => (BigInteger)pool * w / total).ToArray();
        var left = (int)((BigInteger)pool - parts.Aggregate(BigInteger.Zero, (sum, part) => sum + part));
        foreach (var i in Enumerable.Range(0, weights.Length).OrderByDescending(i => (BigInteger)pool * weights[i] % total).ThenBy(i => i).Take(left))
            parts[i]++;
        return [.. parts.Select(part => (UInt128)part)];
    }
}
