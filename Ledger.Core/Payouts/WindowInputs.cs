using Ledger.Core.Contributions;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Core.Payouts;

/// <summary>All that a window's rewards are computed from; nothing else is looked at.</summary>
public sealed record WindowInputs
{
    public required Day Window { get; init; }

    /// <summary>Position of the window's seal: wallets are those linked before it.</summary>
    public required long SealedAt { get; init; }

    public required Ruleset Ruleset { get; init; }

    public required ContributionSheet Sheet { get; init; }

    public required TeamRoster Roster { get; init; }

    /// <summary>Names and wallets.</summary>
    public required Directory Directory { get; init; }

    /// <summary>The state after the previous window.</summary>
    public required PayoutState State { get; init; }

    /// <summary>F: the incentive fund's balance when the pool is drawn.</summary>
    public required TokenAmount Fund { get; init; }

    /// <summary>What others added to this window's pool.</summary>
    public required TokenAmount TopUps { get; init; }

    /// <summary>The window's funded gifts, in any order.</summary>
    public required IReadOnlyList<GiftVote> Gifts { get; init; }

    /// <summary>A value nobody could choose, such as a chain block's hash after the window's commitment; needed when prizes are drawn.</summary>
    public Digest? DrawSeed { get; init; }
}
