using System.Numerics;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Reads what <see cref="ColumnWriter"/> writes: one column of integers as byte planes over a base, with the few values that do not fit set aside.</summary>
/// <remarks>
/// Layout: mode (0 values, 1 zigzag differences), width w, patches (4 bytes), base (8), then w planes, then each patch's index (4), then each patch's value (8).
/// Value i is base + Σ plane[k][i]·256^k, unless a patch replaces it. A plane is its stored size (4 bytes) and its bytes, zstd when the size is under the count.
/// Planes rather than packed integers: every width from 0 to 8 decodes with the same simple loops, and the upper planes compress apart from the lower.
/// </remarks>
internal sealed class ColumnCodec(Zstd zstd)
{
    private ulong[] _deltas = [];
    private readonly byte[][] _planes = [[], [], [], [], [], [], [], []];

    /// <summary>Decodes as many values as <paramref name="values"/> holds, each truncated to its type.</summary>
    public void Decode<T>(ref ByteReader reader, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        byte mode = reader.Byte();
        int width = reader.Byte();
        int patches = reader.Int32();
        ulong origin = reader.UInt64();
        if (mode > 1 || width > 8 || (uint)patches > (uint)values.Length) throw new InvalidDataException($"column mode {mode}, width {width}, {patches} patches");
        if (mode == 0)
        {
            Planes(ref reader, width, origin, values);
            ByteReader indexes = new(reader.Take(patches * 4));
            for (int i = 0; i < patches; i++) values[indexes.Int32()] = T.CreateTruncating(reader.UInt64());
            return;
        }

        if (_deltas.Length < values.Length) _deltas = new ulong[values.Length];
        Span<ulong> deltas = _deltas.AsSpan(0, values.Length);
        Planes(ref reader, width, origin, deltas);
        ByteReader at = new(reader.Take(patches * 4));
        for (int i = 0; i < patches; i++) deltas[at.Int32()] = reader.UInt64();
        ulong sum = 0;
        unchecked
        {
            for (int i = 0; i < values.Length; i++)
            {
                ulong zigzag = deltas[i];
                sum += (zigzag >> 1) ^ (0 - (zigzag & 1));
                values[i] = T.CreateTruncating(sum);
            }
        }
    }

    private void Planes<T>(ref ByteReader reader, int width, ulong origin, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        int count = values.Length;
        if (width == 0)
        {
            values.Fill(T.CreateTruncating(origin));
        }
        else if (width <= 3)
        {
            ReadOnlySpan<byte> p0 = Plane(ref reader, 0, count);
            ReadOnlySpan<byte> p1 = width > 1 ? Plane(ref reader, 1, count) : [];
            ReadOnlySpan<byte> p2 = width > 2 ? Plane(ref reader, 2, count) : [];
            PlaneWeaver.Weave(p0, p1, p2, origin, values);
        }
        else
        {
            Wide(ref reader, width, origin, values);
        }
    }

    private void Wide<T>(ref ByteReader reader, int width, ulong origin, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        values.Fill(T.CreateTruncating(origin));
        for (int k = 0; k < width; k++)
        {
            ReadOnlySpan<byte> plane = Plane(ref reader, k, values.Length);
            int shift = 8 * k;
            unchecked
            {
                for (int i = 0; i < values.Length && i < plane.Length; i++) values[i] += T.CreateTruncating((ulong)plane[i] << shift);
            }
        }
    }

    private ReadOnlySpan<byte> Plane(ref ByteReader reader, int index, int count)
    {
        int size = reader.Int32();
        ReadOnlySpan<byte> stored = reader.Take(size);
        if (size == count) return stored;
        if (_planes[index].Length < count) _planes[index] = new byte[count];
        Span<byte> plane = _planes[index].AsSpan(0, count);
        zstd.Decompress(stored, plane);
        return plane;
    }
}
