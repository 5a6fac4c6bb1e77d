using FsCheck.Xunit;
using Ledger.Core.Kernels;
using Xunit;

namespace Ledger.Tests.Kernels;

/// <summary>Rows stand by their keys, and every row is there once.</summary>
public sealed class RadixOrderTests
{
    [Property(MaxTest = 100)]
    public void Keys_ascend_and_rows_go_with_them(ulong seed, ushort count, byte mask)
    {
        // Few and many rows; keys that differ in some bytes, in all, or in none.
        ulong[] keys = new ulong[count % 3000];
        for (int i = 0; i < keys.Length; i++) keys[i] = unchecked((seed + (ulong)i) * 0x9E3779B97F4A7C15) & Bytes(mask);
        ulong[] sorted = [.. keys];
        int[] rows = [.. Enumerable.Range(0, keys.Length)];
        RadixOrder.Sort(sorted, rows);
        Assert.Equal(keys.Order(), sorted);
        Assert.Equal(sorted, rows.Select(row => keys[row]));
        Assert.Equal(Enumerable.Range(0, keys.Length), rows.Order());
    }

    private static ulong Bytes(byte mask)
    {
        ulong bytes = 0;
        for (int at = 0; at < 8; at++) bytes |= ((mask >> at) & 1) == 1 ? 0xffUL << (8 * at) : 0;
        return bytes;
    }
}
