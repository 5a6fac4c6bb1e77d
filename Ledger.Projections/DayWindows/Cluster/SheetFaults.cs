using System.Security.Cryptography;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>What can be wrong with a stored part.</summary>
internal static class SheetFaults
{
    public static LogFaultException Differs(PartKey key, Digest held, Digest folded) => new("part-differs",
        $"part {key.Part} of window {key.Window} sealed at {key.SealedAt} is held as {held} and was folded as {folded}; two machines disagree about the same log: run `audit`, compare their builds, and close nothing before it is explained");

    /// <summary>The bytes, if they are what the digest was taken of.</summary>
    public static byte[] Checked(PartKey key, Digest digest, byte[] bytes) => Digest.FromBytes(SHA256.HashData(bytes)) == digest
        ? bytes
        : throw new LogFaultException("part-damaged", $"part {key.Part} of window {key.Window} is not what was written; remove the store of sheets, and it will be folded again");
}
