using Ledger.Core.Identity;
using Ledger.Core.Time;

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

/// <summary>A broadcast minute was reported in which the media server that serves the space saw no media. A record for people; no rule reads it.</summary>
/// <param name="Space">Where it was said to be.</param>
/// <param name="Account">Who is said to have broadcast.</param>
/// <param name="Minute">Which minute, counted from the Unix epoch.</param>
/// <param name="Reported">The event that reported it.</param>
public sealed record BroadcastDisputed(SpaceId Space, AccountId Account, long Minute, EventId Reported) : EventPayload
{
    /// <inheritdoc/>
    public override EventKind Kind => EventKind.BroadcastDisputed;

    /// <inheritdoc/>
    public override StreamName Stream(Day window) => StreamName.Space(Space);

    /// <inheritdoc/>
    public override void Write(IFieldWriter fields)
    {
        fields.Space("space", Space);
        fields.Account("account", Account);
        fields.Int64("minute", Minute);
        fields.Event("reported", Reported);
    }

    /// <summary>Reads the fields in persisted order.</summary>
    public static BroadcastDisputed Read(IFieldReader fields) => new(fields.Space("space"), fields.Account("account"), fields.Int64("minute"), fields.Event("reported"));
}
