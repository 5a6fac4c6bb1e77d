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
        Add(entries, position, Payouts(result.Statement, poa, result.Poa.Total, isPoc: false));
        Add(entries, position, Payouts(result.Statement, poc, result.Poc.Total, isPoc: true));
        TokenAmount poaRest = pool.PoaPool - result.Poa.Total, pocRest = pool.PocPool - result.Poc.Total;
        Add(entries, position, [(poa, Minus(poaRest)), (poc, Minus(pocRest)), (JournalAccount.IncentiveFund, Plus(poaRest + pocRest))]);
        return entries;
    }

    /// <summary>One posting from the pool, one to each account's available tokens, in the statement's order.</summary>
    private static (JournalAccount Account, Int128 Amount)[] Payouts(RewardStatement statement, JournalAccount pool, TokenAmount total, bool isPoc)
    {
        int count = 1;
        foreach (PayoutRule rule in statement.Rule)
        {
            if ((rule == PayoutRule.Poc) == isPoc) count++;
        }

        (JournalAccount Account, Int128 Amount)[] sides = new (JournalAccount, Int128)[count];
        sides[0] = (pool, Minus(total));
        int at = 1;
        for (int i = 0; i < statement.Count; i++)
        {
            if ((statement.Rule[i] == PayoutRule.Poc) == isPoc) sides[at++] = (JournalAccount.Available(statement.Account[i]), (Int128)statement.Amount[i]);
        }

        return sides;
    }

    private static void Add(List<JournalEntry> entries, long position, (JournalAccount Account, Int128 Amount)[] sides)
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
