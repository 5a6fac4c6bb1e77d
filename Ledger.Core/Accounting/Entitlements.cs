using System.Runtime.InteropServices;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Core.Accounting;

/// <summary>What an account earned for one wallet, and how much of it was ever set aside for a settlement.</summary>
/// <param name="Account">Who earned, as an ordinal.</param>
/// <param name="Older">The row of the wallet that the account had before, or −1.</param>
/// <param name="Wallet">Who may claim; the zero address as long as the account has none.</param>
/// <param name="Earned">In all, base units, over windows whose statement is final.</param>
/// <param name="Reserved">How much of that was set aside.</param>
internal record struct Entitlement(int Account, int Older, WalletAddress Wallet, UInt128 Earned, UInt128 Reserved)
{
    /// <summary>Earned and never set aside.</summary>
    public readonly UInt128 Pending => Earned - Reserved;
}

/// <summary>Who may claim what of everything that final statements pay: the same sums by wallet as the reward tree of the last of them.</summary>
internal sealed class Entitlements
{
    private readonly List<Entitlement> _rows = [];
    private readonly Dictionary<int, int> _newest = [];
    private readonly List<int> _unlinked = [];

    /// <summary>Every row; accounts with several wallets have several.</summary>
    public Span<Entitlement> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Whether a row is of the wallet that its account had last.</summary>
    public bool IsNewest(int row) => _newest[_rows[row].Account] == row;

    /// <summary>What an account earned without a wallet goes to the first one it has.</summary>
    public void Link(Func<int, WalletAddress?> walletOf)
    {
        _unlinked.RemoveAll(row =>
        {
            if (walletOf(_rows[row].Account) is not { } wallet) return false;
            Rows[row].Wallet = wallet;
            return true;
        });
    }

    /// <summary>Adds earnings; <see cref="Link"/> has been told of the same wallets before.</summary>
    public void Add(int account, UInt128 amount, WalletAddress? wallet)
    {
        WalletAddress name = wallet ?? default;
        int newest = _newest.GetValueOrDefault(account, -1);
        for (int row = newest; row >= 0; row = _rows[row].Older)
        {
            if (_rows[row].Wallet != name) continue;
            Rows[row].Earned += amount;
            return;
        }

        if (wallet is null) _unlinked.Add(_rows.Count);
        _newest[account] = _rows.Count;
        _rows.Add(new Entitlement(account, newest, name, amount, 0));
    }

    internal void WriteTo(CanonicalBuffer output)
    {
        output.Int32(_rows.Count);
        foreach (Entitlement row in _rows)
        {
            output.Int32(row.Account);
            output.Int32(row.Older);
            output.Wallet(row.Wallet);
            output.Amount(row.Earned);
            output.Amount(row.Reserved);
        }
    }

    internal void Restore(ref CanonicalReader input)
    {
        for (int row = 0, count = input.Count(); row < count; row++)
        {
            _rows.Add(new Entitlement(input.Int32(), input.Int32(), input.Wallet(), input.Amount(), input.Amount()));

            // An account's newest row comes last, and what has no wallet is told by that.
            _newest[_rows[row].Account] = row;
            if (_rows[row].Wallet == default) _unlinked.Add(row);
        }
    }
}
