namespace Ledger.Core.Rulesets;

/// <summary>What one kind of activity is worth and how much of it counts.</summary>
/// <param name="WeightMicro">µpoints for one counted event, 0 to 10⁹.</param>
/// <param name="CapPerWindow">Counted events of the kind per account and window; further ones are <c>over-cap</c>. 0 means no cap.</param>
/// <param name="MinIntervalMs">Least time since the account's last counted event of the kind, milliseconds; less is <c>too-fast</c>. 0 means none.</param>
public readonly record struct ActivityRule(long WeightMicro, uint CapPerWindow, uint MinIntervalMs);

/// <summary>When an event is real enough to count (reward rules R1).</summary>
public sealed record ValidityThresholds
{
    /// <summary>K, µpoints: what an account earns by acting on one owner counts linearly up to K and as isqrt(p · K) above. 0 switches damping off.</summary>
    public required long PairKneeMicro { get; init; }

    /// <summary>A view shorter than min(this many seconds, <see cref="MinViewPercent"/> of the video) is <c>trivial</c>.</summary>
    public required uint MinViewSeconds { get; init; }

    /// <summary>Percent of the video's duration, 0 to 100; see <see cref="MinViewSeconds"/>.</summary>
    public required uint MinViewPercent { get; init; }

    /// <summary>A comment with fewer letters or digits is <c>trivial</c>.</summary>
    public required uint MinCommentLetters { get; init; }
}

/// <summary>Which accounts take part.</summary>
public sealed record AccountRules
{
    /// <summary>An account younger than this many days is <c>ineligible-account</c>; 0 lets it earn on the day it opens.</summary>
    public required uint MinAgeDays { get; init; }
}

/// <summary>What happens to an event whose own day is already closed.</summary>
public enum LatePolicy
{
    /// <summary>It counts in the earliest open window.</summary>
    Carry,

    /// <summary>It is refused as <c>window-closed</c>.</summary>
    Refuse,
}

/// <summary>The life of a window (reward rules R0 and R9).</summary>
public sealed record WindowPolicy
{
    public required LatePolicy Late { get; init; }

    /// <summary>An event whose producer's time is further ahead of the ledger's clock than this is refused, milliseconds.</summary>
    public required uint FutureToleranceMs { get; init; }

    /// <summary>How long a statement stays provisional, hours.</summary>
    public required uint HoldHours { get; init; }
}
