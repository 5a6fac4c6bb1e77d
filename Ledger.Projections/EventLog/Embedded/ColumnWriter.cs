using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Writes one column of integers in the layout of <see cref="ColumnCodec"/>, choosing values or differences and the width that is smallest.</summary>
internal sealed class ColumnWriter(Zstd zstd)
{
    private const int PatchBytes = 4 + 8;
    private const int WidthMax = 8;

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
            _plane = new byte[count];
        }

        Span<ulong> direct = _direct.AsSpan(0, count);
        Span<ulong> deltas = _deltas.AsSpan(0, count);
        MemoryMarshal.Cast<long, ulong>(values).CopyTo(direct);
        Shape ofValues = Rebase(direct);
        if (ofValues.Size == 0)
        {
            Planes(0, ofValues, direct, output); // nothing is smaller
            return;
        }

        ZigZag(values, deltas);
        Shape ofDeltas = Rebase(deltas);
        if (ofDeltas.Size < ofValues.Size) Planes(1, ofDeltas, deltas, output);
        else Planes(0, ofValues, direct, output);
    }

    // 2·difference to the value before, or its complement when negative: small differences of either sign become small numbers.
    private static void ZigZag(ReadOnlySpan<long> values, Span<ulong> deltas)
    {
        long before = 0;
        unchecked
        {
            for (int i = 0; i < deltas.Length && i < values.Length; i++)
            {
                long difference = values[i] - before;
                deltas[i] = (ulong)((difference << 1) ^ (difference >> 63));
                before = values[i];
            }
        }
    }

    /// <summary>Makes the values offsets from the smallest of them, and gives the width with the smallest stored size, counting the patches that it would need.</summary>
    private static Shape Rebase(Span<ulong> values)
    {
        Span<int> byWidth = stackalloc int[2 * (WidthMax + 1)];
        byWidth.Clear();
        ulong origin = Smallest(values);
        unchecked
        {
            // Two counts for each width, in turn: one would wait for itself.
            for (int i = 0; i < values.Length; i++)
            {
                ulong offset = values[i] - origin;
                values[i] = offset;
                byWidth[(((71 - BitOperations.LeadingZeroCount(offset)) >> 3) << 1) | (i & 1)]++;
            }
        }

        int width = WidthMax;
        int patches = 0;
        long size = (long)WidthMax * values.Length;
        int above = 0;
        for (int w = WidthMax - 1; w >= 0; w--)
        {
            above += byWidth[2 * (w + 1)] + byWidth[(2 * (w + 1)) + 1];
            long candidate = ((long)w * values.Length) + ((long)above * PatchBytes);
            if (candidate > size) continue;
            (width, patches, size) = (w, above, candidate);
        }

        return new Shape(origin, width, patches, size);
    }

    private static ulong Smallest(ReadOnlySpan<ulong> values)
    {
        (ulong even, ulong odd) = (ulong.MaxValue, ulong.MaxValue);
        int i = 0;
        for (; i + 1 < values.Length; i += 2) (even, odd) = (Math.Min(even, values[i]), Math.Min(odd, values[i + 1]));
        if (i < values.Length) even = Math.Min(even, values[i]);
        return Math.Min(even, odd);
    }

    private void Planes(byte mode, Shape shape, Span<ulong> offsets, IBufferWriter<byte> output)
    {
        output.Byte(mode);
        output.Byte((byte)shape.Width);
        output.Int32(shape.Patches);
        output.UInt64(shape.Origin);
        int patchBytes = shape.Patches * PatchBytes;
        byte[] patches = patchBytes == 0 ? [] : ArrayPool<byte>.Shared.Rent(patchBytes);
        if (patchBytes > 0) TakePatches(shape, offsets, patches);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(offsets);
        Span<byte> plane = _plane.AsSpan(0, offsets.Length);
        for (int k = 0; k < shape.Width; k++)
        {
            for (int i = 0, at = k; i < plane.Length && (uint)at < (uint)bytes.Length; i++, at += sizeof(ulong)) plane[i] = bytes[at];

            // Unpacking costs about as much as the rest of the decode, so it must save a quarter.
            ReadOnlySpan<byte> packed = zstd.CompressPlane(plane, plane.Length - (plane.Length / 4));
            output.Int32(packed.IsEmpty ? plane.Length : packed.Length);
            output.Write(packed.IsEmpty ? plane : packed);
        }

        if (patchBytes == 0) return;
        output.Write(patches.AsSpan(0, patchBytes));
        ArrayPool<byte>.Shared.Return(patches);
    }

    // Places of all patches, then their values; an offset that is patched is stored as 0.
    private static void TakePatches(Shape shape, Span<ulong> offsets, Span<byte> patches)
    {
        ulong limit = (1UL << (8 * shape.Width)) - 1;
        int taken = 0;
        Span<byte> values = patches[(shape.Patches * sizeof(int))..];
        for (int i = 0; i < offsets.Length; i++)
        {
            if (offsets[i] <= limit) continue;
            MemoryMarshal.Write(patches[(taken * sizeof(int))..], i);
            MemoryMarshal.Write(values[(taken * sizeof(ulong))..], unchecked(offsets[i] + shape.Origin));
            offsets[i] = 0;
            taken++;
        }
    }

    private readonly record struct Shape(ulong Origin, int Width, int Patches, long Size);
}
