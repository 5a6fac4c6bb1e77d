using Ledger.Core.Quantities;

namespace Ledger.Core.Rulesets;

/// <summary>How a creator group's prizes are handed out.</summary>
public enum PrizeMode
{
    /// <summary>Everybody gets the expectation W_w + p · (W_m − W_w): nothing is left to chance.</summary>
    Expected,

    /// <summary>The best score takes W_m; exact ties share.</summary>
    Rank,

    /// <summary>A lottery with the odds p, drawn by a seed that nobody could choose.</summary>
    Draw,
}

/// <summary>One dimension of a creator's base coefficient: it adds weight · min(1, value/reference) to β.</summary>
/// <param name="Weight">w_d; the five sum to at most 10,000.</param>
/// <param name="Reference">The value at which the dimension is full, at least 1, in the dimension's unit.</param>
public readonly record struct Dimension(BasisPoints Weight, uint Reference);

/// <summary>µpoints of contribution for each distinct account that did the thing.</summary>
/// <param name="VisitMicro">Viewed a video.</param>
/// <param name="LikeMicro">Liked.</param>
/// <param name="CommentMicro">Commented.</param>
/// <param name="TipMicro">Tipped or sent a gift.</param>
/// <param name="ShareMicro">Shared, or brought a visitor.</param>
public readonly record struct ContributionWeights(long VisitMicro, long LikeMicro, long CommentMicro, long TipMicro, long ShareMicro);

/// <summary>Proof of Contribution: the rank-order rule (reward rules R4).</summary>
public sealed record PocRules
{
    /// <summary>Windows over which vertical strength looks back.</summary>
    public const int VerticalWindows = 28;

    /// <summary>Posts and broadcast minutes together; the reference is in posts.</summary>
    public required Dimension Production { get; init; }

    /// <summary>Broadcast minutes that are worth one post in <see cref="Production"/>, at least 1.</summary>
    public required uint MinutesPerPost { get; init; }

    /// <summary>The largest category's part of the posts of the last <see cref="VerticalWindows"/> windows; the reference is in basis points.</summary>
    public required Dimension Vertical { get; init; }

    /// <summary>Broadcast minutes.</summary>
    public required Dimension Broadcast { get; init; }

    /// <summary>Own replies under own videos.</summary>
    public required Dimension Interaction { get; init; }

    /// <summary>Net followers gained; a net loss counts as none.</summary>
    public required Dimension Fans { get; init; }

    public required ContributionWeights Weights { get; init; }

    /// <summary>People who compete for one prize, at least 2 (2 in the paper).</summary>
    public required uint GroupSize { get; init; }

    /// <summary>The part of a group's pool that rank decides: W_m − W_w = spread · P.</summary>
    public required BasisPoints Spread { get; init; }

    /// <summary>The score that is a creator's full effort, µpoints, at least 1; s₀ is half of it.</summary>
    public required long CreatorQuotaMicro { get; init; }

    /// <summary>A score counts up to this many µpoints in a group's odds; null for no bound.</summary>
    public required long? ScoreCapMicro { get; init; }

    public required PrizeMode Mode { get; init; }

    /// <summary>Levels run from 1 to this.</summary>
    public required uint LevelMax { get; init; }

    /// <summary>Windows in a row without an entry after which a creator falls by one level; then the count starts again.</summary>
    public required uint IdleWindows { get; init; }
}
