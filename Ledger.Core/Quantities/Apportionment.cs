using System.Buffers;

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
        var rented = ArrayPool<UInt128>.Shared.Rent(2 * weights.Length);
        var remainders = rented.AsSpan(0, weights.Length);
        var leftover = pool;

        // Weights are often sizes of teams or groups: a run of equal ones is divided once.
        UInt128 last = 0, part = 0, remainder = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] != last)
            {
                last = weights[i];
                part = divisor.DivRem(UInt256.Multiply(pool, last), out remainder);
            }

            (parts[i], remainders[i]) = (part, remainder);
            leftover -= part;
        }

        if (leftover != 0) HandOut((int)leftover, remainders, parts, rented.AsSpan(weights.Length, weights.Length));
        ArrayPool<UInt128>.Shared.Return(rented);
        return 0;
    }

    /// <summary>
    /// Every remainder is below the total and they sum to leftover · total, so more than <paramref name="leftover"/> of them are positive:
    /// the threshold is above zero and nobody without weight is reached.
    /// </summary>
    private static void HandOut(int leftover, ReadOnlySpan<UInt128> remainders, Span<UInt128> parts, Span<UInt128> copy)
    {
        remainders.CopyTo(copy);
        var threshold = Selection.Largest(copy, leftover);
        var ties = leftover;
        foreach (var remainder in remainders)
        {
            if (remainder > threshold) ties--;
        }

        for (var i = 0; i < remainders.Length; i++)
        {
            if (remainders[i] > threshold || (remainders[i] == threshold && ties-- > 0)) parts[i]++;
        }
    }
}
