using Ledger.Core.Identity;

namespace Ledger.Core.Events;

/// <summary>A broadcast began.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Space">Where.</param>
/// <param name="Session">The media session.</param>
public sealed record BroadcastStarted(AccountId Account, SpaceId Space, string Session) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.BroadcastStarted;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Space("space", Space);
        fields.Text("session", Session);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static BroadcastStarted Read(IFieldReader fields) => new(fields.Account("account"), fields.Space("space"), fields.Text("session"));
}

/// <summary>One minute of live media.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Space">Where.</param>
/// <param name="Minute">Which minute, counted from the Unix epoch.</param>
public sealed record BroadcastMinute(AccountId Account, SpaceId Space, long Minute) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.BroadcastMinute;

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
    public static BroadcastMinute Read(IFieldReader fields) => new(fields.Account("account"), fields.Space("space"), fields.Int64("minute"));
}

/// <summary>A broadcast ended.</summary>
/// <param name="Account">Who did it.</param>
/// <param name="Space">Where.</param>
/// <param name="Session">The media session.</param>
public sealed record BroadcastEnded(AccountId Account, SpaceId Space, string Session) : ActivityPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.BroadcastEnded;

    /// <inheritdoc/>
    public override AccountId Actor => Account;

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Account("account", Account);
        fields.Space("space", Space);
        fields.Text("session", Session);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static BroadcastEnded Read(IFieldReader fields) => new(fields.Account("account"), fields.Space("space"), fields.Text("session"));
}
