namespace Ledger.Core.Validity;

/// <summary>How an activity event ended: counted, or the first reason that matched, in this order (reward rules R1).</summary>
/// <remarks>Codes are persisted. A smaller code wins over a larger one, but for <see cref="Counted"/>, which is what is left when no reason matches.</remarks>
public enum Verdict : byte
{
    /// <summary>It earned its points, in full or damped.</summary>
    Counted = 0,

    /// <summary>The acting account was not open at the event's position.</summary>
    UnknownAccount = 1,

    /// <summary>The content, space or account acted on did not exist at the event's position.</summary>
    UnknownTarget = 2,

    /// <summary>The acting account was suspended, or younger than the ruleset's minimum age.</summary>
    IneligibleAccount = 3,

    /// <summary>Done to one's own content, space or self.</summary>
    SelfAction = 4,

    /// <summary>Taken back before the close: unliked, unfollowed, refunded, or its content deleted.</summary>
    Retracted = 5,

    /// <summary>The same account, kind and target already counted in this window.</summary>
    Repeat = 6,

    /// <summary>Closer to the account's last counted event of the kind than the ruleset's interval.</summary>
    TooFast = 7,

    /// <summary>The account already has the ruleset's number of counted events of the kind.</summary>
    OverCap = 8,

    /// <summary>Too small to mean anything: a glance, a comment without words, the same words again.</summary>
    Trivial = 9,

    /// <summary>The minute is already counted for this account.</summary>
    Overlap = 10,

    /// <summary>A broadcast minute without bandwidth left.</summary>
    UnentitledBroadcast = 11,

    /// <summary>A payment above the balance.</summary>
    Unfunded = 12,
}

/// <summary>The verdicts' stable names.</summary>
public static class Verdicts
{
    private static readonly string[] Codes =
    [
        "counted", "unknown-account", "unknown-target", "ineligible-account", "self-action", "retracted", "repeat", "too-fast",
        "over-cap", "trivial", "overlap", "unentitled-broadcast", "unfunded",
    ];

    /// <summary>How many verdicts there are.</summary>
    public static int Count => Codes.Length;

    /// <summary>The stable name of a verdict, by its number.</summary>
    public static string Code(int verdict) => Codes[verdict];

    /// <summary>The stable name of a verdict.</summary>
    public static string Code(this Verdict verdict) => Codes[(int)verdict];
}
