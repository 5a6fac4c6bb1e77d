using System.Buffers;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Events that are not columnar: per event its place in the block (4), its revision (8), the size of its canonical bytes (4), the bytes; packed together.</summary>
internal sealed class RowsPart
{
    private readonly ArrayBufferWriter<byte> _output = new();

    /// <summary>Bytes gathered since <see cref="Clear"/>.</summary>
    public int Size => _output.WrittenCount;

    public void Clear() => _output.ResetWrittenCount();

    public void Add(int offset, long revision, ReadOnlySpan<byte> canonical)
    {
        _output.Int32(offset);
        _output.Int64(revision);
        _output.Int32(canonical.Length);
        _output.Write(canonical);
    }

    public byte[] Encode(Zstd zstd) => PackedBytes.Pack(_output.WrittenSpan, zstd);

    /// <param name="part">The stored bytes.</param>
    /// <param name="from">What unpacks, and how many rows there are.</param>
    public static List<Row> Decode(ReadOnlySpan<byte> part, (Zstd Zstd, int Count) from)
    {
        List<Row> rows = new(from.Count);
        byte[] bytes = PackedBytes.Unpack(part, from.Zstd);
        int at = 0;
        while (at < bytes.Length)
        {
            ByteReader reader = new(bytes.AsSpan(at));
            int offset = reader.Int32();
            long revision = reader.Int64();
            int size = reader.Take(reader.Int32()).Length;
            rows.Add(new Row(offset, revision, bytes.AsMemory(at + 16, size)));
            at += 16 + size;
        }

        return rows;
    }

    /// <param name="Offset">Place in the block.</param>
    /// <param name="Revision">Place in its stream.</param>
    /// <param name="Canonical">Canonical bytes.</param>
    internal readonly record struct Row(int Offset, long Revision, ReadOnlyMemory<byte> Canonical);
}
