using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Makes a file durable and says when it could not: the runtime's own call on Linux hides a failure.</summary>
internal static class FileSync
{
    private const int ReadOnly = 0;

    /// <exception cref="IOException">The system could not.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows()) RandomAccess.FlushToDisk(file);
        else if (fsync(file) != 0) throw new IOException($"fsync failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Makes the names in a folder durable; SQLite does so too, but lets a failure pass.</summary>
    /// <exception cref="IOException">The system could not.</exception>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return; // no such call there: names are journaled with their files
        using SafeFileHandle folder = new(open(path, ReadOnly), ownsHandle: true);
        if (folder.IsInvalid) throw new IOException($"{path} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        Sync(folder);
    }

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
