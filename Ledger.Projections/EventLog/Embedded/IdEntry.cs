using System.Runtime.InteropServices;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>An event id and where it stands: 24 bytes, little-endian, in memory as in run files.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct IdEntry(ulong IdHigh, ulong IdLow, long Position)
{
    public const int SizeBytes = 24;

    /// <summary>What tables and runs are ordered by. Producers choose ids, so neither half alone may decide.</summary>
    public ulong Hash => HashOf(IdHigh, IdLow);

    public static ulong HashOf(ulong high, ulong low)
    {
        unchecked
        {
            ulong hash = (low ^ 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
            hash = (hash ^ (hash >> 32) ^ high) * 0x94d049bb133111eb;
            hash ^= hash >> 29;
            hash *= 0xff51afd7ed558ccd;
            return hash ^ (hash >> 32);
        }
    }
}
