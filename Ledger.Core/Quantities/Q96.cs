namespace Ledger.Core.Quantities;

/// <summary>
/// A signed logarithm or exponent: <see cref="Raw"/> / 2^96, range −2^31 .. 2^31. The default is zero.
/// Produced and consumed by <see cref="FixedMath"/>; ratios that are stored use <see cref="Q32"/>.
/// </summary>
public readonly record struct Q96 : IComparable<Q96>
{
    public const int FractionBits = 96;

    private Q96(Int128 raw) => Raw = raw;

    public static Q96 Zero => default;

    public static Q96 One => new(Int128.One << FractionBits);

    public Int128 Raw { get; }

    public static Q96 FromRaw(Int128 raw) => new(raw);

    public static Q96 operator +(Q96 a, Q96 b) => new(checked(a.Raw + b.Raw));

    public static Q96 operator -(Q96 a, Q96 b) => new(checked(a.Raw - b.Raw));

    public static Q96 operator -(Q96 a) => new(checked(-a.Raw));

    public static bool operator <(Q96 a, Q96 b) => a.Raw < b.Raw;

    public static bool operator >(Q96 a, Q96 b) => a.Raw > b.Raw;

    public static bool operator <=(Q96 a, Q96 b) => a.Raw <= b.Raw;

    public static bool operator >=(Q96 a, Q96 b) => a.Raw >= b.Raw;

    /// <summary>The product, rounded down (towards −∞) to a multiple of 2^-96.</summary>
    /// <exception cref="OverflowException">The product leaves the range.</exception>
    public Q96 FloorMul(Q32 factor) => FloorMul(factor.Raw, Q32.FractionBits);

    /// <summary>The quotient, rounded down (towards −∞) to a multiple of 2^-96.</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    /// <exception cref="OverflowException">The quotient leaves the range.</exception>
    public Q96 FloorDiv(Q32 divisor)
    {
        var quotient = new Divisor128(divisor.Raw).DivRem(UInt256.Multiply(Magnitude(Raw), Q32.One.Raw), out var remainder);
        return new Q96(Signed(quotient, remainder != 0));
    }

    public int CompareTo(Q96 other) => Raw.CompareTo(other.Raw);

    /// <summary>floor(this · factor / 2^factorBits), factorBits at most 128.</summary>
    internal Q96 FloorMul(UInt128 factor, int factorBits)
    {
        var product = UInt256.Multiply(Magnitude(Raw), factor);
        return new Q96(Signed(product.ShiftRight(factorBits).ToUInt128(), product.HasBitsBelow(factorBits)));
    }

    private static UInt128 Magnitude(Int128 value) => value < 0 ? unchecked((UInt128)(-value)) : (UInt128)value;

    /// <summary>A floored magnitude with this value's sign; a negative one with a dropped part moves one step down.</summary>
    private Int128 Signed(UInt128 magnitude, bool droppedSome)
        => Raw < 0 ? checked(-(Int128)magnitude - (droppedSome ? 1 : 0)) : checked((Int128)magnitude);
}
