using System.Globalization;
using System.Numerics;
using FsCheck.Xunit;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Quantities;

/// <summary>Guarantee: amounts are exact or refuse; one canonical text per amount.</summary>
[Properties(Arbitrary = [typeof(WideIntegers)], MaxTest = 1000)]
public class TokenAmountTests
{
    [Property]
    public bool Canonical_text_round_trips(UInt128 baseUnits)
        => TokenAmount.TryParse(Amount(baseUnits).ToString(), out var back) && back == Amount(baseUnits);

    [Property]
    public void Sum_is_exact_or_an_overflow(UInt128 a, UInt128 b)
    {
        if ((BigInteger)a + b > UInt128.MaxValue) Assert.Throws<OverflowException>(() => Amount(a) + Amount(b));
        else Assert.Equal((BigInteger)a + b, (Amount(a) + Amount(b)).BaseUnits);
    }

    [Property]
    public void Difference_is_exact_or_an_overflow_and_TrySubtract_agrees(UInt128 a, UInt128 b)
    {
        Assert.Equal(a >= b, Amount(a).TrySubtract(Amount(b), out var difference));
        if (a < b) Assert.Throws<OverflowException>(() => Amount(a) - Amount(b));
        Assert.Equal(a < b ? TokenAmount.Zero : Amount(a - b), difference);
    }

    [Property]
    public void FloorMulDiv_equals_the_unbounded_floor_and_gives_the_remainder(UInt128 a, UInt128 numerator, UInt128 denominator)
    {
        if (denominator == 0) denominator = 1;
        var expected = BigInteger.DivRem((BigInteger)a * numerator, denominator, out var rest);
        if (expected > UInt128.MaxValue)
        {
            Assert.Throws<OverflowException>(() => Amount(a).FloorMulDiv(numerator, denominator, out _));
            return;
        }

        Assert.Equal(expected, (BigInteger)Amount(a).FloorMulDiv(numerator, denominator, out var remainder).BaseUnits);
        Assert.Equal(rest, (BigInteger)remainder);
    }

    [Property]
    public bool Order_is_the_order_of_base_units(UInt128 a, UInt128 b)
        => Math.Sign(Amount(a).CompareTo(Amount(b))) == Math.Sign(a.CompareTo(b)) && (Amount(a) < Amount(b)) == (a < b)
            && (Amount(a) >= Amount(b)) == (a >= b) && TokenAmount.Min(Amount(a), Amount(b)).BaseUnits == UInt128.Min(a, b);

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("00")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1,000")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("１")]
    [InlineData("1\0")]
    [InlineData("340282366920938463463374607431768211456")]
    public void Uncanonical_text_is_refused(string text) => Assert.False(TokenAmount.TryParse(text, out _));

    [Fact]
    public void A_long_run_of_digits_is_refused() => Assert.False(TokenAmount.TryParse(new string('9', 1_000_000), out _));

    [Fact]
    public void Largest_amount_is_read()
        => Assert.True(TokenAmount.TryParse("340282366920938463463374607431768211455", out var amount) && amount.BaseUnits == UInt128.MaxValue);

    [Theory]
    [InlineData("0", "0")]
    [InlineData("1", "0.000000000000000001")]
    [InlineData("1234567890000000000000", "1,234.56789")]
    [InlineData("1250000000000000000000000000", "1,250,000,000")]
    [InlineData("340282366920938463463374607431768211455", "340,282,366,920,938,463,463.374607431768211455")]
    public void People_read_every_decimal_that_matters(string baseUnits, string expected)
    {
        Assert.True(TokenAmount.TryParse(baseUnits, out var amount));
        Assert.Equal(expected, amount.ToWe());
    }

    [Fact]
    public void Supply_is_one_and_a_quarter_thousand_million_we()
        => Assert.Equal(UInt128.Parse("1250000000" + new string('0', 18), CultureInfo.InvariantCulture), TokenAmount.Supply.BaseUnits);

    [Fact]
    public void Largest_whole_we_fits()
        => Assert.Equal((BigInteger)ulong.MaxValue * BigInteger.Pow(10, 18), (BigInteger)TokenAmount.FromWe(ulong.MaxValue).BaseUnits);

    private static TokenAmount Amount(UInt128 baseUnits) => TokenAmount.FromBaseUnits(baseUnits);
}
