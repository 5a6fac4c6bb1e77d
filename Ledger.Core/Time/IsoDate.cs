namespace Ledger.Core.Time;

/// <summary>Reads the calendar date <c>yyyy-mm-dd</c>, shared by days and instants.</summary>
internal static class IsoDate
{
    internal static readonly int EpochDayNumber = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>Days since 1970-01-01; negative for years before, so that an offset can still bring an instant into range.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out int days)
    {
        days = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-') return false;
        if (!TryDigits(text[..4], 9999, out var year) || !TryDigits(text[5..7], 12, out var month)
            || !TryDigits(text[8..], 31, out var day)) return false;
        return TryDate(year, month, day, out days);
    }

    /// <summary>The days of a date; false when there is no such date.</summary>
    internal static bool TryDate(int year, int month, int day, out int days)
    {
        days = 0;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        days = new DateOnly(year, month, day).DayNumber - EpochDayNumber;
        return true;
    }

    internal static bool TryDigits(ReadOnlySpan<char> text, int max, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            value = (value * 10) + (c - '0');
        }

        return value <= max;
    }
}
