namespace Ledger.Core.Quantities;

/// <summary>
/// Logarithms, exponentials and powers in integers: bit-identical everywhere, 96 to 128 fractional bits inside.
/// Every step is a rounded-down monotone function of non-negative integers, so each result is a lower bound of the true value
/// before its final rounding, and each function is monotone in its arguments by construction, without exception.
/// Powers of two are exact.
/// </summary>
public static class FixedMath
{
    /// <summary>floor(ln 2 · 2^128). OEIS A002162; the tests recompute it from a series.</summary>
    internal static readonly UInt128 Ln2 = new(0xB17217F7D1CF79AB, 0xC9E3B39803F2F6AF);

    /// <summary>floor(log2 e · 2^127). OEIS A007525; the tests recompute it from a series.</summary>
    internal static readonly UInt128 Log2E = new(0xB8AA3B295C17F0BB, 0xBE87FED0691D3E88);

    /// <summary>2^-33 is half a step of the result and rounds up to one; everything below 2^-33 rounds to zero.</summary>
    private const int PowerMin = -Q32.FractionBits - 1;

    /// <summary>
    /// log2(numerator / denominator), rounded down. Error: below the true value by less than 2^-95.
    /// One bit of the result per squaring of the mantissa, so no table and no constant is involved.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Numerator or denominator is zero.</exception>
    public static Q96 Log2(UInt128 numerator, UInt128 denominator)
    {
        ArgumentOutOfRangeException.ThrowIfZero(numerator);
        ArgumentOutOfRangeException.ThrowIfZero(denominator);
        var mantissa = Mantissa(numerator, denominator, out var exponent);
        var fraction = Int128.Zero;
        for (var i = 0; i < Q96.FractionBits; i++)
        {
            var square = UInt256.Multiply(mantissa, mantissa).Hi;
            fraction <<= 1;
            if (UInt128.LeadingZeroCount(square) == 0)
            {
                // The square reached 2: this bit is one, and the mantissa is halved by reading it a place lower.
                fraction |= 1;
                mantissa = square;
            }
            else
            {
                mantissa = square << 1;
            }
        }

        return Q96.FromRaw(((Int128)exponent << Q96.FractionBits) + fraction);
    }

    /// <summary>log2(x), rounded down; see <see cref="Log2(UInt128, UInt128)"/>.</summary>
    public static Q96 Log2(Q32 x) => Log2(x.Raw, Q32.One.Raw);

    /// <summary>ln(numerator / denominator). Error: below the true value by less than 2^-95.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Numerator or denominator is zero.</exception>
    public static Q96 Ln(UInt128 numerator, UInt128 denominator)
    {
        var log2 = Log2(numerator, denominator);
        // The constant is rounded down; a negative logarithm needs it rounded up to stay a lower bound.
        return log2.FloorMul(log2.Raw < 0 ? Ln2 + 1 : Ln2, 128);
    }

    /// <summary>2^exponent to the nearest multiple of 2^-32. Error: at most (1/2 + 2^exponent · 2^-87) · 2^-32.</summary>
    /// <exception cref="OverflowException">The result is 2^32 or more.</exception>
    public static Q32 Exp2(Q96 exponent)
    {
        var mantissa = Exp2Mantissa(exponent, out var power);
        if (power >= Q32.FractionBits) throw new OverflowException("quantity-overflow: a power is 2^32 or more; check the base and the exponent.");
        if (power < PowerMin) return Q32.Zero;
        // One bit more than the result keeps, then round half up on that bit.
        var half = mantissa >> (127 - Q32.FractionBits - 1 - power);
        return Q32.FromRaw(checked((ulong)((half + 1) >> 1)));
    }

    /// <summary>e^exponent to the nearest multiple of 2^-32. Error: at most (1/2 + e^exponent · 2^-63) · 2^-32.</summary>
    /// <exception cref="OverflowException">The result is 2^32 or more.</exception>
    public static Q32 Exp(Q96 exponent) => Exp2(exponent.FloorMul(exponent.Raw < 0 ? Log2E + 1 : Log2E, 127));

