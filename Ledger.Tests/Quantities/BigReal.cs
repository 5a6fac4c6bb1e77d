using System.Numerics;

namespace Ledger.Tests.Quantities;

/// <summary>
/// The oracle for logarithms and powers: fixed point over unbounded integers with 320 fractional bits, from series that share
/// nothing with the product's method. Its own error stays below 2^-280 for the arguments used here.
/// </summary>
internal static class BigReal
{
    internal const int Bits = 320;

    internal static readonly BigInteger One = BigInteger.One << Bits;

    private static readonly BigInteger Ln2 = 2 * Atanh(One / 3);

    internal static BigInteger Ratio(BigInteger numerator, BigInteger denominator) => (numerator << Bits) / denominator;

    internal static BigInteger Times(BigInteger a, BigInteger b) => (a * b) >> Bits;

    internal static BigInteger Ln(BigInteger numerator, BigInteger denominator)
    {
        // numerator/denominator = 2^k · m, m near 1; ln m = 2 atanh((m − 1)/(m + 1)).
        var k = (int)(numerator.GetBitLength() - denominator.GetBitLength());
        if (k >= 0) denominator <<= k;
        else numerator <<= -k;
        return (k * Ln2) + (2 * Atanh(Ratio(numerator - denominator, numerator + denominator)));
    }

    internal static BigInteger Log2(BigInteger numerator, BigInteger denominator) => (Ln(numerator, denominator) << Bits) / Ln2;

    internal static BigInteger Exp2(BigInteger exponent) => Exp(Times(exponent, Ln2));

    internal static BigInteger Exp(BigInteger exponent)
    {
        // e^x = (e^(x/2^16))^(2^16) would lose bits by squaring; halve by ln 2 instead: e^x = 2^k · e^r, 0 ≤ r < ln 2.
        var k = (int)FloorDiv(exponent, Ln2);
        var r = exponent - (k * Ln2);
        BigInteger sum = 0, term = One;
        for (var n = 1; !term.IsZero; n++)
        {
            sum += term;
            term = Times(term, r) / n;
        }

        return k >= 0 ? sum << k : sum >> -k;
    }

    internal static BigInteger FloorDiv(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    private static BigInteger Atanh(BigInteger z)
    {
        var square = Times(z, z);
        BigInteger sum = 0, power = z;
        for (var n = 1; BigInteger.Abs(power) > 1; n += 2)
        {
            sum += power / n;
            power = Times(power, square);
        }

        return sum;
    }
}
