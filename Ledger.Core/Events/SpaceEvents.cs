using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>A content space exists from here on.</summary>
/// <param name="Space">The new space.</param>
/// <param name="Provider">Who provides it; owns what is tipped there.</param>
public sealed record SpaceOpened(SpaceId Space, AccountId Provider) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.SpaceOpened;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Space(Space);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Space("space", Space);
        fields.Account("provider", Provider);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static SpaceOpened Read(IFieldReader fields) => new(fields.Space("space"), fields.Account("provider"));
}

/// <summary>The provider invited an account to the team.</summary>
/// <param name="Space">The team's space.</param>
/// <param name="Member">Who is invited.</param>
public sealed record MemberInvited(SpaceId Space, AccountId Member) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.MemberInvited;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Space(Space);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Space("space", Space);
        fields.Account("member", Member);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static MemberInvited Read(IFieldReader fields) => new(fields.Space("space"), fields.Account("member"));
}

/// <summary>The provider approved a member; the account is in this team from the next window on.</summary>
/// <param name="Space">The team's space.</param>
/// <param name="Member">Who is approved.</param>
public sealed record MemberApproved(SpaceId Space, AccountId Member) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.MemberApproved;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Space(Space);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Space("space", Space);
        fields.Account("member", Member);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static MemberApproved Read(IFieldReader fields) => new(fields.Space("space"), fields.Account("member"));
}

/// <summary>A member left; the team is without it from the next window on.</summary>
/// <param name="Space">The team's space.</param>
/// <param name="Member">Who left.</param>
public sealed record MemberLeft(SpaceId Space, AccountId Member) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.MemberLeft;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Space(Space);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Space("space", Space);
        fields.Account("member", Member);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static MemberLeft Read(IFieldReader fields) => new(fields.Space("space"), fields.Account("member"));
}

/// <summary>The part of the team's POA pay that the provider takes, from the next window on.</summary>
/// <param name="Space">The team's space.</param>
/// <param name="ShareBps">Basis points; bounded by the ruleset when it is applied.</param>
public sealed record ProviderShareSet(SpaceId Space, uint ShareBps) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.ProviderShareSet;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Space(Space);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Space("space", Space);
        fields.UInt32("shareBps", ShareBps);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static ProviderShareSet Read(IFieldReader fields) => new(fields.Space("space"), fields.UInt32("shareBps"));
}

/// <summary>The part of a visitor's tips, gifts and purchases that goes to whoever brought the visitor, from the next window on.</summary>
/// <param name="Space">Whose income is shared.</param>
/// <param name="ShareBps">Basis points; bounded by the ruleset when it is applied.</param>
public sealed record PromoterShareSet(SpaceId Space, uint ShareBps) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.PromoterShareSet;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Space(Space);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Space("space", Space);
        fields.UInt32("shareBps", ShareBps);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static PromoterShareSet Read(IFieldReader fields) => new(fields.Space("space"), fields.UInt32("shareBps"));
}
