using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Days, instants and ids as PostgreSQL has them: it counts from 2000-01-01, dates in days and timestamps in microseconds.</summary>
internal static class PostgresValues
{
    private const int EpochDay = 10_957;
    private const long EpochMs = EpochDay * Ledger.Core.Time.Day.LengthMs;

    /// <summary>1970-01-01 as <see cref="System.DateOnly"/> counts.</summary>
    public static readonly int EpochDayNumber = new DateOnly(1970, 1, 1).DayNumber;

    public static long Micros(long unixMs) => (unixMs - EpochMs) * 1000;

    /// <exception cref="InvalidDataException">Not a whole millisecond: this log never wrote it.</exception>
    public static long UnixMs(long micros)
    {
        long ms = Math.DivRem(micros, 1000, out long rest) + EpochMs;
        return rest == 0 ? ms : throw new InvalidDataException($"a time of {micros} µs is no whole millisecond");
    }

    public static int Date(Day day) => day.Number - EpochDay;

    public static Day Day(int date) => Ledger.Core.Time.Day.FromNumber(date + EpochDay);

    public static DateOnly DateOnly(Day day) => System.DateOnly.FromDayNumber(day.Number + EpochDayNumber);

    public static Guid Guid(EventId id)
    {
        Span<byte> bytes = stackalloc byte[EventId.SizeBytes];
        id.WriteTo(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    public static EventId Id(Guid id)
    {
        Span<byte> bytes = stackalloc byte[EventId.SizeBytes];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return EventId.FromBytes(bytes);
    }

    public static DateTime DateTime(UnixMs instant) => DateTimeOffset.FromUnixTimeMilliseconds(instant.Value).UtcDateTime;
}
