using Ledger.Core.Events;

namespace Ledger.Core.Accounting;

/// <summary>What a settlement does for a wallet.</summary>
public enum SettlementChoice
{
    /// <summary>Too little to be worth a claim: nothing is set aside, and it stays spendable.</summary>
    Wait,

    /// <summary>Set aside and published in the root; the holder claims it.</summary>
    Claim,

    /// <summary>Set aside and sent to the wallet.</summary>
    Push,
}

/// <summary>Decides per wallet, from integers that the log records (specs/settlement.md): whoever replays decides the same.</summary>
/// <param name="WaitBelow">Base units; less waits.</param>
/// <param name="PushFrom">Base units; from this on a push is worth its gas. Zero pushes to nobody.</param>
/// <param name="ClaimGas">Gas of a claim.</param>
/// <param name="PushGas">Gas of one recipient of a push.</param>
public readonly record struct SettlementPolicy(UInt128 WaitBelow, UInt128 PushFrom, uint ClaimGas, uint PushGas)
{
    /// <summary>The policy that a settlement was set aside under.</summary>
    public static SettlementPolicy Of(SettlementReserved reserved) =>
        new(reserved.WaitBelow.BaseUnits, reserved.PushFrom.BaseUnits, reserved.ClaimGas, reserved.PushGas);

    /// <summary>Chooses for a wallet.</summary>
    /// <param name="amount">What would be set aside for it now, base units.</param>
    /// <param name="published">In how many settlements it had something to claim.</param>
    /// <param name="claims">How often it claimed.</param>
    /// <remarks>
    /// The chance that a holder claims is estimated as (claims + 1) / (published + 2). A push costs its gas for sure, a claim with that chance:
    /// the cheaper one for the community as a whole is chosen.
    /// </remarks>
    public SettlementChoice Choose(UInt128 amount, uint published, uint claims)
    {
        if (amount == 0 || amount < WaitBelow) return SettlementChoice.Wait;
        bool isWorthIt = PushFrom > 0 && amount >= PushFrom;
        return isWorthIt && PushGas * (published + 2UL) < ClaimGas * (claims + 1UL) ? SettlementChoice.Push : SettlementChoice.Claim;
    }
}
