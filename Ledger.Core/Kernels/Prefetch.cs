using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Ledger.Core.Kernels;

/// <summary>Asks for memory that is read a little later, where the processor can.</summary>
/// <remarks>Nothing depends on it: an address that has moved or gone by then is a wasted hint and no fault.</remarks>
internal static class Prefetch
{
    /// <summary>For the next few dozen events.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Near<T>(ref readonly T at)
        where T : struct
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in at)));
    }

    /// <summary>For the next few hundred: no nearer than the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Far<T>(ref readonly T at)
        where T : struct
    {
        if (Sse.IsSupported) Sse.Prefetch1(Unsafe.AsPointer(ref Unsafe.AsRef(in at)));
    }
}
