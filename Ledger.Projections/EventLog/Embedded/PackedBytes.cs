using System.Buffers;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>The envelope of names and rows: a flag (0 as is, 1 zstd), the unpacked size in four bytes, the bytes.</summary>
internal static class PackedBytes
{
    /// <summary>Packs; an empty input stays empty.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> bytes, Zstd zstd)
    {
        if (bytes.IsEmpty) return [];
        ReadOnlySpan<byte> packed = zstd.Compress(bytes, bytes.Length - (bytes.Length / 8));
        ArrayBufferWriter<byte> output = new(bytes.Length + 5);
        output.Byte(packed.IsEmpty ? (byte)0 : (byte)1);
        output.Int32(bytes.Length);
        output.Write(packed.IsEmpty ? bytes : packed);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Unpack(ReadOnlySpan<byte> packed, Zstd zstd)
    {
        if (packed.IsEmpty) return [];
        ByteReader reader = new(packed);
        byte flag = reader.Byte();
        byte[] bytes = new byte[reader.Int32()];
        ReadOnlySpan<byte> rest = packed[5..];
        if (flag == 1) zstd.Decompress(rest, bytes);
        else if (flag == 0 && rest.Length == bytes.Length) rest.CopyTo(bytes);
        else throw new InvalidDataException($"envelope flag {flag}, {rest.Length} bytes");
        return bytes;
    }
}
