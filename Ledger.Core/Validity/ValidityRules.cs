using Ledger.Core.Events;

namespace Ledger.Core.Validity;

/// <summary>What a ruleset says about judging activity (reward rules R1 and R2), laid out for the kernel.</summary>
/// <remarks>Tables are indexed by activity kind code and have <see cref="EventKinds.ActivityCount"/> entries.</remarks>
public sealed record ValidityRules
{
    /// <summary>µpoints of one counted event.</summary>
    public required long[] WeightMicro { get; init; }

    /// <summary>Counted events per account, kind and window; 0 means no cap.</summary>
    public required uint[] Cap { get; init; }

    /// <summary>Least time between an account's counted events of a kind, milliseconds; 0 means none.</summary>
    public required long[] MinIntervalMs { get; init; }

    /// <summary>K of the pair damping min(p, isqrt(p · K)), µpoints; 0 switches it off.</summary>
    public required long PairKneeMicro { get; init; }

    /// <summary>A view shorter than this, and shorter than <see cref="MinViewPercent"/> of the video, is trivial.</summary>
    public required uint MinViewSeconds { get; init; }

    /// <inheritdoc cref="MinViewSeconds"/>
    public required uint MinViewPercent { get; init; }

    /// <summary>A comment with fewer letters and digits is trivial.</summary>
    public required uint MinCommentLetters { get; init; }

    /// <summary>Windows that must have passed since an account opened before it may earn.</summary>
    public required int MinAgeDays { get; init; }

    /// <summary>Whether a broadcast minute needs bandwidth bought before it.</summary>
    public required bool BandwidthRequired { get; init; }
}
