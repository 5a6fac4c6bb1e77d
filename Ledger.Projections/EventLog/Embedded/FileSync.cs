using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Makes a file durable and says when it could not: the runtime's own call on Linux hides a failure.</summary>
internal static class FileSync
{
    /// <exception cref="IOException">The system could not.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows()) RandomAccess.FlushToDisk(file);
        else if (fsync(file) != 0) throw new IOException($"fsync failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(SafeFileHandle file);
}
