using Ledger.Core.Identity;
using Ledger.Core.Quantities;

namespace Ledger.Core.Events;

/// <summary>Somebody tipped a space's provider.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Space">Whose provider gets it.</param>
/// <param name="Amount">How much, before the fee.</param>
public sealed record Tipped(AccountId Account, SpaceId Space, TokenAmount Amount) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Tipped;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Space("space", Space);
        fields.Amount("amount", Amount);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static Tipped Read(IFieldReader fields) => new(fields.Account("account"), fields.Space("space"), fields.Amount("amount"));
}

/// <summary>A tip was given back by the provider's side; before the close it also retracts the tip's points.</summary>
/// <param name="Account">Who had tipped.</param>
/// <param name="Tip">The tip's event.</param>
public sealed record TipRefunded(AccountId Account, EventId Tip) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.TipRefunded;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Event("tip", Tip);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static TipRefunded Read(IFieldReader fields) => new(fields.Account("account"), fields.Event("tip"));
}

/// <summary>Somebody sent a virtual gift; gifts are also votes.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Space">Whose provider gets it.</param>
/// <param name="Gift">Which gift.</param>
/// <param name="Amount">Its price.</param>
public sealed record GiftSent(AccountId Account, SpaceId Space, string Gift, TokenAmount Amount) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.GiftSent;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Space("space", Space);
        fields.Text("gift", Gift);
        fields.Amount("amount", Amount);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static GiftSent Read(IFieldReader fields) => new(fields.Account("account"), fields.Space("space"), fields.Text("gift"), fields.Amount("amount"));
}

/// <summary>Somebody bought access to a video.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Content">What was bought.</param>
/// <param name="Amount">The price.</param>
public sealed record ContentPurchased(AccountId Account, ContentId Content, TokenAmount Amount) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.ContentPurchased;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Content("content", Content);
        fields.Amount("amount", Amount);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static ContentPurchased Read(IFieldReader fields) => new(fields.Account("account"), fields.Content("content"), fields.Amount("amount"));
}

/// <summary>Somebody bought something in an application or game.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="App">Which application.</param>
/// <param name="Amount">The price.</param>
public sealed record AppPurchased(AccountId Account, AppId App, TokenAmount Amount) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.AppPurchased;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.App("app", App);
        fields.Amount("amount", Amount);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static AppPurchased Read(IFieldReader fields) => new(fields.Account("account"), fields.App("app"), fields.Amount("amount"));
}

/// <summary>A broadcaster bought broadcast minutes.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Minutes">How many.</param>
/// <param name="Amount">The price.</param>
public sealed record BandwidthPurchased(AccountId Account, uint Minutes, TokenAmount Amount) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.BandwidthPurchased;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.UInt32("minutes", Minutes);
        fields.Amount("amount", Amount);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static BandwidthPurchased Read(IFieldReader fields) => new(fields.Account("account"), fields.UInt32("minutes"), fields.Amount("amount"));
}
