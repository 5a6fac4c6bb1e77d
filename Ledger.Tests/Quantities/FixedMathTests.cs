using System.Numerics;
using FsCheck.Xunit;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Quantities;

/// <summary>Guarantee: every function stays within its stated error of the true value, is monotone, and is exact for powers of two.</summary>
[Properties(Arbitrary = [typeof(WideIntegers)], MaxTest = 2000)]
public class FixedMathTests
{
    [Fact]
    public void Constants_are_the_series_values_rounded_down()
    {
        var ln2 = BigReal.Ln(2, 1);
        Assert.Equal(ln2 >> (BigReal.Bits - 128), (BigInteger)FixedMath.Ln2);
        Assert.Equal((BigInteger.One << (BigReal.Bits + 127)) / ln2, (BigInteger)FixedMath.Log2E);
    }

    [Fact]
    public void Oracle_agrees_with_published_digits()
    {
        // OEIS A002162 (ln 2) and A001113 (e).
        Assert.Equal("69314718055994530941723212145817656807550013436025", Digits(BigReal.Ln(2, 1)));
        Assert.Equal("271828182845904523536028747135266249775724709369995", Digits(BigReal.Exp(BigReal.One)));
    }

    [Property]
    public void Log2_is_low_by_less_than_two_to_the_minus_95(UInt128 numerator, UInt128 denominator)
    {
        (numerator, denominator) = (UInt128.Max(numerator, 1), UInt128.Max(denominator, 1));
        AssertLow(FixedMath.Log2(numerator, denominator), BigReal.Log2(numerator, denominator), 95);
    }

    [Property]
    public void Ln_is_low_by_less_than_two_to_the_minus_95(UInt128 numerator, UInt128 denominator)
    {
        (numerator, denominator) = (UInt128.Max(numerator, 1), UInt128.Max(denominator, 1));
        AssertLow(FixedMath.Ln(numerator, denominator), BigReal.Ln(numerator, denominator), 95);
    }

    [Property]
    public void Exp2_is_the_nearest_step_within_its_error(ulong seed)
    {
        var exponent = Exponent(seed, 33);
        var exact = BigReal.Exp2(Wide(exponent));
        AssertNear(() => FixedMath.Exp2(exponent), exact, exact >> 87);
    }

    [Property]
    public void Exp_is_the_nearest_step_within_its_error(ulong seed)
    {
        var exponent = Exponent(seed, 23);
        var exact = BigReal.Exp(Wide(exponent));
        AssertNear(() => FixedMath.Exp(exponent), exact, exact >> 63);
    }

    [Property]
    public void Pow_is_the_nearest_step_within_its_error(ulong x, ulong power)
    {
        if (x == 0) return;
        var exponent = BigReal.Times(BigReal.Log2(x, Q32.One.Raw), (BigInteger)power << (BigReal.Bits - 32));
        // Beyond the range the exact value has millions of digits; the answer is known without it.
        if (exponent > 40 * BigReal.One) Assert.Throws<OverflowException>(() => FixedMath.Pow(Q32.FromRaw(x), Q32.FromRaw(power)));
        else if (exponent < -40 * BigReal.One) Assert.Equal(Q32.Zero, FixedMath.Pow(Q32.FromRaw(x), Q32.FromRaw(power)));
        else AssertNear(() => FixedMath.Pow(Q32.FromRaw(x), Q32.FromRaw(power)), BigReal.Exp2(exponent), PowError(exponent, power));
    }

    [Property]
    public void Pow_of_everyday_coefficients_is_the_nearest_step(uint x, ushort power)
    {
        // Activity indices around one and elasticities up to two, the range the pool uses.
        var (index, elasticity) = (Q32.FromRaw(((ulong)x << 2) + 1), Q32.FromRaw((ulong)power << 17));
        var exponent = BigReal.Times(BigReal.Log2(index.Raw, Q32.One.Raw), (BigInteger)elasticity.Raw << (BigReal.Bits - 32));
        AssertNear(() => FixedMath.Pow(index, elasticity), BigReal.Exp2(exponent), PowError(exponent, elasticity.Raw));
    }

