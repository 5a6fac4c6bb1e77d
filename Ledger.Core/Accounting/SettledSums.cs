using System.Runtime.InteropServices;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;

namespace Ledger.Core.Accounting;

/// <summary>What one contract was told of a wallet, and what it paid.</summary>
/// <param name="Published">What the wallet may claim in all, base units: its leaf. Never falls.</param>
/// <param name="Paid">What of it was paid, claimed or sent.</param>
/// <param name="Settlements">In how many settlements it was left to claim.</param>
/// <param name="Claims">How often it claimed.</param>
public record struct SettledWallet(UInt128 Published, UInt128 Paid, uint Settlements, uint Claims);

/// <summary>What one contract on one chain was told: the settled tree's content.</summary>
/// <param name="chainId">EIP-155 chain id.</param>
/// <param name="distributor">The contract.</param>
/// <param name="token">What it pays.</param>
public sealed class SettledSums(ulong chainId, WalletAddress distributor, WalletAddress token)
{
    private readonly Dictionary<WalletAddress, SettledWallet> _wallets = [];

    /// <summary>What its leaves are bound to.</summary>
    public Digest Domain { get; } = PayeeNames.Domain(chainId, distributor, token);

    /// <summary>EIP-155 chain id.</summary>
    public ulong ChainId => chainId;

    /// <summary>The contract.</summary>
    public WalletAddress Distributor => distributor;

    /// <summary>Sum over the leaves, base units.</summary>
    public UInt128 Published { get; private set; }

    /// <summary>Sum over what was paid.</summary>
    public UInt128 Paid => _wallets.Values.Aggregate(UInt128.Zero, (sum, wallet) => sum + wallet.Paid);

    /// <summary>What one wallet has; nothing for one that was never settled.</summary>
    public SettledWallet Of(WalletAddress wallet) => _wallets.GetValueOrDefault(wallet);

    /// <summary>Wallets that something was ever settled for, in no order.</summary>
    public IReadOnlyDictionary<WalletAddress, SettledWallet> Wallets => _wallets;

    /// <summary>The leaves of the settled tree: every wallet with something to claim, by address.</summary>
    public RewardLeaf[] Leaves()
    {
        WalletPayee[] payees = new WalletPayee[_wallets.Count];
        int count = 0;
        foreach ((WalletAddress wallet, SettledWallet sums) in _wallets)
        {
            if (sums.Published > 0) payees[count++] = new WalletPayee(wallet, sums.Published);
        }

        payees = WalletOrder.Merge([], new ArraySegment<WalletPayee>(payees, 0, count));
        return Array.ConvertAll(payees, p => new RewardLeaf(Domain, PayeeNames.Of(p.Wallet), TokenAmount.FromBaseUnits(p.Cumulative)));
    }

    internal void Add(PlannedWallet planned)
    {
        ref SettledWallet sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_wallets, planned.Wallet, out _);
        sums.Published += planned.Amount;
        Published += planned.Amount;
        if (planned.Choice == SettlementChoice.Claim) sums.Settlements++;
    }

    internal void TakeBack(PlannedWallet planned)
    {
        ref SettledWallet sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_wallets, planned.Wallet, out _);
        sums.Published -= planned.Amount;
        Published -= planned.Amount;
        if (planned.Choice == SettlementChoice.Claim) sums.Settlements--;
    }

    internal bool Pay(WalletAddress wallet, UInt128 amount, bool isClaim)
    {
        if (!_wallets.TryGetValue(wallet, out SettledWallet sums) || sums.Published - sums.Paid < amount) return false;
        _wallets[wallet] = sums with { Paid = sums.Paid + amount, Claims = isClaim ? sums.Claims + 1 : sums.Claims };
        return true;
    }

    internal void WriteTo(CanonicalBuffer output)
    {
        output.UInt64(chainId);
        output.Wallet(distributor);
        output.Wallet(token);
        output.Int32(_wallets.Count);
        foreach ((WalletAddress wallet, SettledWallet sums) in _wallets.OrderBy(w => w.Key.High16).ThenBy(w => w.Key.Low4))
        {
            output.Wallet(wallet);
            output.Amount(sums.Published);
            output.Amount(sums.Paid);
            output.UInt64(sums.Settlements);
            output.UInt64(sums.Claims);
        }
    }

    internal static SettledSums Read(ref CanonicalReader input)
    {
        SettledSums sums = new(input.UInt64(), input.Wallet(), input.Wallet());
        for (int left = input.Count(); left > 0; left--)
        {
            WalletAddress wallet = input.Wallet();
            SettledWallet own = new(input.Amount(), input.Amount(), (uint)input.UInt64(), (uint)input.UInt64());
            sums._wallets.Add(wallet, own);
            sums.Published += own.Published;
        }

        return sums;
    }
}
