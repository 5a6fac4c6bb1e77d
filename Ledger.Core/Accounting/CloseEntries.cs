using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Accounting;

/// <summary>The entries of a window's close: the pools are funded, pay what the statement says, and give back the rest.</summary>
internal static class CloseEntries
{
    internal static IReadOnlyList<JournalEntry> Of(Day window, WindowResult result, TokenAmount topUps, TokenAmount buyback, long position)
    {
        PoolResult pool = result.Pool;
        JournalAccount poa = JournalAccount.PoaPool(window), poc = JournalAccount.PocPool(window);
        TokenAmount drawn = pool.Pool - topUps - buyback;
        List<JournalEntry> entries = [];
        Add(entries, position,
            [(JournalAccount.IncentiveFund, Minus(drawn)), (JournalAccount.TopUps, Minus(topUps)), (JournalAccount.AdsBuyback, Minus(buyback)),
            (poa, Plus(pool.PoaPool)), (poc, Plus(pool.PocPool))]);
        Pay(entries, position, result.Statement, poa, result.Poa.Total, isPoc: false);
        Pay(entries, position, result.Statement, poc, result.Poc.Total, isPoc: true);
        TokenAmount poaRest = pool.PoaPool - result.Poa.Total, pocRest = pool.PocPool - result.Poc.Total;
        Add(entries, position, [(poa, Minus(poaRest)), (poc, Minus(pocRest)), (JournalAccount.IncentiveFund, Plus(poaRest + pocRest))]);
        return entries;
    }

    /// <summary>One posting from the pool, one to each account's available tokens, in the statement's order. Every line of a statement is positive.</summary>
    private static void Pay(List<JournalEntry> entries, long position, RewardStatement statement, JournalAccount pool, TokenAmount total, bool isPoc)
    {
        ReadOnlySpan<PayoutRule> rule = statement.Rule;
        int lines = rule.Count(PayoutRule.Poc);
        if (!isPoc) lines = rule.Length - lines;
        if (lines == 0) return;

        Posting[] postings = GC.AllocateUninitializedArray<Posting>(1 + lines);
        postings[0] = new Posting(pool, Minus(total));
        int at = 1;
        for (int i = 0; i < rule.Length; i++)
        {
            if ((rule[i] == PayoutRule.Poc) == isPoc) postings[at++] = new Posting(JournalAccount.Available(statement.Account[i]), (Int128)statement.Amount[i]);
        }

        entries.Add(new JournalEntry(position, postings));
    }

    private static void Add(List<JournalEntry> entries, long position, ReadOnlySpan<(JournalAccount Account, Int128 Amount)> sides)
    {
        int moving = 0;
        foreach ((JournalAccount _, Int128 amount) in sides)
        {
            if (amount != 0) moving++;
        }

        if (moving == 0) return;
        Posting[] postings = new Posting[moving];
        int at = 0;
        foreach ((JournalAccount account, Int128 amount) in sides)
        {
            if (amount != 0) postings[at++] = new Posting(account, amount);
        }

        entries.Add(new JournalEntry(position, postings));
    }

    private static Int128 Plus(TokenAmount amount) => (Int128)amount.BaseUnits;

    private static Int128 Minus(TokenAmount amount) => -(Int128)amount.BaseUnits;
}
