using System.Numerics;
using FsCheck.Xunit;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Quantities;

/// <summary>Guarantee: ratios, coefficients and points round exactly as their names and pages say.</summary>
[Properties(Arbitrary = [typeof(WideIntegers)], MaxTest = 2000)]
public class RatioTests
{
    private static readonly BigInteger Unit = BigInteger.Pow(2, 32);

    [Property]
    public void Products_and_quotients_are_floors(ulong a, ulong b)
    {
        Same((BigInteger)a * b / Unit, () => Q32.FromRaw(a).FloorMul(Q32.FromRaw(b)).Raw);
        if (b != 0) Same(a * Unit / b, () => Q32.FromRaw(a).FloorDiv(Q32.FromRaw(b)).Raw);
        Same((BigInteger)a + b, () => (Q32.FromRaw(a) + Q32.FromRaw(b)).Raw);
        Same((BigInteger)a - b, () => (Q32.FromRaw(a) - Q32.FromRaw(b)).Raw);
    }

    [Property]
    public void Ratio_of_wide_integers_is_a_floor(UInt128 numerator, UInt128 denominator)
    {
        if (denominator != 0) Same(numerator * Unit / denominator, () => Q32.FromRatio(numerator, denominator).Raw);
    }

    [Property]
    public void Share_of_a_quantity_is_a_floor(UInt128 quantity, ulong raw)
    {
        var exact = (BigInteger)quantity * raw / Unit;
        if (exact > UInt128.MaxValue) Assert.Throws<OverflowException>(() => Q32.FromRaw(raw).FloorOf(quantity));
        else Assert.Equal(exact, (BigInteger)Q32.FromRaw(raw).FloorOf(quantity));
    }

    [Property]
    public void Printed_ratio_reads_back_and_no_shorter_one_does(ulong raw)
    {
        var text = Q32.FromRaw(raw).ToString();
        Assert.True(Q32.TryParse(text, out var back));
        Assert.Equal(raw, back.Raw);
        if (text.Contains('.', StringComparison.Ordinal)) Assert.False(text.EndsWith('0'), text);
    }

    [Theory]
    [InlineData("0", 0UL)]
    [InlineData("1", 4294967296UL)]
    [InlineData("0.1", 429496730UL)] // 429496729.6
    [InlineData("0.0000000001164153218269348144", 0UL)] // half a step is …348144 53125
    [InlineData("0.0000000001164153218269348145", 1UL)]
    [InlineData("0.5000000000000000000000000000", 2147483648UL)]
    [InlineData("4294967295.9999999997", 18446744073709551615UL)]
    public void Decimal_is_rounded_to_the_nearest_step(string text, ulong raw)
    {
        Assert.True(Q32.TryParse(text, out var value));
        Assert.Equal(raw, value.Raw);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("1.2.3")]
    [InlineData("4294967296")]
    [InlineData("4294967295.9999999999")]
    [InlineData("99999999999")]
    [InlineData("0.00000000000000000000000000001")]
    public void Malformed_or_unrepresentable_decimal_is_refused(string text) => Assert.False(Q32.TryParse(text, out _));

    [Property]
    public void Basis_points_floor_and_give_the_remainder(UInt128 amount, ushort value)
    {
        var share = BasisPoints.From(value % 10_001);
        var part = share.Of(TokenAmount.FromBaseUnits(amount), out var remainder);
        Assert.Equal((BigInteger)amount * share.Value, ((BigInteger)part.BaseUnits * 10_000) + remainder);
        Assert.InRange(remainder, 0, 9_999);
        Assert.Equal(part, share.Of(TokenAmount.FromBaseUnits(amount)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void Basis_points_outside_the_whole_are_refused(int value)
    {
        Assert.False(BasisPoints.TryFrom(value, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => BasisPoints.From(value));
    }

    [Property]
    public void Points_are_exact_or_an_overflow(long a, long b)
    {
        var (x, y) = (Points.FromMicropoints(a), Points.FromMicropoints(b));
        if ((Int128)a + b is var sum && sum == (long)Int128.Clamp(sum, long.MinValue, long.MaxValue)) Assert.Equal((long)sum, (x + y).Micropoints);
        else Assert.Throws<OverflowException>(() => x + y);
        if ((Int128)a - b is var difference && difference == (long)Int128.Clamp(difference, long.MinValue, long.MaxValue)) Assert.Equal((long)difference, (x - y).Micropoints);
        else Assert.Throws<OverflowException>(() => x - y);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1_250_000, "1.25")]
    [InlineData(-1, "-0.000001")]
    [InlineData(3_000_000, "3")]
    [InlineData(long.MinValue, "-9223372036854.775808")]
    public void Points_print_exactly(long micropoints, string expected) => Assert.Equal(expected, Points.FromMicropoints(micropoints).ToString());

    [Fact]
    public void Points_never_wrap()
    {
        Assert.Throws<OverflowException>(() => Points.FromPoints(long.MaxValue));
        Assert.Throws<OverflowException>(() => Points.FromMicropoints(long.MaxValue) + Points.FromMicropoints(1));
        Assert.Throws<OverflowException>(() => Points.FromPoints(1) * long.MaxValue);
    }

    private static void Same(BigInteger expected, Func<ulong> actual)
    {
        if (expected < 0 || expected > ulong.MaxValue) Assert.Throws<OverflowException>(() => actual());
        else Assert.Equal(expected, (BigInteger)actual());
    }
}
