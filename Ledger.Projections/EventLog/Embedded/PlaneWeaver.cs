using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>Weaves up to three byte planes of a column into its values: value i is origin + p0[i] + 256·p1[i] + 65,536·p2[i], truncated to its type.</summary>
/// <remarks>Eight values at a time where the processor can; the rest, and elsewhere all, one by one, with the same result.</remarks>
internal static class PlaneWeaver
{
    private const int Together = 8;

    /// <param name="p0">As long as <paramref name="values"/>, as every plane that there is.</param>
    /// <param name="p1">Empty when the column is one byte wide.</param>
    /// <param name="p2">Empty when the column is at most two bytes wide.</param>
    /// <param name="origin">What every value starts from.</param>
    /// <param name="values">Overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weave<T>(ReadOnlySpan<byte> p0, ReadOnlySpan<byte> p1, ReadOnlySpan<byte> p2, ulong origin, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        int done = 0;
        if (typeof(T) == typeof(int)) done = Eights(p0, p1, p2, origin, MemoryMarshal.Cast<T, int>(values));
        else if (typeof(T) == typeof(long) || typeof(T) == typeof(ulong)) done = Eights(p0, p1, p2, origin, MemoryMarshal.Cast<T, ulong>(values));
        unchecked
        {
            for (int i = done; i < values.Length; i++)
            {
                uint word = p0[i];
                if (!p1.IsEmpty) word |= (uint)p1[i] << 8;
                if (!p2.IsEmpty) word |= (uint)p2[i] << 16;
                values[i] = T.CreateTruncating(origin + word);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Eights(ReadOnlySpan<byte> p0, ReadOnlySpan<byte> p1, ReadOnlySpan<byte> p2, ulong origin, Span<int> values)
    {
        if (!Avx2.IsSupported) return 0;
        Vector256<int> start = Vector256.Create(unchecked((int)origin));
        int i = 0;
        for (; i <= values.Length - Together; i += Together) (start + Words(p0, p1, p2, i)).CopyTo(values.Slice(i, Together));
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Eights(ReadOnlySpan<byte> p0, ReadOnlySpan<byte> p1, ReadOnlySpan<byte> p2, ulong origin, Span<ulong> values)
    {
        if (!Avx2.IsSupported) return 0;
        Vector256<ulong> start = Vector256.Create(origin);
        int i = 0;
        for (; i <= values.Length - Together; i += Together)
        {
            Vector256<int> words = Words(p0, p1, p2, i);
            Span<ulong> eight = values.Slice(i, Together);
            (start + Avx2.ConvertToVector256Int64(words.GetLower().AsUInt32()).AsUInt64()).CopyTo(eight);
            (start + Avx2.ConvertToVector256Int64(words.GetUpper().AsUInt32()).AsUInt64()).CopyTo(eight[(Together / 2)..]);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Words(ReadOnlySpan<byte> p0, ReadOnlySpan<byte> p1, ReadOnlySpan<byte> p2, int at)
    {
        Vector256<int> words = Eight(p0, at);
        if (!p1.IsEmpty) words |= Eight(p1, at) << 8;
        if (!p2.IsEmpty) words |= Eight(p2, at) << 16;
        return words;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Eight(ReadOnlySpan<byte> plane, int at) =>
        Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(plane.Slice(at, Together))).AsByte());
}
