using System.Buffers;
using Ledger.Core.Identity;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>New names of a block in the order of their ordinals: per name its size (1) and its UTF-8; packed together.</summary>
internal static class NamesPart
{
    public static byte[] Encode(NameTable names, int from, int to, Zstd zstd)
    {
        ArrayBufferWriter<byte> output = new();
        for (int ordinal = from; ordinal < to; ordinal++)
        {
            ReadOnlySpan<byte> name = names.Bytes(ordinal);
            output.Byte((byte)name.Length);
            output.Write(name);
        }

        return PackedBytes.Pack(output.WrittenSpan, zstd);
    }

    /// <summary>Adds a block's names to the table.</summary>
    public static void Load(ReadOnlySpan<byte> part, BlockHeader header, NameTable names, Zstd zstd)
    {
        if (names.Count != header.NamesBefore) throw LogFaults.Chain(header.FirstPosition, $"{header.NamesBefore} names come before it, {names.Count} are known");
        ByteReader reader = new(PackedBytes.Unpack(part, zstd));
        while (!reader.IsEmpty) names.Intern(reader.Take(reader.Byte()));
        if (names.Count != header.NamesBefore + header.NewNames) throw LogFaults.Chain(header.FirstPosition, "its names are not new, or not as many as it says");
    }
}