    [Property]
    public bool Pow_never_falls_when_its_base_rises(ulong x, ulong step, uint power)
    {
        var (low, high) = (x % (1UL << 40), (x % (1UL << 40)) + (step % (1UL << (int)(step % 40))));
        var eta = Q32.FromRaw(power);
        return FixedMath.Pow(Q32.FromRaw(low), eta) <= FixedMath.Pow(Q32.FromRaw(high), eta);
    }

    [Property]
    public bool Pow_with_exponent_one_is_the_base(ulong x)
        => FixedMath.Pow(Q32.FromRaw(x), Q32.One) == Q32.FromRaw(x);

    [Property(MaxTest = 200)]
    public bool Pow_with_exponent_two_is_the_rounded_square(uint x)
        => FixedMath.Pow(Q32.FromRaw(x), Q32.FromInteger(2)).Raw == (((UInt128)x * x) + (1UL << 31)) >> 32;

    [Fact]
    public void Powers_of_zero_follow_the_convention()
    {
        Assert.Equal(Q32.One, FixedMath.Pow(Q32.Zero, Q32.Zero));
        Assert.Equal(Q32.Zero, FixedMath.Pow(Q32.Zero, Q32.FromRaw(1)));
        Assert.Equal(Q32.One, FixedMath.Pow(Q32.MaxValue, Q32.Zero));
    }

    [Fact]
    public void Powers_of_two_are_exact()
    {
        for (var bit = 0; bit < 128; bit++)
        {
            Assert.Equal(Q96.FromRaw((Int128)bit << 96), FixedMath.Log2(UInt128.One << bit, 1));
            Assert.Equal(Q96.FromRaw(-((Int128)bit << 96)), FixedMath.Log2(1, UInt128.One << bit));
        }

        for (var bit = -32; bit < 32; bit++)
            Assert.Equal(1UL << (bit + 32), FixedMath.Exp2(Q96.FromRaw((Int128)bit << 96)).Raw);
    }

