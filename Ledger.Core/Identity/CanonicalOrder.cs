using System.Buffers.Binary;
using Ledger.Core.Kernels;

namespace Ledger.Core.Identity;

/// <summary>The order in which everything that is paid, hashed or compared stands: by the bytes of the id.</summary>
public static class CanonicalOrder
{
    /// <summary>A permutation: entry i is the index, in <paramref name="ordinals"/>, of the i-th name in canonical order.</summary>
    /// <remarks>Sorts by the first eight bytes behind what all names begin with, as one integer, and looks at whole names only where those tie.</remarks>
    public static int[] Of(ReadOnlySpan<int> ordinals, NameTable names)
    {
        int common = CommonPrefix(ordinals, names);
        ulong[] prefixes = new ulong[ordinals.Length];
        int[] order = new int[ordinals.Length];
        for (int i = 0; i < order.Length; i++)
        {
            prefixes[i] = Prefix(names.Bytes(ordinals[i])[common..]);
            order[i] = i;
        }

        int[] ordered = ordinals.ToArray();
        RadixOrder.Sort(prefixes, order, (a, b) => names.Compare(ordered[a], ordered[b]));
        return order;
    }

    private static int CommonPrefix(ReadOnlySpan<int> ordinals, NameTable names)
    {
        if (ordinals.IsEmpty) return 0;
        ReadOnlySpan<byte> common = names.Bytes(ordinals[0]);
        foreach (int ordinal in ordinals) common = common[..common.CommonPrefixLength(names.Bytes(ordinal))];
        return common.Length;
    }

    // Zero padding keeps the order: a name that ends sorts before one that goes on, and the rest is compared in full.
    private static ulong Prefix(ReadOnlySpan<byte> name)
    {
        Span<byte> eight = stackalloc byte[8];
        eight.Clear();
        name[..Math.Min(8, name.Length)].CopyTo(eight);
        return BinaryPrimitives.ReadUInt64BigEndian(eight);
    }
}
