using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>The whole supply is created, in the five allocations of white paper section 8.3.</summary>
/// <param name="TokenSale">50 %.</param>
/// <param name="Reserve">30 %.</param>
/// <param name="IncentiveFund">10 %.</param>
/// <param name="FoundingTeam">5 %.</param>
/// <param name="SocialCommunity">5 %.</param>
public sealed record GenesisAllocated(TokenAmount TokenSale, TokenAmount Reserve, TokenAmount IncentiveFund, TokenAmount FoundingTeam, TokenAmount SocialCommunity) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.GenesisAllocated;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Fund;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Amount("tokenSale", TokenSale);
        fields.Amount("reserve", Reserve);
        fields.Amount("incentiveFund", IncentiveFund);
        fields.Amount("foundingTeam", FoundingTeam);
        fields.Amount("socialCommunity", SocialCommunity);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static GenesisAllocated Read(IFieldReader fields) => new(fields.Amount("tokenSale"), fields.Amount("reserve"), fields.Amount("incentiveFund"), fields.Amount("foundingTeam"), fields.Amount("socialCommunity"));
}

/// <summary>Tokens go from an allocation to an account: a sale, an airdrop, a vesting.</summary>
/// <param name="Allocation">Which of the five; the names of <see cref="GenesisAllocated"/> in kebab-case.</param>
/// <param name="Account">Who gets them.</param>
/// <param name="Amount">How much.</param>
public sealed record AllocationReleased(string Allocation, AccountId Account, TokenAmount Amount) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.AllocationReleased;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Fund;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("allocation", Allocation);
        fields.Account("account", Account);
        fields.Amount("amount", Amount);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static AllocationReleased Read(IFieldReader fields) => new(fields.Text("allocation"), fields.Account("account"), fields.Amount("amount"));
}

/// <summary>Advertisers paid. The ruleset's part of it buys WE on the market and tops up the next window's pool.</summary>
/// <param name="Reference">The payment's name in the books of the advertising side.</param>
/// <param name="Amount">Its worth in WE at the price paid on the market.</param>
public sealed record AdRevenueReceived(string Reference, TokenAmount Amount) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.AdRevenueReceived;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Fund;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("reference", Reference);
        fields.Amount("amount", Amount);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static AdRevenueReceived Read(IFieldReader fields) => new(fields.Text("reference"), fields.Amount("amount"));
}

/// <summary>An allocation adds to the next window's pool.</summary>
/// <param name="Allocation">Which allocation gives.</param>
/// <param name="Amount">How much.</param>
public sealed record PoolToppedUp(string Allocation, TokenAmount Amount) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.PoolToppedUp;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Fund;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Text("allocation", Allocation);
        fields.Amount("amount", Amount);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static PoolToppedUp Read(IFieldReader fields) => new(fields.Text("allocation"), fields.Amount("amount"));
}
