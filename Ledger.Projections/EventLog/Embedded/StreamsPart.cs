using System.Buffers;
using System.Text;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Streams of a block in order of appearance: per stream the size of its name (2), the name, the revision of its first event here (8), its events here (4).</summary>
internal static class StreamsPart
{
    public static byte[] Encode(IReadOnlyList<StreamSpan> streams, Zstd zstd)
    {
        ArrayBufferWriter<byte> output = new();
        foreach (StreamSpan stream in streams)
        {
            byte[] name = Encoding.UTF8.GetBytes(stream.Name);
            output.UInt16((ushort)name.Length);
            output.Write(name);
            output.Int64(stream.FirstRevision);
            output.Int32(stream.Count);
        }

        return PackedBytes.Pack(output.WrittenSpan, zstd);
    }

    public static List<StreamSpan> Decode(ReadOnlySpan<byte> part, Zstd zstd)
    {
        List<StreamSpan> streams = [];
        ByteReader reader = new(PackedBytes.Unpack(part, zstd));
        while (!reader.IsEmpty) streams.Add(new StreamSpan(Encoding.UTF8.GetString(reader.Take(reader.UInt16())), reader.Int64(), reader.Int32()));
        return streams;
    }
}

/// <summary>What one block holds of one stream.</summary>
internal readonly record struct StreamSpan(string Name, long FirstRevision, int Count);
