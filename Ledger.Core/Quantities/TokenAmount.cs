using System.Globalization;

namespace Ledger.Core.Quantities;

/// <summary>
/// An amount of WE in base units (18 decimals: 1 WE = 10^18 base units), never negative. Range 0 .. 2^128 − 1;
/// that no account holds more than <see cref="Supply"/> is the journal's law, not this type's. The default is zero.
/// Every operation is exact: it either gives the true result, names its rounding, or throws <see cref="OverflowException"/>.
/// </summary>
public readonly record struct TokenAmount : IComparable<TokenAmount>
{
    /// <summary>Decimal places of one WE.</summary>
    public const int Decimals = 18;

    /// <summary>Longest decimal form: 2^128 − 1 has 39 digits, so longer input is refused unread.</summary>
    private const int DigitsMax = 39;

    private static readonly UInt128 BaseUnitsPerWe = 1_000_000_000_000_000_000;

    private TokenAmount(UInt128 baseUnits) => BaseUnits = baseUnits;

    /// <summary>The whole supply, 1,250,000,000 WE (white paper §8.3).</summary>
    public static TokenAmount Supply { get; } = FromWe(1_250_000_000);

    public static TokenAmount Zero => default;

    public UInt128 BaseUnits { get; }

    public bool IsZero => BaseUnits == 0;

    public static TokenAmount FromBaseUnits(UInt128 baseUnits) => new(baseUnits);

    /// <summary>Whole WE. Cannot overflow: 2^64 · 10^18 is below 2^128.</summary>
    public static TokenAmount FromWe(ulong we) => new(we * BaseUnitsPerWe);

    /// <exception cref="OverflowException">The sum exceeds 2^128 − 1.</exception>
    public static TokenAmount operator +(TokenAmount a, TokenAmount b) => new(checked(a.BaseUnits + b.BaseUnits));

    /// <exception cref="OverflowException"><paramref name="b"/> is larger than <paramref name="a"/>.</exception>
    public static TokenAmount operator -(TokenAmount a, TokenAmount b) => new(checked(a.BaseUnits - b.BaseUnits));

    public static bool operator <(TokenAmount a, TokenAmount b) => a.BaseUnits < b.BaseUnits;

    public static bool operator >(TokenAmount a, TokenAmount b) => a.BaseUnits > b.BaseUnits;

    public static bool operator <=(TokenAmount a, TokenAmount b) => a.BaseUnits <= b.BaseUnits;

    public static bool operator >=(TokenAmount a, TokenAmount b) => a.BaseUnits >= b.BaseUnits;

    public static TokenAmount Min(TokenAmount a, TokenAmount b) => a <= b ? a : b;

    /// <summary>The difference when it is not negative; otherwise false and zero. For "is the balance enough?".</summary>
    public bool TrySubtract(TokenAmount other, out TokenAmount difference)
    {
        var enough = other <= this;
        difference = enough ? this - other : Zero;
        return enough;
    }

    /// <summary>
    /// floor(this · numerator / denominator), exact through a 256-bit product.
    /// <paramref name="remainder"/> is what the floor dropped, in 1/denominator base units (0 .. denominator − 1).
    /// </summary>
    /// <exception cref="OverflowException">The result exceeds 2^128 − 1.</exception>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public TokenAmount FloorMulDiv(UInt128 numerator, UInt128 denominator, out UInt128 remainder)
        => new(new Divisor128(denominator).DivRem(UInt256.Multiply(BaseUnits, numerator), out remainder));

    /// <summary>
    /// Reads the canonical machine form: base units as decimal digits without sign, separators or leading zeros ("0" is zero).
    /// Anything else, and anything above 2^128 − 1, is refused with false.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TokenAmount amount)
    {
        amount = default;
        if (text.Length is 0 or > DigitsMax || (text[0] == '0' && text.Length > 1)) return false;
        // The platform's parser skips trailing U+0000; the canonical form does not.
        if (text.ContainsAnyExceptInRange('0', '9')) return false;
        if (!UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var baseUnits)) return false;
        amount = new TokenAmount(baseUnits);
        return true;
    }

    public int CompareTo(TokenAmount other) => BaseUnits.CompareTo(other.BaseUnits);

    /// <summary>The canonical machine form: base units in decimal digits. <see cref="TryParse"/> reads it back.</summary>
    public override string ToString() => BaseUnits.ToString(CultureInfo.InvariantCulture);

    /// <summary>For people: WE with thousands separators and every decimal that matters, such as <c>1,234.5</c>.</summary>
    public string ToWe()
    {
        var (whole, fraction) = UInt128.DivRem(BaseUnits, BaseUnitsPerWe);
        var text = whole.ToString("N0", CultureInfo.InvariantCulture);
        return fraction == 0
            ? text
            : text + "." + fraction.ToString("D18", CultureInfo.InvariantCulture).TrimEnd('0');
    }
}
