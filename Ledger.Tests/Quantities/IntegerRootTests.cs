using System.Numerics;
using FsCheck.Xunit;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Quantities;

/// <summary>Guarantee: the exact floor of the square root over the whole range.</summary>
[Properties(Arbitrary = [typeof(WideIntegers)], MaxTest = 5000)]
public class IntegerRootTests
{
    [Property]
    public bool Root_of_128_bits_is_the_exact_floor(UInt128 n) => IsFloor(n, IntegerRoot.Isqrt(n));

    [Property]
    public bool Root_of_64_bits_is_the_exact_floor(ulong n) => IsFloor(n, IntegerRoot.Isqrt(n));

    [Property]
    public bool Root_is_exact_beside_every_square(ulong root)
    {
        var square = (UInt128)root * root;
        return IntegerRoot.Isqrt(square) == root
            && (root == 0 || IntegerRoot.Isqrt(square - 1) == root - 1)
            && IntegerRoot.Isqrt(square + root) == root;
    }

    [Fact]
    public void Root_is_exact_for_small_numbers_and_the_ends_of_the_range()
    {
        for (ulong n = 0; n < 20_000; n++) Assert.True(IsFloor(n, IntegerRoot.Isqrt(n)), $"n = {n}");
        Assert.Equal(uint.MaxValue, IntegerRoot.Isqrt(ulong.MaxValue));
        Assert.Equal(ulong.MaxValue, IntegerRoot.Isqrt(UInt128.MaxValue));
        Assert.Equal(1UL << 32, IntegerRoot.Isqrt((UInt128)1 << 64));
    }

    private static bool IsFloor(UInt128 n, ulong root)
        => (BigInteger)root * root <= n && ((BigInteger)root + 1) * ((BigInteger)root + 1) > n;
}