    [Fact]
    public void Results_beyond_the_range_are_an_overflow_and_below_it_zero()
    {
        Assert.Throws<OverflowException>(() => FixedMath.Exp2(Q96.FromRaw((Int128)32 << 96)));
        Assert.Throws<OverflowException>(() => FixedMath.Exp2(Q96.FromRaw(((Int128)32 << 96) - 1)));
        Assert.Throws<OverflowException>(() => FixedMath.Exp2(Q96.FromRaw(Int128.MaxValue)));
        Assert.Equal(Q32.Zero, FixedMath.Exp2(Q96.FromRaw(Int128.MinValue)));
        Assert.Equal(1UL, FixedMath.Exp2(Q96.FromRaw((Int128)(-33) << 96)).Raw);
        Assert.Equal(0UL, FixedMath.Exp2(Q96.FromRaw(((Int128)(-33) << 96) - 1)).Raw);
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Log2(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Log2(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedMath.Decay(1, 1, 0));
    }

    [Property]
    public void Decay_is_low_by_less_than_its_error(UInt128 quantity, ulong age, ulong halfLife)
    {
        halfLife = Math.Max(halfLife, 1);
        var actual = FixedMath.Decay(quantity, age, halfLife);
        var halvings = BigReal.Ratio(age, halfLife);
        var exact = halvings > 200 * BigReal.One ? BigInteger.Zero : (BigInteger)quantity * BigReal.Exp2(-halvings);
        var error = exact - ((BigInteger)actual << BigReal.Bits);
        Assert.InRange(error, -BigInteger.One << 200, BigReal.One + ((BigInteger)quantity << (BigReal.Bits - 95)));
    }

    [Property]
    public bool Whole_half_lives_are_exact_halvings(UInt128 quantity, byte halvings, uint halfLife)
    {
        var life = Math.Max(halfLife, 1UL);
        return FixedMath.Decay(quantity, halvings * life, life) == (halvings >= 128 ? 0 : quantity >> halvings);
    }

    [Property]
    public bool Decay_never_rises_with_age(UInt128 quantity, uint age, uint older, uint halfLife)
        => FixedMath.Decay(quantity, age, Math.Max(halfLife, 1)) >= FixedMath.Decay(quantity, (ulong)age + older, Math.Max(halfLife, 1));

    [Property]
    public void Mean_of_ratios_is_near_the_oracle(uint a, uint b, uint c, ushort wa, ushort wb)
    {
        WeightedRatio[] terms = [Term(a, b, wa), Term(b, c, wb), Term(c, a, 1)];
        var weights = terms.Aggregate(BigInteger.Zero, (sum, t) => sum + t.Weight.Raw);
        var sum = terms.Aggregate(BigInteger.Zero, (s, t) => s + (BigReal.Log2(t.Value, t.Reference) * t.Weight.Raw));
        var exact = BigReal.Exp2(BigReal.FloorDiv(sum, weights));
        AssertNear(() => FixedMath.WeightedGeometricMean(terms), exact, exact >> 60);
    }

    [Property]
    public bool Mean_never_falls_when_a_value_rises(uint a, uint rise, uint b, ushort wa)
    {
        WeightedRatio[] before = [Term(a, 1000, wa), Term(b, 1000, 1)];
        WeightedRatio[] after = [before[0] with { Value = before[0].Value + rise }, before[1]];
        return FixedMath.WeightedGeometricMean(before) <= FixedMath.WeightedGeometricMean(after);
    }

    [Property]
    public bool Mean_of_values_at_their_references_is_one(uint a, uint b, ushort wa, ushort wb)
        => FixedMath.WeightedGeometricMean([Term(a, a, wa), Term(b, b, wb), Term(1, 1, 1)]) == Q32.One;

    [Fact]
    public void Mean_without_weight_is_refused()
        => Assert.Throws<ArgumentException>(() => FixedMath.WeightedGeometricMean([new WeightedRatio(1, 1, Q32.Zero)]));

    private static WeightedRatio Term(uint value, uint reference, ushort weight)
        => new(Math.Max(value, 1), Math.Max(reference, 1), Q32.FromRaw((ulong)weight << 20));

    /// <summary>Spreads a seed over exponents in (−limit, limit).</summary>
    private static Q96 Exponent(ulong seed, int limit)
    {
        var fraction = new UInt128(unchecked(seed * 0x9E3779B97F4A7C15), unchecked(seed * 0xC2B2AE3D27D4EB4F)) >> 32;
        var whole = (int)(seed % (ulong)(2 * limit)) - limit;
        return Q96.FromRaw(((Int128)whole << 96) + (Int128)fraction);
    }

    private static BigInteger Wide(Q96 x) => (BigInteger)x.Raw << (BigReal.Bits - 96);

    private static BigInteger PowError(BigInteger exponent, ulong power)
        => (BigReal.Exp2(exponent) * (power + BigInteger.Pow(2, 32))) >> (32 + 63);

    private static void AssertLow(Q96 actual, BigInteger exact, int bits)
        => Assert.InRange(exact - Wide(actual), -BigInteger.One << 60, BigInteger.One << (BigReal.Bits - bits));

    /// <summary>|actual − exact| at most half a step plus <paramref name="extra"/> steps (in the oracle's fixed point), or an overflow at the range's end.</summary>
    private static void AssertNear(Func<Q32> actual, BigInteger exact, BigInteger extra)
    {
        var step = BigReal.One >> 32;
        var allowed = (step / 2) + (extra >> 32) + 1;
        if (exact + (step / 2) >= BigReal.One << 32)
        {
            Assert.Throws<OverflowException>(() => actual());
            return;
        }

        Assert.InRange(((BigInteger)actual().Raw * step) - exact, -allowed, allowed);
    }

    private static string Digits(BigInteger x) => (x * BigInteger.Pow(10, 50) >> BigReal.Bits).ToString();
}
