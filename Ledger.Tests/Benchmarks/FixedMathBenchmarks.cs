using BenchmarkDotNet.Attributes;
using Ledger.Core.Quantities;

namespace Ledger.Benchmarks;

/// <summary>One root, decay and power each: roots run per pair or member, decays per gift, powers once per window.</summary>
public class FixedMathBenchmarks
{
    private ulong _seed = 0x1234_5678_9ABC_DEF1;

    [Benchmark]
    public ulong Isqrt64() => IntegerRoot.Isqrt(Next() >> 2);

    [Benchmark]
    public ulong Isqrt128() => IntegerRoot.Isqrt((UInt128)Next() << 32);

    [Benchmark]
    public UInt128 Decay() => FixedMath.Decay(TokenAmount.Supply.BaseUnits, Next() >> 30, 86_400_000);

    [Benchmark]
    public Q32 Pow() => FixedMath.Pow(Q32.FromRaw(Next() >> 30), Q32.FromRaw(3_000_000_000));

    private ulong Next() => _seed = unchecked((_seed * 6364136223846793005) + 1442695040888963407);
}
