using System.Globalization;

namespace Ledger.Core.Quantities;

/// <summary>
/// Activity points in µpoints (1 point = 1,000,000 µpoints), 64-bit signed: about ±9.2 · 10^12 points. The default is zero.
/// Sums are checked and throw <see cref="OverflowException"/> instead of wrapping.
/// </summary>
public readonly record struct Points : IComparable<Points>
{
    public const long MicropointsPerPoint = 1_000_000;

    private Points(long micropoints) => Micropoints = micropoints;

    public static Points Zero => default;

    public long Micropoints { get; }

    public static Points FromMicropoints(long micropoints) => new(micropoints);

    /// <exception cref="OverflowException">More than 64 bits of µpoints.</exception>
    public static Points FromPoints(long points) => new(checked(points * MicropointsPerPoint));

    public static Points operator +(Points a, Points b) => new(checked(a.Micropoints + b.Micropoints));

    public static Points operator -(Points a, Points b) => new(checked(a.Micropoints - b.Micropoints));

    /// <summary>This many points for each of <paramref name="units"/> counted units.</summary>
    public static Points operator *(Points perUnit, long units) => new(checked(perUnit.Micropoints * units));

    public static bool operator <(Points a, Points b) => a.Micropoints < b.Micropoints;

    public static bool operator >(Points a, Points b) => a.Micropoints > b.Micropoints;

    public static bool operator <=(Points a, Points b) => a.Micropoints <= b.Micropoints;

    public static bool operator >=(Points a, Points b) => a.Micropoints >= b.Micropoints;

    public static Points Min(Points a, Points b) => a <= b ? a : b;

    public int CompareTo(Points other) => Micropoints.CompareTo(other.Micropoints);

    /// <summary>Points with the decimals that matter, such as <c>-1.25</c>; exact.</summary>
    public override string ToString()
    {
        // Through Int128 so that the smallest long has a magnitude.
        var magnitude = Int128.Abs(Micropoints);
        var text = (magnitude / MicropointsPerPoint).ToString(CultureInfo.InvariantCulture);
        var fraction = magnitude % MicropointsPerPoint;
        if (fraction != 0) text += "." + fraction.ToString("D6", CultureInfo.InvariantCulture).TrimEnd('0');
        return Micropoints < 0 ? "-" + text : text;
    }
}
