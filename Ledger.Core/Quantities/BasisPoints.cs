using System.Globalization;

namespace Ledger.Core.Quantities;

/// <summary>A share that a person sets, in 1/10,000: 0 (nothing) to 10,000 (all). The default is zero.</summary>
public readonly record struct BasisPoints : IComparable<BasisPoints>
{
    public const int Whole = 10_000;

    private BasisPoints(int value) => Value = value;

    /// <summary>0 .. 10,000.</summary>
    public int Value { get; }

    /// <exception cref="ArgumentOutOfRangeException">Outside 0 .. 10,000.</exception>
    public static BasisPoints From(int value)
        => TryFrom(value, out var result) ? result : throw new ArgumentOutOfRangeException(nameof(value), value, "Basis points are 0 to 10,000.");

    public static bool TryFrom(int value, out BasisPoints result)
    {
        var valid = value is >= 0 and <= Whole;
        result = valid ? new BasisPoints(value) : default;
        return valid;
    }

    /// <summary>floor(amount · value / 10,000). The payer keeps the rest: amount − result.</summary>
    public TokenAmount Of(TokenAmount amount) => Of(amount, out _);

    /// <summary>As <see cref="Of(TokenAmount)"/>; <paramref name="remainder"/> is what the floor dropped, in 1/10,000 base units.</summary>
    public TokenAmount Of(TokenAmount amount, out int remainder)
    {
        var share = amount.FloorMulDiv((UInt128)Value, Whole, out var dropped);
        remainder = (int)dropped;
        return share;
    }

    public static bool operator <(BasisPoints a, BasisPoints b) => a.Value < b.Value;

    public static bool operator >(BasisPoints a, BasisPoints b) => a.Value > b.Value;

    public static bool operator <=(BasisPoints a, BasisPoints b) => a.Value <= b.Value;

    public static bool operator >=(BasisPoints a, BasisPoints b) => a.Value >= b.Value;

    public int CompareTo(BasisPoints other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
