using System.Runtime.InteropServices;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;

namespace Ledger.Core.Accounting;

/// <summary>Every journal account's balance. Entries that do not balance or that overdraw are broken invariants and change nothing.</summary>
public sealed class Balances
{
    private readonly Dictionary<JournalAccount, Int128> _balances = [];

    /// <summary>The balance of an account; zero for one that was never posted to.</summary>
    /// <exception cref="InvalidOperationException">Asked of <see cref="JournalAccount.SupplyIssued"/>, which is negative; see <see cref="Trial"/>.</exception>
    public TokenAmount Of(JournalAccount account)
    {
        if (account.Kind == JournalAccountKind.SupplyIssued) throw new InvalidOperationException("the supply is a contra account; ask the trial balance");
        return TokenAmount.FromBaseUnits((UInt128)_balances.GetValueOrDefault(account));
    }

    /// <summary>Posts an entry, whole or not at all.</summary>
    /// <exception cref="InvalidOperationException"><c>journal-unbalanced</c> or <c>journal-overdrawn</c>.</exception>
    public void Post(JournalEntry entry)
    {
        Int128 sum = 0;
        foreach (Posting posting in entry.Postings) sum += posting.Amount;
        if (sum != 0) throw new InvalidOperationException($"journal-unbalanced: the postings of the entry at position {entry.Position} sum to {sum}");

        int posted = 0;
        foreach (Posting posting in entry.Postings)
        {
            if (!TryAdd(posting)) break;
            posted++;
        }

        if (posted == entry.Postings.Length) return;
        for (int i = posted - 1; i >= 0; i--) _balances[entry.Postings[i].Account] -= entry.Postings[i].Amount;
        Posting overdrawn = entry.Postings[posted];
        throw new InvalidOperationException(
            $"journal-overdrawn: the entry at position {entry.Position} takes {-overdrawn.Amount} from {overdrawn.Account.Kind} {overdrawn.Account.Of}, which holds {_balances.GetValueOrDefault(overdrawn.Account)}");
    }

    /// <summary>Adds up every balance.</summary>
    public TrialBalance Trial()
    {
        Int128 held = 0, issued = 0;
        int count = 0;
        foreach ((JournalAccount account, Int128 balance) in _balances)
        {
            if (account.Kind == JournalAccountKind.SupplyIssued) issued = balance;
            else held += balance;
            if (balance != 0) count++;
        }

        return new TrialBalance(held + issued, TokenAmount.FromBaseUnits((UInt128)(-issued)), TokenAmount.FromBaseUnits((UInt128)held), count);
    }

    /// <summary>Accounts that hold something, by name bytes.</summary>
    public IReadOnlyList<(string Name, TokenAmount Balance)> List(NameTable names)
    {
        List<(string Name, TokenAmount Balance)> list = [];
        foreach ((JournalAccount account, Int128 balance) in _balances)
        {
            if (balance > 0) list.Add((account.Name(names), TokenAmount.FromBaseUnits((UInt128)balance)));
        }

        list.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return list;
    }

    internal void WriteTo(CanonicalBuffer bytes)
    {
        KeyValuePair<JournalAccount, Int128>[] rows = [.. _balances.Where(b => b.Value != 0).OrderBy(b => b.Key.Kind).ThenBy(b => b.Key.Of)];
        bytes.Int32(rows.Length);
        foreach ((JournalAccount account, Int128 balance) in rows)
        {
            account.WriteTo(bytes);
            bytes.Signed(balance);
        }
    }

    internal void Restore(ref CanonicalReader input)
    {
        for (int left = input.Count(); left > 0; left--) _balances.Add(JournalAccount.Read(ref input), input.Signed());
    }

    private bool TryAdd(Posting posting)
    {
        ref Int128 balance = ref CollectionsMarshal.GetValueRefOrAddDefault(_balances, posting.Account, out _);
        if (balance + posting.Amount < 0 && posting.Account.Kind != JournalAccountKind.SupplyIssued) return false;
        balance += posting.Amount;
        return true;
    }
}

/// <summary>The sums over the journal.</summary>
/// <param name="Difference">Σ over every account, the supply's contra account included: zero, always.</param>
/// <param name="Supply">What was issued.</param>
/// <param name="Held">Σ over every account but the contra account: the supply, always.</param>
/// <param name="Accounts">Accounts with a balance.</param>
public readonly record struct TrialBalance(Int128 Difference, TokenAmount Supply, TokenAmount Held, int Accounts)
{
    /// <summary>Stops at once when the books do not balance.</summary>
    /// <exception cref="InvalidOperationException"><c>trial-balance</c>.</exception>
    public TrialBalance Require() => Difference == 0 && Supply == Held
        ? this
        : throw new InvalidOperationException($"trial-balance: difference {Difference}, supply {Supply}, held {Held}; the journal is damaged, replay the log");
}
