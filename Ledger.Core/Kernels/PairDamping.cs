using Ledger.Core.Quantities;

namespace Ledger.Core.Kernels;

/// <summary>Concave credit for acting on one owner again and again (reward rules R1, pair damping).</summary>
public static class PairDamping
{
    /// <summary>min(p, isqrt(p · K)): linear up to the knee K, then a square root; K = 0 leaves p as it is. All µpoints; rounds down.</summary>
    public static long Damp(long pointsMicro, long kneeMicro) =>
        pointsMicro <= kneeMicro || kneeMicro == 0 ? pointsMicro : Root(pointsMicro, kneeMicro);

    private static long Root(long pointsMicro, long kneeMicro) => (long)IntegerRoot.Isqrt((UInt128)(ulong)pointsMicro * (ulong)kneeMicro);
}
