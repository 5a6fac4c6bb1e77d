using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ledger.Projections.EventLog;

/// <summary>Memory that the system is asked to back with large pages: one fault for 2 MiB instead of 512.</summary>
/// <remarks>On a virtual machine a fault costs microseconds, and each of two: when the process first looks at a page, and when the system does for it.</remarks>
internal static class LargePages
{
    private const int PageBytes = 2 << 20;
    private const int AdviseHugePage = 14;

    /// <summary>An array that stays where it is; what it holds means nothing.</summary>
    public static T[] Allocate<T>(int count)
        where T : unmanaged
    {
        T[] array = GC.AllocateUninitializedArray<T>(count, pinned: true);
        if (!OperatingSystem.IsLinux()) return array;
        nint start = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        nint from = (start + PageBytes - 1) & ~(nint)(PageBytes - 1);
        long bytes = start + ((long)array.Length * Unsafe.SizeOf<T>()) - from;

        // Only advice: where it is not taken, pages are as small as they were.
        if (bytes >= PageBytes) _ = madvise(from, (nuint)(bytes & ~(PageBytes - 1L)), AdviseHugePage);
        return array;
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int madvise(nint address, nuint length, int advice);
}
