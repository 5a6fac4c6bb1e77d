using Ledger.Core.Identity;

namespace Ledger.Core.Events;

/// <summary>Somebody watched a video.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Content">What was watched.</param>
/// <param name="WatchSeconds">For how long, in seconds.</param>
public sealed record Viewed(AccountId Account, ContentId Content, uint WatchSeconds) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Viewed;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Content("content", Content);
        fields.UInt32("watchSeconds", WatchSeconds);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static Viewed Read(IFieldReader fields) => new(fields.Account("account"), fields.Content("content"), fields.UInt32("watchSeconds"));
}

/// <summary>Somebody was in a space for one minute.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Space">Where.</param>
/// <param name="Minute">Which minute, counted from the Unix epoch.</param>
public sealed record PresenceMinute(AccountId Account, SpaceId Space, long Minute) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.PresenceMinute;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Space("space", Space);
        fields.Int64("minute", Minute);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static PresenceMinute Read(IFieldReader fields) => new(fields.Account("account"), fields.Space("space"), fields.Int64("minute"));
}
