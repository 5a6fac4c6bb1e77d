using System.Globalization;

namespace Ledger.Core.Time;

/// <summary>
/// A UTC day, the length of a reward window: days since 1970-01-01, up to 9999-12-31. The default is 1970-01-01.
/// </summary>
public readonly record struct Day : IComparable<Day>
{
    /// <summary>Every day has this many milliseconds: Unix time has no leap seconds.</summary>
    public const long LengthMs = 86_400_000;

    private const int NumberMax = 2_932_896;

    private Day(int number) => Number = number;

    public static Day MaxValue => new(NumberMax);

    /// <summary>Days since 1970-01-01, 0 .. 2,932,896.</summary>
    public int Number { get; }

    /// <summary>The first instant of the day.</summary>
    public UnixMs Start => UnixMs.From(Number * LengthMs);

    /// <summary>The last instant of the day, inclusive, so that the range's last day has one too.</summary>
    public UnixMs End => UnixMs.From((Number * LengthMs) + LengthMs - 1);

    public Day Next => Plus(1);

    /// <exception cref="ArgumentOutOfRangeException">Before 1970-01-01 or after 9999-12-31.</exception>
    public static Day FromNumber(int number)
        => TryFromNumber(number, out var day) ? day : throw new ArgumentOutOfRangeException(nameof(number), number, "A day lies in the years 1970 to 9999.");

    public static bool TryFromNumber(int number, out Day day)
    {
        var valid = number is >= 0 and <= NumberMax;
        day = valid ? new Day(number) : default;
        return valid;
    }

    /// <summary>The UTC day that contains the instant.</summary>
    public static Day Of(UnixMs instant) => new((int)(instant.Value / LengthMs));

    public static bool operator <(Day a, Day b) => a.Number < b.Number;

    public static bool operator >(Day a, Day b) => a.Number > b.Number;

    public static bool operator <=(Day a, Day b) => a.Number <= b.Number;

    public static bool operator >=(Day a, Day b) => a.Number >= b.Number;

    /// <summary>Days from <paramref name="start"/> to <paramref name="end"/>; negative when reversed.</summary>
    public static int operator -(Day end, Day start) => end.Number - start.Number;

    /// <exception cref="ArgumentOutOfRangeException">The result lies outside the range.</exception>
    public Day Plus(int days) => FromNumber(checked(Number + days));

    /// <summary>Reads <c>yyyy-mm-dd</c>; false when malformed, impossible or before 1970.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Day day)
    {
        day = default;
        return IsoDate.TryParse(text, out var days) && TryFromNumber(days, out day);
    }

    public int CompareTo(Day other) => Number.CompareTo(other.Number);

    /// <summary>ISO 8601, such as <c>2026-11-22</c>; <see cref="TryParse"/> reads it back.</summary>
    public override string ToString()
        => DateOnly.FromDayNumber(IsoDate.EpochDayNumber + Number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
