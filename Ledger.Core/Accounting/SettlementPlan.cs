using Ledger.Core.Identity;

namespace Ledger.Core.Accounting;

/// <summary>Turns entitlements into a plan: what each account can still give, summed by wallet, and a choice for each wallet.</summary>
internal static class SettlementPlan
{
    public static PlannedSettlement Of(SettlementPolicy policy, SettledSums sums, Entitlements entitlements, Balances balances)
    {
        Span<Entitlement> rows = entitlements.Rows;
        Source[] sources = new Source[rows.Length];
        ulong[] prefixes = new ulong[rows.Length];
        UInt128 unlinked = 0, spent = 0;
        int count = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            if (!entitlements.IsNewest(row)) continue;
            UInt128 available = balances.Of(JournalAccount.Available(rows[row].Account)).BaseUnits;
            Take(rows, row, ref available);
        }

        Array.Sort(prefixes, sources, 0, count);
        SortTies(sources.AsSpan(0, count));
        return Choose(sources.AsSpan(0, count));

        // The oldest wallet first: what was earned first leaves first.
        void Take(Span<Entitlement> all, int row, ref UInt128 available)
        {
            if (all[row].Older >= 0) Take(all, all[row].Older, ref available);
            UInt128 pending = all[row].Pending;
            if (pending == 0) return;
            UInt128 amount = UInt128.Min(pending, available);
            if (all[row].Wallet == default)
            {
                unlinked += pending;
                return;
            }

            available -= amount;
            spent += pending - amount;
            if (amount == 0) return;
            if (count == sources.Length)
            {
                // Only accounts with several wallets have more sources than rows that are the newest.
                Array.Resize(ref sources, count * 2);
                Array.Resize(ref prefixes, count * 2);
            }

            prefixes[count] = (ulong)(all[row].Wallet.High16 >> 64);
            sources[count++] = new Source(all[row].Wallet, row, amount);
        }

        PlannedSettlement Choose(ReadOnlySpan<Source> sorted)
        {
            List<PlannedWallet> wallets = new(sorted.Length);
            List<(int Row, UInt128 Amount)> movements = new(sorted.Length);
            UInt128 setAside = 0, pushed = 0, waiting = 0;
            for (int start = 0; start < sorted.Length;)
            {
                int end = start;
                UInt128 amount = 0;
                while (end < sorted.Length && sorted[end].Wallet == sorted[start].Wallet) amount += sorted[end++].Amount;
                SettledWallet before = sums.Of(sorted[start].Wallet);
                SettlementChoice choice = policy.Choose(amount, before.Settlements, before.Claims);
                wallets.Add(new PlannedWallet(sorted[start].Wallet, amount, choice));
                if (choice == SettlementChoice.Wait) waiting += amount;
                else setAside += amount;
                if (choice == SettlementChoice.Push) pushed += amount;
                for (int i = start; i < end && choice != SettlementChoice.Wait; i++) movements.Add((sorted[i].Row, sorted[i].Amount));
                start = end;
            }

            return new PlannedSettlement
            {
                Wallets = [.. wallets],
                SetAside = setAside,
                Pushed = pushed,
                Waiting = waiting,
                Unlinked = unlinked,
                Spent = spent,
                Movements = [.. movements],
            };
        }
    }

    /// <summary>Sorted by the first eight bytes already; the few that tie by the whole address, then by row.</summary>
    private static void SortTies(Span<Source> sources)
    {
        for (int start = 0; start < sources.Length;)
        {
            int end = start + 1;
            while (end < sources.Length && sources[end].Prefix == sources[start].Prefix) end++;
            if (end - start > 1)
            {
                sources[start..end].Sort((a, b) =>
                    a.Wallet.High16 != b.Wallet.High16 ? a.Wallet.High16.CompareTo(b.Wallet.High16)
                    : a.Wallet.Low4 != b.Wallet.Low4 ? a.Wallet.Low4.CompareTo(b.Wallet.Low4) : a.Row.CompareTo(b.Row));
            }

            start = end;
        }
    }

    /// <summary>What one account gives to one wallet.</summary>
    private readonly record struct Source(WalletAddress Wallet, int Row, UInt128 Amount)
    {
        public ulong Prefix => (ulong)(Wallet.High16 >> 64);
    }
}
