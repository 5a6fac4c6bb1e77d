using System.Buffers;
using System.Numerics;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Writes one column of integers in the layout of <see cref="ColumnCodec"/>, choosing values or differences and the width that is smallest.</summary>
internal sealed class ColumnWriter(Zstd zstd)
{
    private const int PatchBytes = 4 + 8;

    private ulong[] _direct = [];
    private ulong[] _deltas = [];
    private byte[] _plane = [];

    public void Write(ReadOnlySpan<long> values, IBufferWriter<byte> output)
    {
        int count = values.Length;
        if (_direct.Length < count)
        {
            _direct = new ulong[count];
            _deltas = new ulong[count];
        }

        long before = 0;
        for (int i = 0; i < count; i++)
        {
            _direct[i] = unchecked((ulong)values[i]);
            _deltas[i] = ZigZag(unchecked(values[i] - before));
            before = values[i];
        }

        Shape direct = ShapeOf(_direct.AsSpan(0, count));
        Shape deltas = ShapeOf(_deltas.AsSpan(0, count));
        if (deltas.Size < direct.Size) Planes(1, deltas, _deltas.AsSpan(0, count), output);
        else Planes(0, direct, _direct.AsSpan(0, count), output);
    }

    private static ulong ZigZag(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    // The width with the smallest stored size, counting the patches that it would need.
    private static Shape ShapeOf(ReadOnlySpan<ulong> values)
    {
        ulong origin = ulong.MaxValue;
        foreach (ulong value in values) origin = Math.Min(origin, value);
        Span<int> byWidth = stackalloc int[9];
        byWidth.Clear();
        foreach (ulong value in values) byWidth[(71 - BitOperations.LeadingZeroCount(value - origin)) / 8]++;

        int width = 8;
        int patches = 0;
        long size = 8L * values.Length;
        int above = 0;
        for (int w = 7; w >= 0; w--)
        {
            above += byWidth[w + 1];
            long candidate = ((long)w * values.Length) + ((long)above * PatchBytes);
            if (candidate > size) continue;
            (width, patches, size) = (w, above, candidate);
        }

        return new Shape(origin, width, patches, size);
    }

    private void Planes(byte mode, Shape shape, ReadOnlySpan<ulong> values, IBufferWriter<byte> output)
    {
        output.Byte(mode);
        output.Byte((byte)shape.Width);
        output.Int32(shape.Patches);
        output.UInt64(shape.Origin);
        ulong limit = shape.Width == 8 ? ulong.MaxValue : (1UL << (8 * shape.Width)) - 1;
        if (_plane.Length < values.Length) _plane = new byte[values.Length];
        Span<byte> plane = _plane.AsSpan(0, values.Length);
        for (int k = 0; k < shape.Width; k++)
        {
            unchecked
            {
                for (int i = 0; i < values.Length; i++)
                {
                    ulong offset = values[i] - shape.Origin;
                    plane[i] = offset > limit ? (byte)0 : (byte)(offset >> (8 * k));
                }
            }

            // Unpacking costs about as much as the rest of the decode, so it must save a quarter.
            ReadOnlySpan<byte> packed = zstd.Compress(plane, values.Length - (values.Length / 4));
            output.Int32(packed.IsEmpty ? plane.Length : packed.Length);
            output.Write(packed.IsEmpty ? plane : packed);
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] - shape.Origin > limit) output.Int32(i);
        }

        foreach (ulong value in values)
        {
            if (value - shape.Origin > limit) output.UInt64(value);
        }
    }

    private readonly record struct Shape(ulong Origin, int Width, int Patches, long Size);
}
