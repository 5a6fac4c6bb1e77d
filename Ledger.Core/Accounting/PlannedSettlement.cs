using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;

namespace Ledger.Core.Accounting;

/// <summary>What a settlement does for one wallet.</summary>
/// <param name="Wallet">Which.</param>
/// <param name="Amount">What is set aside now, base units; what waits when it waits.</param>
/// <param name="Choice">What becomes of it.</param>
public readonly record struct PlannedWallet(WalletAddress Wallet, UInt128 Amount, SettlementChoice Choice);

/// <summary>A settlement before it is set aside: who gets what, and what it does not reach.</summary>
/// <remarks>Wallets stand by address. Accounts are told by the rows they are kept in, which only the book that planned it knows.</remarks>
public sealed class PlannedSettlement
{
    /// <summary>Wallets with something earned that is not settled yet, by address.</summary>
    public required PlannedWallet[] Wallets { get; init; }

    /// <summary>Sum that is set aside and published, base units.</summary>
    public required UInt128 SetAside { get; init; }

    /// <summary>What of that is sent to its wallets.</summary>
    public required UInt128 Pushed { get; init; }

    /// <summary>Sum that waits because it is too little for its wallet.</summary>
    public required UInt128 Waiting { get; init; }

    /// <summary>Earned by accounts that have no wallet.</summary>
    public required UInt128 Unlinked { get; init; }

    /// <summary>Earned and spent inside since, so that it cannot leave.</summary>
    public required UInt128 Spent { get; init; }

    /// <summary>The rows that give, in the order of the wallets, and how much each gives.</summary>
    public required IReadOnlyList<(int Row, UInt128 Amount)> Movements { get; init; }

    /// <summary>The wallets that something is set aside for.</summary>
    public IEnumerable<PlannedWallet> Chosen => Wallets.Where(w => w.Choice != SettlementChoice.Wait);

    /// <summary>How many wallets a choice was made for.</summary>
    public int Count(SettlementChoice choice) => Wallets.Count(w => w.Choice == choice);

    internal void WriteTo(CanonicalBuffer output)
    {
        output.Int32(Wallets.Length);
        foreach (PlannedWallet wallet in Wallets)
        {
            output.Wallet(wallet.Wallet);
            output.Amount(wallet.Amount);
            output.Byte((byte)wallet.Choice);
        }

        foreach (UInt128 sum in (UInt128[])[SetAside, Pushed, Waiting, Unlinked, Spent]) output.Amount(sum);
        output.Int32(Movements.Count);
        foreach ((int row, UInt128 amount) in Movements)
        {
            output.Int32(row);
            output.Amount(amount);
        }
    }

    internal static PlannedSettlement Read(ref CanonicalReader input)
    {
        PlannedWallet[] wallets = new PlannedWallet[input.Count()];
        for (int i = 0; i < wallets.Length; i++) wallets[i] = new PlannedWallet(input.Wallet(), input.Amount(), (SettlementChoice)input.Byte());
        UInt128 setAside = input.Amount(), pushed = input.Amount(), waiting = input.Amount(), unlinked = input.Amount(), spent = input.Amount();
        (int Row, UInt128 Amount)[] movements = new (int, UInt128)[input.Count()];
        for (int i = 0; i < movements.Length; i++) movements[i] = (input.Int32(), input.Amount());
        return new PlannedSettlement { Wallets = wallets, SetAside = setAside, Pushed = pushed, Waiting = waiting, Unlinked = unlinked, Spent = spent, Movements = movements };
    }
}

/// <summary>A settlement between setting aside and being settled.</summary>
/// <param name="Reserved">What set it aside.</param>
/// <param name="Position">Where.</param>
/// <param name="Plan">Who gets what.</param>
/// <param name="Sums">The contract's sums, this settlement included.</param>
public sealed record OpenSettlement(Events.SettlementReserved Reserved, long Position, PlannedSettlement Plan, SettledSums Sums)
{
    /// <summary>What must be published, from the sums: leaves, tree and all. Computed on each call.</summary>
    public Events.SettlementPlanned Publication() => new(
        Reserved.Batch, Reserved.Window, Reserved.ChainId, RewardTree.Build(Sums.Leaves()).Root, TokenAmount.FromBaseUnits(Sums.Published));
}
