using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ledger.Core.Merkle;

/// <summary>How many Keccak states are permuted together. All tiers give the same bytes.</summary>
internal enum KeccakTier
{
    /// <summary>One at a time, on any machine; the oracle of the others.</summary>
    Scalar,

    /// <summary>Four, where 256-bit integer vectors are accelerated.</summary>
    Avx2,

    /// <summary>Eight, where 512-bit vectors are.</summary>
    Avx512,
}

/// <summary>Chooses a tier.</summary>
internal static class KeccakTiers
{
    /// <summary>The fastest tier of this machine (<c>specs/performance.md</c> says by how much).</summary>
    public static KeccakTier Best { get; } =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? KeccakTier.Avx512
        : Vector256.IsHardwareAccelerated && Avx2.IsSupported ? KeccakTier.Avx2
        : KeccakTier.Scalar;
}
