using FsCheck.Xunit;
using Ledger.Core.Time;
using Xunit;

namespace Ledger.Tests.Time;

/// <summary>Guarantee: instants and days convert exactly, and text that is not exactly one of them is refused.</summary>
public class TimeTests
{
    private const long InstantMax = 253_402_300_799_999;

    [Property(MaxTest = 2000)]
    public void Instant_text_round_trips_and_agrees_with_the_platform(long seed)
    {
        var instant = UnixMs.From((long)(unchecked((ulong)seed * 0x9E3779B97F4A7C15) % (ulong)(InstantMax + 1)));
        var text = instant.ToString();
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(instant.Value).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"), text);
        Assert.True(UnixMs.TryParse(text, out var back));
        Assert.Equal(instant, back);
    }

    [Property(MaxTest = 2000)]
    public void Day_contains_its_instants_and_only_those(long seed)
    {
        var instant = UnixMs.From((long)(unchecked((ulong)seed * 0x9E3779B97F4A7C15) % (ulong)(InstantMax + 1)));
        var day = Day.Of(instant);
        Assert.True(day.Start <= instant && instant <= day.End);
        Assert.Equal(Day.LengthMs - 1, day.End - day.Start);
        Assert.True(Day.TryParse(day.ToString(), out var back) && back == day);
        Assert.Equal(instant.ToString()[..10], day.ToString());
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1969-12-31T23:30:00-01:00", 1_800_000)]
    [InlineData("2026-11-22T09:30:00+09:00", 1_795_307_400_000)]
    [InlineData("2026-11-22t00:30:00.5z", 1_795_307_400_500)]
    [InlineData("2026-11-22T00:30:00.123000000Z", 1_795_307_400_123)]
    [InlineData("2024-02-29T00:00:00-00:00", 1_709_164_800_000)]
    [InlineData("9999-12-31T23:59:59.999Z", InstantMax)]
    public void Rfc_3339_is_read_exactly(string text, long expected)
    {
        Assert.True(UnixMs.TryParse(text, out var instant));
        Assert.Equal(expected, instant.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-22")]
    [InlineData("2026-11-22T09:30:00")]
    [InlineData("2026-11-22 09:30:00Z")]
    [InlineData("2026-11-22T09:30Z")]
    [InlineData("2026-11-22T09:30:00.Z")]
    [InlineData("2026-11-22T09:30:00.1234Z")]
    [InlineData("2026-11-22T09:30:00.123")]
    [InlineData("2026-11-22T09:30:00,5Z")]
    [InlineData("2026-11-22T24:00:00Z")]
    [InlineData("2026-11-22T23:60:00Z")]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2026-00-10T00:00:00Z")]
    [InlineData("2026-13-10T00:00:00Z")]
    [InlineData("2026-04-31T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59.999Z")]
    [InlineData("1970-01-01T00:30:00+01:00")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("2026-11-22T09:30:00+0900")]
    [InlineData("2026-11-22T09:30:00+24:00")]
    [InlineData("2026-11-22T09:30:00ZZ")]
    [InlineData("2026-11-22T09:30:00Z\0")]
    [InlineData("２026-11-22T09:30:00Z")]
    [InlineData("-026-11-22T09:30:00Z")]
    public void Anything_else_is_refused(string text) => Assert.False(UnixMs.TryParse(text, out _));

    [Theory]
    [InlineData("1970-01-01", 0)]
    [InlineData("2026-11-22", 20_779)]
    [InlineData("9999-12-31", 2_932_896)]
    public void Day_is_read_as_days_since_the_epoch(string text, int expected)
    {
        Assert.True(Day.TryParse(text, out var day));
        Assert.Equal(expected, day.Number);
        Assert.Equal(text, day.ToString());
    }

    [Theory]
    [InlineData("1969-12-31")]
    [InlineData("2026-2-1")]
    [InlineData("2026-02-30")]
    [InlineData("20261122")]
    [InlineData("2026-11-22 ")]
    [InlineData("10000-01-01")]
    public void Impossible_days_are_refused(string text) => Assert.False(Day.TryParse(text, out _));

    [Fact]
    public void Ranges_end_where_the_pages_say()
    {
        Assert.False(UnixMs.TryFrom(-1, out _));
        Assert.False(UnixMs.TryFrom(InstantMax + 1, out _));
        Assert.False(Day.TryFromNumber(-1, out _));
        Assert.False(Day.TryFromNumber(Day.MaxValue.Number + 1, out _));
        Assert.Equal(UnixMs.MaxValue, Day.MaxValue.End);
        Assert.Throws<ArgumentOutOfRangeException>(() => UnixMs.Epoch.PlusMs(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Day.MaxValue.Next);
    }
}
