namespace Ledger.Core.Contributions;

/// <summary>What a window's activity came to: everything the rules need, as columns.</summary>
/// <remarks>
/// Account and creator rows stand in canonical order (by id bytes), so the sheet does not depend on shards, threads, batches or ordinals.
/// All counts are of counted events (reward rules R1); points are after pair damping.
/// </remarks>
public sealed class ContributionSheet
{
    /// <summary>Accounts with at least one counted event or an own reply, as ordinals.</summary>
    public required int[] Account { get; init; }

    /// <summary>Points over everything the account did, µpoints.</summary>
    public required long[] PointsMicro { get; init; }

    /// <summary>Points within the account's team space, damped on their own, µpoints; 0 for accounts in no team.</summary>
    public required long[] TeamPointsMicro { get; init; }

    /// <summary>Accounts with anything made or received, as ordinals.</summary>
    public required int[] Creator { get; init; }

    /// <summary>Videos published.</summary>
    public required uint[] Posts { get; init; }

    /// <summary>Broadcast minutes; each used one minute of bandwidth.</summary>
    public required uint[] BroadcastMinutes { get; init; }

    /// <summary>Comments under own videos with at least two letters or digits: not paid by POA, but the interaction dimension.</summary>
    public required uint[] OwnReplies { get; init; }

    /// <summary>Followers gained less followers lost.</summary>
    public required int[] NetFollowers { get; init; }

    /// <summary>Distinct accounts that viewed one of the creator's videos.</summary>
    public required uint[] Viewers { get; init; }

    /// <summary>Distinct accounts that liked.</summary>
    public required uint[] Likers { get; init; }

    /// <summary>Distinct accounts that commented.</summary>
    public required uint[] Commenters { get; init; }

    /// <summary>Distinct accounts that tipped or sent a gift.</summary>
    public required uint[] Tippers { get; init; }

    /// <summary>Distinct accounts that shared or brought a visitor.</summary>
    public required uint[] Sharers { get; init; }

    /// <summary>Posts by category: index into <see cref="Creator"/>, ascending.</summary>
    public required int[] CategoryCreatorIndex { get; init; }

    /// <summary>The category of each such row; ascending by ordinal text within a creator.</summary>
    public required string[] Category { get; init; }

    /// <summary>Posts of that creator in that category.</summary>
    public required uint[] CategoryPosts { get; init; }

    /// <summary>Community metrics (reward rules R2), in the order of <see cref="Events.WindowClosed.MetricNames"/>.</summary>
    public required ulong[] Metrics { get; init; }

    /// <summary>Activity events by verdict.</summary>
    public required ulong[] Verdicts { get; init; }
}
