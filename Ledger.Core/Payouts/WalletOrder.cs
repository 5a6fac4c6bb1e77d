using System.Buffers;
using Ledger.Core.Kernels;

namespace Ledger.Core.Payouts;

/// <summary>Brings earnings by wallet, in any order and perhaps several of one wallet, into the order that payees stand in.</summary>
internal static class WalletOrder
{
    /// <summary>Sums rows of the same wallet; <paramref name="earned"/> may hold one several times, <paramref name="old"/> not.</summary>
    public static WalletPayee[] Merge(WalletPayee[] old, ArraySegment<WalletPayee> earned)
    {
        int[] order = ArrayPool<int>.Shared.Rent(earned.Count);
        WalletPayee[] merged = ArrayPool<WalletPayee>.Shared.Rent(old.Length + earned.Count);
        Sort(earned, order.AsSpan(0, earned.Count));
        int count = 0, at = 0, next = 0;
        while (at < old.Length || next < earned.Count)
        {
            bool fromOld = next == earned.Count || (at < old.Length && WalletPayee.Compare(old[at].Wallet, earned[order[next]].Wallet) <= 0);
            WalletPayee row = fromOld ? old[at++] : earned[order[next++]];
            if (count > 0 && merged[count - 1].Wallet == row.Wallet)
                merged[count - 1] = row with { Cumulative = merged[count - 1].Cumulative + row.Cumulative };
            else merged[count++] = row;
        }

        WalletPayee[] rows = merged.AsSpan(0, count).ToArray();
        ArrayPool<WalletPayee>.Shared.Return(merged);
        ArrayPool<int>.Shared.Return(order);
        return rows;
    }

    /// <summary>By the first eight bytes as one integer, then the few that tie by the whole address.</summary>
    private static void Sort(ArraySegment<WalletPayee> rows, Span<int> order)
    {
        ulong[] prefixes = ArrayPool<ulong>.Shared.Rent(rows.Count);
        for (int i = 0; i < order.Length; i++) (prefixes[i], order[i]) = ((ulong)(rows[i].Wallet.High16 >> 64), i);
        RadixOrder.Sort(prefixes.AsSpan(0, order.Length), order, (a, b) => WalletPayee.Compare(rows[a].Wallet, rows[b].Wallet));
        ArrayPool<ulong>.Shared.Return(prefixes);
    }
}
