using Ledger.Core.Identity;

namespace Ledger.Core.Events;

/// <summary>Somebody posted a video to another platform.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Content">What was shared.</param>
/// <param name="Platform">Where to; see <see cref="SharePlatform"/>.</param>
public sealed record Shared(AccountId Account, ContentId Content, byte Platform) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Shared;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Content("content", Content);
        fields.Byte("platform", Platform);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static Shared Read(IFieldReader fields) => new(fields.Account("account"), fields.Content("content"), fields.Byte("platform"));
}

/// <summary>A visitor came through somebody's share link. It is the sharer's activity.</summary>
/// <param name="Account">Whose link it was.</param>
/// <param name="Content">What the link showed.</param>
/// <param name="Visitor">Who came.</param>
public sealed record ShareVisited(AccountId Account, ContentId Content, AccountId Visitor) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.ShareVisited;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Content("content", Content);
        fields.Account("visitor", Visitor);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static ShareVisited Read(IFieldReader fields) => new(fields.Account("account"), fields.Content("content"), fields.Account("visitor"));
}