    /// <summary>
    /// x^power to the nearest multiple of 2^-32; 0^0 is 1. Error: at most (1/2 + x^power · (power + 1) · 2^-63) · 2^-32.
    /// Never falls when x rises.
    /// </summary>
    /// <exception cref="OverflowException">The result is 2^32 or more.</exception>
    public static Q32 Pow(Q32 x, Q32 power)
    {
        if (power == Q32.Zero) return Q32.One;
        if (x == Q32.Zero) return Q32.Zero;
        var log = Log2(x);
        // Looked at before the product is formed, because a tiny base with a huge power leaves the range of exponents.
        var vanishes = log < Q96.Zero && UInt256.Multiply((UInt128)(-log.Raw), power.Raw).Hi >= (UInt128)(-PowerMin + 1);
        return vanishes ? Q32.Zero : Exp2(log.FloorMul(power));
    }

    /// <summary>
    /// floor(quantity · 2^(−age/halfLife)), age and half-life in the same unit. Below the true value by less than 1 + quantity · 2^-95.
    /// Whole half-lives are exact halvings. Never rises with age, never falls with the quantity.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The half-life is zero.</exception>
    public static UInt128 Decay(UInt128 quantity, ulong age, ulong halfLife)
    {
        ArgumentOutOfRangeException.ThrowIfZero(halfLife);
        // After 128 halvings nothing of a 128-bit quantity is left.
        if (age / halfLife >= 128) return 0;
        var halvings = new Divisor128(halfLife).DivRem(UInt256.Multiply(age, UInt128.One << Q96.FractionBits), out var dropped);
        var exponent = Q96.FromRaw(-(Int128)halvings - (dropped != 0 ? 1 : 0));
        var mantissa = Exp2Mantissa(exponent, out var power);
        return UInt256.Multiply(quantity, mantissa).ShiftRight(127 - power).ToUInt128();
    }

    /// <summary>
    /// 2^(Σ weight · log2(value/reference) / Σ weight): the weighted geometric mean of value/reference, to the nearest multiple of 2^-32.
    /// Equal values and references give exactly 1. Never falls when a value rises. The error is that of <see cref="Exp2"/> at an exponent
    /// that is low by less than 2^-94 + terms · 2^-96 / Σ weight.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A value or reference is zero.</exception>
    /// <exception cref="ArgumentException">The weights sum to zero.</exception>
    /// <exception cref="OverflowException">The mean, or the weights' sum, is 2^32 or more.</exception>
    public static Q32 WeightedGeometricMean(ReadOnlySpan<WeightedRatio> terms)
    {
        var weights = Q32.Zero;
        var sum = Q96.Zero;
        foreach (var term in terms)
        {
            weights += term.Weight;
            sum += Log2(term.Value, term.Reference).FloorMul(term.Weight);
        }

        if (weights == Q32.Zero) throw new ArgumentException("A mean needs a positive weight.", nameof(terms));
        return Exp2(sum.FloorDiv(weights));
    }

    /// <summary>floor(2^fraction · 2^127) in [2^127, 2^128), fraction and integer power from the exponent. Low by less than 2^-119 of it.</summary>
    internal static UInt128 Exp2Mantissa(Q96 exponent, out int power)
    {
        power = (int)(exponent.Raw >> Q96.FractionBits);
        var fraction = (UInt128)(exponent.Raw - ((Int128)power << Q96.FractionBits));
        // e^y by Taylor's series, y = fraction · ln 2 in 128 fractional bits: all terms positive, 33 of them before they vanish.
        var y = UInt256.Multiply(fraction << (128 - Q96.FractionBits), Ln2).Hi;
        var term = UInt128.One << 127;
        var sum = UInt128.Zero;
        for (uint n = 1; term != 0; n++)
        {
            sum += term;
            term = UInt256.Multiply(term, y).Hi / n;
        }

        return sum;
    }

    /// <summary>floor of numerator/denominator scaled into [2^127, 2^128); the ratio is about mantissa · 2^(exponent − 127).</summary>
    private static UInt128 Mantissa(UInt128 numerator, UInt128 denominator, out int exponent)
    {
        var n = numerator << (int)UInt128.LeadingZeroCount(numerator);
        var d = denominator << (int)UInt128.LeadingZeroCount(denominator);
        exponent = (int)UInt128.LeadingZeroCount(denominator) - (int)UInt128.LeadingZeroCount(numerator);
        if (n >= d) return new Divisor128(d).DivRem(new UInt256(n >> 1, n << 127), out _);
        exponent--;
        return new Divisor128(d).DivRem(new UInt256(n, 0), out _);
    }
}
