using FsCheck;
using FsCheck.Fluent;

namespace Ledger.Tests.Quantities;

/// <summary>Integers of every bit length, with the edges (zero, all ones, powers of two and their neighbours) drawn often.</summary>
public static class WideIntegers
{
    public static Arbitrary<UInt128> Wide128() => Arb.From(Of(128), Shrink);

    public static Arbitrary<ulong> Wide64() => Arb.From(Of(64).Select(x => (ulong)x));

    private static Gen<UInt128> Of(int bits)
    {
        var words = Gen.ArrayOf(Gen.Choose(0, ushort.MaxValue), 8);
        var random = words.Select(w => w.Aggregate(UInt128.Zero, (sum, word) => (sum << 16) | (uint)word));
        var width = Gen.Choose(0, bits);
        var spread = random.SelectMany(x => width.Select(w => w == 0 ? UInt128.Zero : x >> (128 - w)));
        var ones = width.Select(w => w == 0 ? UInt128.Zero : UInt128.MaxValue >> (128 - w));
        var powers = Gen.Choose(0, bits - 1).Select(w => UInt128.One << w);
        return Gen.Frequency((6, spread), (1, ones), (1, powers), (1, powers.Select(p => p | 1)));
    }

    private static IEnumerable<UInt128> Shrink(UInt128 x)
    {
        for (var y = x >> 1; y != x && x != 0; y >>= 1)
        {
            yield return y;
            if (y == 0) yield break;
        }
    }
}
