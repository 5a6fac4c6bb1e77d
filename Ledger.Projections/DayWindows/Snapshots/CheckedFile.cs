using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Projections.DayWindows.Snapshots;

/// <summary>Reads what a derived file holds, and tells whether it is what was written.</summary>
internal static class CheckedFile
{
    /// <summary>Fills <paramref name="bytes"/>; false when the file ends before.</summary>
    public static bool TryRead(SafeFileHandle file, Span<byte> bytes, long from)
    {
        for (int read = 0; read < bytes.Length;)
        {
            int more = RandomAccess.Read(file, bytes[read..], from + read);
            if (more == 0) return false;
            read += more;
        }

        return true;
    }

    /// <summary>The same, and false when the bytes have another SHA-256.</summary>
    public static bool TryRead(SafeFileHandle file, Span<byte> bytes, long from, ReadOnlySpan<byte> hash) =>
        TryRead(file, bytes, from) && SHA256.HashData(bytes).AsSpan().SequenceEqual(hash);
}
