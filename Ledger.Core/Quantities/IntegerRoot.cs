using System.Numerics;

namespace Ledger.Core.Quantities;

/// <summary>Exact integer square roots, rounded down. Integers only: a root never passes through floating point.</summary>
public static class IntegerRoot
{
    /// <summary>floor(√n).</summary>
    public static ulong Isqrt(ulong n)
    {
        if (n < 2) return n;
        // Newton from a power of two above the root descends strictly until it reaches the floor.
        var x = 1UL << ((BitOperations.Log2(n) / 2) + 1);
        while (true)
        {
            var next = (x + (n / x)) >> 1;
            if (next >= x) return x;
            x = next;
        }
    }

    /// <summary>
    /// floor(√n): the root of the upper half by <see cref="Isqrt(ulong)"/>, then one division for the lower half and a correction
    /// (P. Zimmermann, "Karatsuba square root", INRIA RR-3805, 1999).
    /// </summary>
    public static ulong Isqrt(UInt128 n)
    {
        if (n <= ulong.MaxValue) return Isqrt((ulong)n);
        // An even shift, so that the root of the shifted number is the root shifted by half of it.
        var shift = (int)UInt128.LeadingZeroCount(n) & ~1;
        var m = n << shift;
        var upper = (ulong)(m >> 64);
        var rootHi = Isqrt(upper);
        var restHi = upper - (rootHi * rootHi);
        var middle = ((UInt128)restHi << 32) | ((m >> 32) & uint.MaxValue);
        var (quotient, rest) = UInt128.DivRem(middle, 2 * rootHi);
        var root = ((UInt128)rootHi << 32) + quotient;
        var remainder = (rest << 32) | (m & uint.MaxValue);
        if (remainder < quotient * quotient) root--;
        return (ulong)(root >> (shift / 2));
    }
}
