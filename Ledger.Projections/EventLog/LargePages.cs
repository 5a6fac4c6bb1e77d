using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ledger.Projections.EventLog;

/// <summary>Memory that the system is asked to back with large pages: one fault for 2 MiB instead of 512.</summary>
/// <remarks>On a virtual machine a fault costs microseconds, and each of two: when the process first looks at a page, and when the system does for it.</remarks>
internal static class LargePages
{
    private const int PageBytes = 2 << 20;
    private const int LineBytes = 64;
    private const int AdviseHugePage = 14;

    /// <summary>An array that stays where it is, from the beginning of a cache line if items fill one; what it holds means nothing.</summary>
    public static ArraySegment<T> Allocate<T>(int count)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        int perLine = LineBytes % size == 0 ? LineBytes / size : 0;
        T[] array = GC.AllocateUninitializedArray<T>(count + perLine, pinned: true);
        nint start = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        int before = perLine == 0 ? 0 : (int)(-start & (LineBytes - 1)) / size;
        Advise(start, (long)array.Length * size);
        return new ArraySegment<T>(array, before, count);
    }

    private static void Advise(nint start, long bytes)
    {
        nint from = (start + PageBytes - 1) & ~(nint)(PageBytes - 1);
        long whole = (start + bytes - from) & ~(PageBytes - 1L);

        // Only advice: where it is not taken, pages are as small as they were.
        if (OperatingSystem.IsLinux() && whole > 0) _ = madvise(from, (nuint)whole, AdviseHugePage);
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int madvise(nint address, nuint length, int advice);
}
