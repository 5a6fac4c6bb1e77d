using System.Buffers;
using Ledger.Core.Kernels;

namespace Ledger.Core.Payouts;

/// <summary>Brings earnings by wallet, in any order and perhaps several of one wallet, into the order that payees stand in.</summary>
internal static class WalletOrder
{
    /// <summary>Sums rows of the same wallet; <paramref name="earned"/> may hold one several times, <paramref name="old"/> not.</summary>
    public static WalletPayee[] Merge(WalletPayee[] old, ReadOnlySpan<WalletPayee> earned)
    {
        int[] order = ArrayPool<int>.Shared.Rent(earned.Length);
        WalletPayee[] merged = ArrayPool<WalletPayee>.Shared.Rent(old.Length + earned.Length);
        Sort(earned, order.AsSpan(0, earned.Length));
        int count = 0, at = 0, next = 0;
        while (at < old.Length || next < earned.Length)
        {
            bool fromOld = next == earned.Length || (at < old.Length && WalletPayee.Compare(old[at].Wallet, earned[order[next]].Wallet) <= 0);
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
    private static void Sort(ReadOnlySpan<WalletPayee> rows, Span<int> order)
    {
        ulong[] rented = ArrayPool<ulong>.Shared.Rent(rows.Length);
        Span<ulong> prefixes = rented.AsSpan(0, rows.Length);
        for (int i = 0; i < rows.Length; i++) (prefixes[i], order[i]) = ((ulong)(rows[i].Wallet.High16 >> 64), i);
        RadixOrder.Sort(prefixes, order);
        for (int start = 0; start < prefixes.Length;)
        {
            int end = start + 1;
            while (end < prefixes.Length && prefixes[end] == prefixes[start]) end++;
            if (end - start > 1) SortRun(rows, order[start..end]);
            start = end;
        }

        ArrayPool<ulong>.Shared.Return(rented);
    }

    private static void SortRun(ReadOnlySpan<WalletPayee> rows, Span<int> order)
    {
        (WalletPayee Row, int Index)[] run = new (WalletPayee, int)[order.Length];
        for (int i = 0; i < run.Length; i++) run[i] = (rows[order[i]], order[i]);
        Array.Sort(run, static (a, b) => WalletPayee.Compare(a.Row.Wallet, b.Row.Wallet));
        for (int i = 0; i < run.Length; i++) order[i] = run[i].Index;
    }
}
