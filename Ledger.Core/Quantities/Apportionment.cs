namespace Ledger.Core.Quantities;

/// <summary>Divides a pool among weights by the largest remainder (Hamilton's method): the parts sum to the pool, to the base unit.</summary>
public static class Apportionment
{
    /// <summary>
    /// Each part is floor(pool · weight / total weight); the units that the floors leave go one each to the largest remainders,
    /// ties to the lowest index. The caller's order is therefore the tie order: sort by account id bytes first.
    /// A weight of zero gets nothing. Exact 256-bit arithmetic; O(n log n) at worst.
    /// </summary>
    /// <param name="pool">What is divided, 0 .. 2^128 − 1.</param>
    /// <param name="weights">Any values whose sum is at most 2^128 − 1.</param>
    /// <param name="parts">Receives one part per weight; must have the same length.</param>
    /// <returns>What could not be divided: zero, or the whole pool when every weight is zero. Parts + this = pool, always.</returns>
    /// <exception cref="OverflowException">The weights sum to 2^128 or more.</exception>
    public static UInt128 LargestRemainder(UInt128 pool, ReadOnlySpan<UInt128> weights, Span<UInt128> parts)
    {
        if (parts.Length != weights.Length) throw new ArgumentException("One part per weight is needed.", nameof(parts));
        UInt128 total = 0;
        foreach (var weight in weights) total = checked(total + weight);
        if (total == 0)
        {
            parts.Clear();
            return pool;
        }

        var divisor = new Divisor128(total);
        var remainders = new UInt128[weights.Length];
        var leftover = pool;
        for (var i = 0; i < weights.Length; i++)
        {
            parts[i] = divisor.DivRem(UInt256.Multiply(pool, weights[i]), out remainders[i]);
            leftover -= parts[i];
        }

        if (leftover != 0) HandOut((int)leftover, remainders, parts);
        return 0;
    }

    /// <summary>
    /// Every remainder is below the total and they sum to leftover · total, so more than <paramref name="leftover"/> of them are positive:
    /// the threshold is above zero and nobody without weight is reached.
    /// </summary>
    private static void HandOut(int leftover, UInt128[] remainders, Span<UInt128> parts)
    {
        var sorted = (UInt128[])remainders.Clone();
        Array.Sort(sorted);
        var threshold = sorted[^leftover];
        var above = sorted.Length - FirstAbove(sorted, threshold);
        var ties = leftover - above;
        for (var i = 0; i < remainders.Length; i++)
        {
            if (remainders[i] > threshold || (remainders[i] == threshold && ties-- > 0)) parts[i]++;
        }
    }

    private static int FirstAbove(UInt128[] sorted, UInt128 threshold)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sorted[middle] > threshold) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
