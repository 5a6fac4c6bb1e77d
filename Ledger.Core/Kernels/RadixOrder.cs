using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ledger.Core.Kernels;

/// <summary>Sorts rows by 64-bit keys, a byte at a time from the lowest, in a time that grows as the rows do.</summary>
internal static class RadixOrder
{
    private const int KeyBytes = sizeof(ulong);
    private const int Values = 256;

    // Fewer are sorted sooner by comparing.
    private const int FewRows = 512;

    /// <summary>Puts keys into ascending order, moves the rows along, and puts rows whose keys tie into an order of their own.</summary>
    public static void Sort(Span<ulong> keys, Span<int> rows, Comparison<int> ties)
    {
        Sort(keys, rows);
        for (int start = 0; start < keys.Length;)
        {
            int end = start + 1;
            while (end < keys.Length && keys[end] == keys[start]) end++;
            if (end - start > 1) rows[start..end].Sort(ties);
            start = end;
        }
    }

    /// <summary>Puts keys into ascending order and moves the rows along; which of two equal keys comes first is left open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sort(Span<ulong> keys, Span<int> rows)
    {
        if (keys.Length < FewRows)
        {
            keys.Sort(rows);
            return;
        }

        int[] counts = new int[KeyBytes * Values];
        foreach (ulong key in keys)
        {
            for (int at = 0; at < KeyBytes; at++) counts[(at * Values) + (int)((key >> (8 * at)) & 0xff)]++;
        }

        ulong[] otherKeys = ArrayPool<ulong>.Shared.Rent(keys.Length);
        int[] otherRows = ArrayPool<int>.Shared.Rent(keys.Length);
        Span<ulong> fromKeys = keys, toKeys = otherKeys.AsSpan(0, keys.Length);
        Span<int> fromRows = rows, toRows = otherRows.AsSpan(0, keys.Length);
        bool swapped = false;
        for (int at = 0; at < KeyBytes; at++)
        {
            Span<int> next = counts.AsSpan(at * Values, Values);
            int shift = 8 * at;
            if (next[(int)((keys[0] >> shift) & 0xff)] == keys.Length) continue;
            int start = 0;
            foreach (ref int count in next) (count, start) = (start, start + count);
            for (int i = 0; i < fromKeys.Length; i++)
            {
                ulong key = fromKeys[i];
                int to = next[(int)((key >> shift) & 0xff)]++;
                toKeys[to] = key;
                toRows[to] = fromRows[i];
            }

            Span<ulong> doneKeys = toKeys;
            toKeys = fromKeys;
            fromKeys = doneKeys;
            Span<int> doneRows = toRows;
            toRows = fromRows;
            fromRows = doneRows;
            swapped = !swapped;
        }

        if (swapped)
        {
            fromKeys.CopyTo(keys);
            fromRows.CopyTo(rows);
        }

        ArrayPool<ulong>.Shared.Return(otherKeys);
        ArrayPool<int>.Shared.Return(otherRows);
    }
}
