using System.Numerics;
using FsCheck.Xunit;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Quantities;

/// <summary>Guarantee: 256-bit intermediates equal unbounded integers.</summary>
[Properties(Arbitrary = [typeof(WideIntegers)], MaxTest = 5000)]
public class UInt256Tests
{
    [Property]
    public bool Product_equals_the_unbounded_product(UInt128 a, UInt128 b)
        => Big(UInt256.Multiply(a, b)) == (BigInteger)a * b;

    [Property]
    public bool Shift_equals_floor_division_by_a_power_of_two(UInt128 hi, UInt128 lo, byte bits)
        => Big(new UInt256(hi, lo).ShiftRight(bits)) == Big(new UInt256(hi, lo)) >> bits;

    [Property]
    public bool Bits_below_tell_whether_a_shift_drops_something(UInt128 hi, UInt128 lo, byte bits)
        => new UInt256(hi, lo).HasBitsBelow(bits % 129) == (Big(new UInt256(hi, lo)) % BigInteger.Pow(2, bits % 129) != 0);

    [Property]
    public void Quotient_and_remainder_equal_the_unbounded_ones(UInt128 a, UInt128 lo, UInt128 divisor)
    {
        if (divisor == 0) divisor = 1;
        var dividend = new UInt256(a % divisor, lo);
        var quotient = new Divisor128(divisor).DivRem(dividend, out var remainder);
        var expected = BigInteger.DivRem(Big(dividend), divisor, out var rest);
        Assert.Equal(expected, (BigInteger)quotient);
        Assert.Equal(rest, (BigInteger)remainder);
    }

    [Property]
    public void Quotient_above_128_bits_is_an_overflow(UInt128 divisor, UInt128 excess)
    {
        if (divisor == 0) divisor = 1;
        var hi = divisor + (excess % (UInt128.MaxValue - divisor + 1));
        Assert.Throws<OverflowException>(() => new Divisor128(divisor).DivRem(new UInt256(hi, 0), out _));
    }

    [Fact]
    public void Division_is_exact_where_the_estimate_needs_correcting()
    {
        // Divisors around word boundaries with dividends just below divisor · 2^128: the estimate is off by one or two there.
        foreach (var divisor in Edges())
        {
            foreach (var lo in Edges())
            {
                foreach (var hi in new[] { divisor - 1, divisor / 2, UInt128.Zero })
                {
                    var quotient = new Divisor128(divisor).DivRem(new UInt256(hi, lo), out var remainder);
                    Assert.Equal(((BigInteger)hi << 128) + lo, ((BigInteger)quotient * divisor) + remainder);
                    Assert.True(remainder < divisor);
                }
            }
        }
    }

    [Fact]
    public void Division_by_zero_throws() => Assert.Throws<DivideByZeroException>(() => new Divisor128(0));

    private static BigInteger Big(UInt256 x) => ((BigInteger)x.Hi << 128) + x.Lo;

    private static IEnumerable<UInt128> Edges()
    {
        for (var bit = 0; bit < 128; bit++)
        {
            var power = UInt128.One << bit;
            yield return power;
            yield return power | 1;
            yield return power + (power - 1);
            yield return UInt128.MaxValue - (power - 1);
        }
    }
}
