using System.Collections.Immutable;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Validity;

namespace Ledger.Core.Rulesets;

/// <summary>Every parameter that a window is folded and paid under: one immutable, hashed document (reward rules R10).</summary>
/// <remarks>
/// A value of this type has passed every check when it came from <see cref="RulesetDocument.Parse"/>; one built in code is checked by
/// <see cref="RulesetChecks.Find"/>. Two rulesets are equal when their canonical documents are.
/// </remarks>
public sealed record Ruleset
{
    /// <summary>The document format this build reads and writes.</summary>
    public const int FormatVersion = 1;

    /// <summary>Indexed by <see cref="EventKind"/> code, size <see cref="EventKinds.ActivityCount"/>; kinds that earn nothing weigh 0 and have no cap.</summary>
    public required ImmutableArray<ActivityRule> Activity { get; init; }

    public required ValidityThresholds Validity { get; init; }

    public required AccountRules Accounts { get; init; }

    public required WindowPolicy Windows { get; init; }

    public required PoaRules Poa { get; init; }

    public required PocRules Poc { get; init; }

    public required PoolRules Pool { get; init; }

    public required PopularityRules Popularity { get; init; }

    public required FeeRules Fees { get; init; }

    public required PromoterRules Promoter { get; init; }

    public required BandwidthRules Bandwidth { get; init; }

    public required AdRules Ads { get; init; }

    public required SettlementRules Settlement { get; init; }

    /// <summary>The ruleset a new community starts with; the reasons for its numbers are in specs/rules.md.</summary>
    public static Ruleset Default => DefaultRuleset.Value;

    /// <summary>SHA-256 of the canonical document. Computed on each call.</summary>
    public Digest Hash => RulesetDocument.HashOf(RulesetDocument.Canonical(this));

    /// <summary>The rule of an activity kind.</summary>
    public ActivityRule Of(EventKind kind) => Activity[(int)kind];

    /// <summary>What the fold's kernel needs of this ruleset, as tables.</summary>
    public ValidityRules ForKernel() => new()
    {
        WeightMicro = [.. Activity.Select(a => a.WeightMicro)],
        Cap = [.. Activity.Select(a => a.CapPerWindow)],
        MinIntervalMs = [.. Activity.Select(a => (long)a.MinIntervalMs)],
        PairKneeMicro = Validity.PairKneeMicro,
        MinViewSeconds = Validity.MinViewSeconds,
        MinViewPercent = Validity.MinViewPercent,
        MinCommentLetters = Validity.MinCommentLetters,
        MinAgeDays = (int)Accounts.MinAgeDays,
        BandwidthRequired = Bandwidth.Required,
    };

    /// <inheritdoc/>
    public bool Equals(Ruleset? other) => other is not null && Hash == other.Hash;

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)Hash.A);
}
