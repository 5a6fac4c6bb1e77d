using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Watching;

/// <summary>What a player says.</summary>
internal enum PlayerState
{
    Playing,
    Paused,
    Ended,
}

/// <summary>How far a view is.</summary>
internal enum ViewStage
{
    /// <summary>It goes on.</summary>
    Live,

    /// <summary>It is over and is to be stated.</summary>
    Over,

    /// <summary>The ledger has it, or there was nothing to state. Kept until the token expires, so that the token begins nothing new.</summary>
    Stated,
}

/// <summary>One view.</summary>
/// <param name="token">Whose, of what, until when.</param>
internal sealed class WatchedView(ViewToken token)
{
    public ViewToken Token => token;

    /// <summary>The last heartbeat, Unix milliseconds by the ledger's clock.</summary>
    public long LastMs { get; set; }

    /// <summary>What was watched.</summary>
    public long WatchedMs { get; set; }

    /// <summary>Whether the last heartbeat said that it plays.</summary>
    public bool IsPlaying { get; set; }

    public ViewStage Stage { get; set; }

    /// <summary>What is stated of it once it is over; null when not one second was watched.</summary>
    public SubmittedEvent? Event => WatchedMs < 1_000
        ? null
        : new SubmittedEvent(EventId.Derive("watching", token.View.ToString()), UnixMs.From(LastMs), new Viewed(token.Account, token.Content, (uint)(WatchedMs / 1_000)));
}
