using System.Collections.Immutable;
using Ledger.Core.Events;
using Ledger.Core.Quantities;

namespace Ledger.Core.Rulesets;

/// <summary>The numbers a new community starts with.</summary>
internal static class DefaultRuleset
{
    internal static Ruleset Value { get; } = new()
    {
        Activity = Activity(),
        Validity = new ValidityThresholds { PairKneeMicro = 20_000_000, MinViewSeconds = 3, MinViewPercent = 30, MinCommentLetters = 2 },
        Accounts = new AccountRules { MinAgeDays = 0 },
        Windows = new WindowPolicy { Late = LatePolicy.Carry, FutureToleranceMs = 300_000, HoldHours = 24 },
        Poa = new PoaRules
        {
            QuotaMicro = 60_000_000,
            Mode = PoaMode.Graded,
            Theta = Q32.FromRatio(1, 2),
            Exponent = 4,
            Split = PoaSplit.Activity,
            ProviderShareMax = BasisPoints.From(5_000),
            ProviderShareDefault = BasisPoints.From(2_000),
        },
        Poc = new PocRules
        {
            Production = new Dimension(BasisPoints.From(3_000), 3),
            MinutesPerPost = 30,
            Vertical = new Dimension(BasisPoints.From(1_500), 8_000),
            Broadcast = new Dimension(BasisPoints.From(2_000), 120),
            Interaction = new Dimension(BasisPoints.From(1_500), 20),
            Fans = new Dimension(BasisPoints.From(2_000), 50),
            Weights = new ContributionWeights(1_000_000, 2_000_000, 5_000_000, 10_000_000, 4_000_000),
            GroupSize = 2,
            Spread = BasisPoints.From(5_000),
            CreatorQuotaMicro = 100_000_000,
            ScoreCapMicro = null,
            Mode = PrizeMode.Expected,
            LevelMax = 10,
            IdleWindows = 7,
        },
        Pool = new PoolRules
        {
            Delta = Q32.FromRatio(1, 1_000),
            Eta = Q32.FromRatio(1, 2),
            ElasticityMin = Q32.FromRatio(1, 2),
            ElasticityMax = Q32.FromInteger(2),
            ElasticityChangeMax = Q32.FromRatio(1, 4),
            ReferenceWindows = 28,
            PoaShare = BasisPoints.From(6_000),
            MetricWeights = [4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        },
        Popularity = new PopularityRules { HalfLifeDays = 7 },
        Fees = new FeeRules { Tip = BasisPoints.From(50), Gift = BasisPoints.From(300), Content = BasisPoints.From(300), App = BasisPoints.From(1_000) },
        Promoter = new PromoterRules { ShareMax = BasisPoints.From(3_000) },
        Bandwidth = new BandwidthRules { Required = true },
        Ads = new AdRules { Buyback = BasisPoints.From(5_000) },
        Settlement = new SettlementRules
        {
            MinPayout = TokenAmount.FromWe(1),
            ChainId = 31_337,
            Distributor = default,
            Token = default,
        },
    };

    private static ImmutableArray<ActivityRule> Activity()
    {
        ActivityRule[] rules = new ActivityRule[EventKinds.ActivityCount];
        Set(EventKind.Viewed, 1_000_000, 200, 1_000);
        Set(EventKind.Liked, 2_000_000, 50, 1_000);
        Set(EventKind.Commented, 5_000_000, 30, 5_000);
        Set(EventKind.Shared, 4_000_000, 10, 10_000);
        Set(EventKind.ShareVisited, 3_000_000, 50, 0);
        Set(EventKind.Followed, 3_000_000, 20, 1_000);
        Set(EventKind.BroadcastMinute, 4_000_000, 240, 0);
        Set(EventKind.PresenceMinute, 200_000, 240, 0);
        Set(EventKind.Tipped, 5_000_000, 20, 1_000);
        Set(EventKind.GiftSent, 5_000_000, 20, 1_000);
        Set(EventKind.ContentPurchased, 5_000_000, 20, 0);
        Set(EventKind.AppPurchased, 5_000_000, 20, 0);
        Set(EventKind.BandwidthPurchased, 0, 20, 0);
        Set(EventKind.VideoPublished, 20_000_000, 10, 60_000);
        return [.. rules];

        void Set(EventKind kind, long weightMicro, uint cap, uint minIntervalMs) =>
            rules[(int)kind] = new ActivityRule(weightMicro, cap, minIntervalMs);
    }
}
