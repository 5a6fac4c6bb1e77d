using System.Runtime.InteropServices;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;

namespace Ledger.Core.Accounting;

/// <summary>Every journal account's balance. Entries that do not balance or that overdraw are broken invariants and change nothing.</summary>
/// <remarks>A close posts to every account that earned, so what accounts hold stands in columns by their ordinals; the rest is few.</remarks>
public sealed class Balances
{
    private readonly Dictionary<JournalAccount, Int128> _others = [];
    private Int128[] _available = [];
    private Int128[] _held = [];

    /// <summary>The balance of an account; zero for one that was never posted to.</summary>
    /// <exception cref="InvalidOperationException">Asked of <see cref="JournalAccount.SupplyIssued"/>, which is negative; see <see cref="Trial"/>.</exception>
    public TokenAmount Of(JournalAccount account)
    {
        if (account.Kind == JournalAccountKind.SupplyIssued) throw new InvalidOperationException("the supply is a contra account; ask the trial balance");
        return TokenAmount.FromBaseUnits((UInt128)Balance(account));
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
        for (int i = posted - 1; i >= 0; i--) At(entry.Postings[i].Account) -= entry.Postings[i].Amount;
        Posting overdrawn = entry.Postings[posted];
        throw new InvalidOperationException(
            $"journal-overdrawn: the entry at position {entry.Position} takes {-overdrawn.Amount} from {overdrawn.Account.Kind} {overdrawn.Account.Of}, which holds {Balance(overdrawn.Account)}");
    }

    /// <summary>Adds up every balance.</summary>
    public TrialBalance Trial()
    {
        Int128 held = 0, issued = 0;
        int count = 0;
        foreach ((JournalAccount account, Int128 balance) in _others)
        {
            if (account.Kind == JournalAccountKind.SupplyIssued) issued = balance;
            else held += balance;
            if (balance != 0) count++;
        }

        AddUp(_available);
        AddUp(_held);
        return new TrialBalance(held + issued, TokenAmount.FromBaseUnits((UInt128)(-issued)), TokenAmount.FromBaseUnits((UInt128)held), count);

        void AddUp(Int128[] column)
        {
            foreach (Int128 balance in column)
            {
                if (balance == 0) continue;
                held += balance;
                count++;
            }
        }
    }

    /// <summary>Accounts that hold something, by name bytes.</summary>
    public IReadOnlyList<(string Name, TokenAmount Balance)> List(NameTable names)
    {
        List<(string Name, TokenAmount Balance)> list =
            [.. Rows().Where(row => row.Balance > 0).Select(row => (row.Account.Name(names), TokenAmount.FromBaseUnits((UInt128)row.Balance)))];
        list.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return list;
    }

    internal void WriteTo(CanonicalBuffer bytes)
    {
        (JournalAccount Account, Int128 Balance)[] rows = [.. Rows().OrderBy(row => row.Account.Kind).ThenBy(row => row.Account.Of)];
        bytes.Int32(rows.Length);
        foreach ((JournalAccount account, Int128 balance) in rows)
        {
            account.WriteTo(bytes);
            bytes.Signed(balance);
        }
    }

    internal void Restore(ref CanonicalReader input, NameTable names)
    {
        for (int left = input.Count(); left > 0; left--)
        {
            JournalAccount account = JournalAccount.Read(ref input);
            if (account.IsNamed && (uint)account.Of >= (uint)names.Count) throw CanonicalReader.Damaged();
            At(account) = input.Signed();
        }
    }

    private static ref Int128 At(ref Int128[] column, int account)
    {
        if (account >= column.Length) Array.Resize(ref column, Math.Max(account + 1, column.Length * 2));
        return ref column[account];
    }

    private bool TryAdd(Posting posting)
    {
        ref Int128 balance = ref At(posting.Account);
        if (balance + posting.Amount < 0 && posting.Account.Kind != JournalAccountKind.SupplyIssued) return false;
        balance += posting.Amount;
        return true;
    }

    private Int128 Balance(JournalAccount account) => account.Kind switch
    {
        JournalAccountKind.AccountAvailable => account.Of < _available.Length ? _available[account.Of] : 0,
        JournalAccountKind.AccountHeld => account.Of < _held.Length ? _held[account.Of] : 0,
        _ => _others.GetValueOrDefault(account),
    };

    private ref Int128 At(JournalAccount account)
    {
        if (account.Kind == JournalAccountKind.AccountAvailable) return ref At(ref _available, account.Of);
        if (account.Kind == JournalAccountKind.AccountHeld) return ref At(ref _held, account.Of);
        return ref CollectionsMarshal.GetValueRefOrAddDefault(_others, account, out _);
    }

    /// <summary>Every balance that is not zero.</summary>
    private List<(JournalAccount Account, Int128 Balance)> Rows()
    {
        List<(JournalAccount Account, Int128 Balance)> rows = [];
        foreach ((JournalAccount account, Int128 balance) in _others) Add(account, balance);
        for (int account = 0; account < _available.Length; account++) Add(JournalAccount.Available(account), _available[account]);
        for (int account = 0; account < _held.Length; account++) Add(JournalAccount.Held(account), _held[account]);
        return rows;

        void Add(JournalAccount account, Int128 balance)
        {
            if (balance != 0) rows.Add((account, balance));
        }
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
