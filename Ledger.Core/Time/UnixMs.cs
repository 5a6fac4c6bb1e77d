using System.Globalization;

namespace Ledger.Core.Time;

/// <summary>
/// An instant: milliseconds since 1970-01-01T00:00:00Z, without leap seconds, from 1970 to the end of year 9999.
/// The default is the epoch. For the window that an instant falls in see <see cref="Day"/>.
/// </summary>
public readonly record struct UnixMs : IComparable<UnixMs>
{
    /// <summary>9999-12-31T23:59:59.999Z.</summary>
    private const long ValueMax = 253_402_300_799_999;

    private UnixMs(long value) => Value = value;

    public static UnixMs Epoch => default;

    public static UnixMs MaxValue => new(ValueMax);

    /// <summary>Milliseconds since the epoch, 0 .. 253,402,300,799,999.</summary>
    public long Value { get; }

    /// <exception cref="ArgumentOutOfRangeException">Before 1970 or after 9999.</exception>
    public static UnixMs From(long value)
        => TryFrom(value, out var instant) ? instant : throw new ArgumentOutOfRangeException(nameof(value), value, "An instant lies in the years 1970 to 9999.");

    public static bool TryFrom(long value, out UnixMs instant)
    {
        var valid = value is >= 0 and <= ValueMax;
        instant = valid ? new UnixMs(value) : default;
        return valid;
    }

    public static bool operator <(UnixMs a, UnixMs b) => a.Value < b.Value;

    public static bool operator >(UnixMs a, UnixMs b) => a.Value > b.Value;

    public static bool operator <=(UnixMs a, UnixMs b) => a.Value <= b.Value;

    public static bool operator >=(UnixMs a, UnixMs b) => a.Value >= b.Value;

    /// <summary>Milliseconds from <paramref name="start"/> to <paramref name="end"/>; negative when reversed.</summary>
    public static long operator -(UnixMs end, UnixMs start) => end.Value - start.Value;

    /// <exception cref="ArgumentOutOfRangeException">The result lies before 1970 or after 9999.</exception>
    public UnixMs PlusMs(long ms) => From(checked(Value + ms));

    /// <summary>
    /// Reads RFC 3339: <c>2026-11-22T09:30:00[.fraction](Z|±hh:mm)</c>. Exact: a fraction finer than a millisecond is refused unless
    /// its further digits are zero; so are leap seconds, impossible dates and instants outside the range.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out UnixMs instant)
    {
        instant = default;
        const int FixedLength = 19;
        if (text.Length <= FixedLength || text[10] is not ('T' or 't') || text[13] != ':' || text[16] != ':') return false;
        if (!IsoDate.TryParse(text[..10], out var days)) return false;
        if (!IsoDate.TryDigits(text[11..13], 23, out var hour) || !IsoDate.TryDigits(text[14..16], 59, out var minute)
            || !IsoDate.TryDigits(text[17..19], 59, out var second)) return false;
        var rest = text[FixedLength..];
        if (!TryTakeFraction(ref rest, out var ms) || !TryOffsetMinutes(rest, out var offsetMinutes)) return false;
        var minutes = (((days * 24L) + hour) * 60) + minute - offsetMinutes;
        return TryFrom((((minutes * 60) + second) * 1000) + ms, out instant);
    }

    /// <summary>Reads what <see cref="ToString"/> writes, as ASCII, and nothing else: <c>2026-11-22T09:30:00.000Z</c>.</summary>
    internal static bool TryParseWhole(ReadOnlySpan<byte> text, out UnixMs instant)
    {
        instant = default;
        if (text.Length != 24 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != '.' || text[23] != 'Z') return false;
        int wrong = 0;
        int year = (100 * Two(text, 0, ref wrong)) + Two(text, 2, ref wrong);
        int month = Two(text, 5, ref wrong);
        int day = Two(text, 8, ref wrong);
        int hour = Two(text, 11, ref wrong);
        int minute = Two(text, 14, ref wrong);
        int second = Two(text, 17, ref wrong);
        int ms = (10 * Two(text, 20, ref wrong)) + Digit(text[22], ref wrong);
        if (wrong != 0 || hour > 23 || minute > 59 || second > 59 || !IsoDate.TryDate(year, month, day, out int days)) return false;
        return TryFrom((((((days * 24L) + hour) * 60) + minute) * 60_000) + (second * 1_000) + ms, out instant);
    }

    public int CompareTo(UnixMs other) => Value.CompareTo(other.Value);

    /// <summary>ISO 8601 with milliseconds in UTC, such as <c>2026-11-22T09:30:00.000Z</c>; <see cref="TryParse"/> reads it back.</summary>
    public override string ToString()
    {
        var day = Day.Of(this);
        var ms = this - day.Start;
        return string.Create(CultureInfo.InvariantCulture, $"{day}T{ms / 3_600_000:D2}:{ms / 60_000 % 60:D2}:{ms / 1000 % 60:D2}.{ms % 1000:D3}Z");
    }

    private static int Two(ReadOnlySpan<byte> text, int at, ref int wrong) => (10 * Digit(text[at], ref wrong)) + Digit(text[at + 1], ref wrong);

    // One look at the end tells whether everything was a digit.
    private static int Digit(byte character, ref int wrong)
    {
        int digit = character - '0';
        wrong |= digit | (9 - digit);
        wrong &= int.MinValue;
        return digit;
    }

    private static bool TryTakeFraction(ref ReadOnlySpan<char> rest, out int ms)
    {
        ms = 0;
        if (rest[0] != '.') return true;
        var length = rest[1..].IndexOfAnyExceptInRange('0', '9');
        if (length <= 0) return false;
        var digits = rest.Slice(1, length);
        rest = rest[(1 + length)..];
        for (var i = 0; i < 3; i++) ms = (ms * 10) + (i < length ? digits[i] - '0' : 0);
        return length <= 3 || !digits[3..].ContainsAnyExcept('0');
    }

    private static bool TryOffsetMinutes(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text is "Z" or "z") return true;
        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':') return false;
        if (!IsoDate.TryDigits(text[1..3], 23, out var hour) || !IsoDate.TryDigits(text[4..6], 59, out var minute)) return false;
        minutes = (text[0] == '-' ? -1 : 1) * ((hour * 60) + minute);
        return true;
    }
}
