namespace Ledger.Core.Payouts;

/// <summary>The rule that a line of a statement pays under. Codes are persisted; their order is the order of an account's lines.</summary>
public enum PayoutRule : byte
{
    None = 0,

    /// <summary>POA, to an account that is in no team.</summary>
    PoaSolo = 1,

    /// <summary>POA, a member's part of its team's pay.</summary>
    PoaTeam = 2,

    /// <summary>POA, the provider's share of its team's pay.</summary>
    PoaProvider = 3,

    /// <summary>POC, a creator's prize.</summary>
    Poc = 4,
}

/// <summary>The rules' stable names.</summary>
public static class PayoutRules
{
    /// <summary>The stable name of a rule.</summary>
    public static string Code(this PayoutRule rule) => rule switch
    {
        PayoutRule.PoaSolo => "poa-solo",
        PayoutRule.PoaTeam => "poa-team",
        PayoutRule.PoaProvider => "poa-provider",
        PayoutRule.Poc => "poc",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "no such rule"),
    };
}
