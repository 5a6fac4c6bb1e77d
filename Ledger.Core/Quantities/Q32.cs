using System.Globalization;

namespace Ledger.Core.Quantities;

/// <summary>
/// An unsigned fixed-point ratio or coefficient: <see cref="Raw"/> / 2^32, so 0 to just under 2^32 in steps of 2^-32
/// (about 2.3 · 10^-10). The default is zero. Results outside the range throw <see cref="OverflowException"/>.
/// </summary>
public readonly record struct Q32 : IComparable<Q32>
{
    public const int FractionBits = 32;

    /// <summary>Ten decimals are finer than 2^-32, so that many always identify a value.</summary>
    private const int PrintDecimalsMax = 10;

    private const int ParseDecimalsMax = 28;
    private const int WholeDigitsMax = 10;

    private Q32(ulong raw) => Raw = raw;

    public static Q32 Zero => default;

    public static Q32 One => new(1UL << FractionBits);

    public static Q32 MaxValue => new(ulong.MaxValue);

    /// <summary>The value times 2^32: the form that is stored and hashed.</summary>
    public ulong Raw { get; }

    public static Q32 FromRaw(ulong raw) => new(raw);

    public static Q32 FromInteger(uint value) => new((ulong)value << FractionBits);

    /// <summary>floor(numerator · 2^32 / denominator) · 2^-32.</summary>
    /// <exception cref="OverflowException">The ratio is 2^32 or more.</exception>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public static Q32 FromRatio(UInt128 numerator, UInt128 denominator)
        => new(checked((ulong)new Divisor128(denominator).DivRem(UInt256.Multiply(numerator, One.Raw), out _)));

    public static Q32 operator +(Q32 a, Q32 b) => new(checked(a.Raw + b.Raw));

    public static Q32 operator -(Q32 a, Q32 b) => new(checked(a.Raw - b.Raw));

    public static bool operator <(Q32 a, Q32 b) => a.Raw < b.Raw;

    public static bool operator >(Q32 a, Q32 b) => a.Raw > b.Raw;

    public static bool operator <=(Q32 a, Q32 b) => a.Raw <= b.Raw;

    public static bool operator >=(Q32 a, Q32 b) => a.Raw >= b.Raw;

    public static Q32 Min(Q32 a, Q32 b) => a <= b ? a : b;

    public static Q32 Max(Q32 a, Q32 b) => a >= b ? a : b;

    /// <summary>The product, rounded down to a multiple of 2^-32.</summary>
    public Q32 FloorMul(Q32 other) => new(checked((ulong)(((UInt128)Raw * other.Raw) >> FractionBits)));

    /// <summary>The quotient, rounded down to a multiple of 2^-32.</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public Q32 FloorDiv(Q32 divisor) => new(checked((ulong)(((UInt128)Raw << FractionBits) / divisor.Raw)));

    /// <summary>floor(quantity · this), exact through a 256-bit product.</summary>
    /// <exception cref="OverflowException">The result exceeds 2^128 − 1.</exception>
    public UInt128 FloorOf(UInt128 quantity) => UInt256.Multiply(quantity, Raw).ShiftRight(FractionBits).ToUInt128();

    /// <summary>floor(amount · this) in base units.</summary>
    public TokenAmount FloorOf(TokenAmount amount) => TokenAmount.FromBaseUnits(FloorOf(amount.BaseUnits));

    /// <summary>
    /// Reads <c>digits[.digits]</c>: no sign, exponent, separator or needless leading zero, at most 10 digits before the point and 28 after.
    /// The exact decimal is rounded to the nearest multiple of 2^-32; a tie would need 33 decimals, so there is none.
    /// False when malformed or out of range.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Q32 value)
    {
        value = default;
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..];
        if (whole.Length is 0 or > WholeDigitsMax || (whole[0] == '0' && whole.Length > 1)) return false;
        if (fraction.Length > ParseDecimalsMax || (point >= 0 && fraction.IsEmpty)) return false;

        UInt128 digits = 0;
        foreach (var c in whole)
            if (!TryAppend(ref digits, c)) return false;
        foreach (var c in fraction)
            if (!TryAppend(ref digits, c)) return false;

        var raw = NearestRatio(digits, One.Raw, PowerOfTen(fraction.Length));
        if (raw > ulong.MaxValue) return false;
        value = new Q32((ulong)raw);
        return true;
    }

    public int CompareTo(Q32 other) => Raw.CompareTo(other.Raw);

    /// <summary>The decimal with the fewest decimals (at most 10) that <see cref="TryParse"/> reads back as this value.</summary>
    public override string ToString()
    {
        for (var decimals = 0; ; decimals++)
        {
            var scale = PowerOfTen(decimals);
            var scaled = NearestRatio(Raw, scale, One.Raw);
            if (decimals < PrintDecimalsMax && NearestRatio(scaled, One.Raw, scale) != Raw) continue;
            var (whole, fraction) = UInt128.DivRem(scaled, scale);
            var text = whole.ToString(CultureInfo.InvariantCulture);
            return decimals == 0 ? text : text + "." + fraction.ToString(CultureInfo.InvariantCulture).PadLeft(decimals, '0');
        }
    }

    private static bool TryAppend(ref UInt128 digits, char c)
    {
        if (!char.IsAsciiDigit(c)) return false;
        digits = (digits * 10) + (UInt128)(c - '0');
        return true;
    }

    private static UInt128 PowerOfTen(int exponent)
    {
        UInt128 power = 1;
        for (var i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    /// <summary>a · b / divisor to the nearest integer, halves up.</summary>
    private static UInt128 NearestRatio(UInt128 a, UInt128 b, UInt128 divisor)
    {
        var quotient = new Divisor128(divisor).DivRem(UInt256.Multiply(a, b), out var remainder);
        // Against divisor − remainder instead of twice the remainder against the divisor: cannot overflow.
        return remainder >= divisor - remainder ? quotient + 1 : quotient;
    }
}
