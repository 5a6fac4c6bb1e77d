using System.Collections.Immutable;
using Ledger.Core.Events;
using Ledger.Core.Quantities;

namespace Ledger.Core.Rulesets;

/// <summary>The document's fields: names, forms and ranges. The same table is in specs/rules.md.</summary>
/// <remarks>Integers stay within ±(2⁵³ − 1) so that every JSON reader in the world reads them exactly.</remarks>
internal static class RulesetSchema
{
    private const long IntegerMax = (1L << 53) - 1;
    private const long WeightMicroMax = 1_000_000_000;
    private const long ContributionMicroMax = 100_000_000;
    private const long CapMax = 1_000_000;
    private const long DayMs = 86_400_000;

    /// <summary>The activity kinds of the document, by code; the others, such as taking something back, earn nothing.</summary>
    internal static ImmutableArray<EventKind> EarningKinds { get; } =
    [
        EventKind.Viewed, EventKind.Liked, EventKind.Commented, EventKind.Shared, EventKind.ShareVisited, EventKind.Followed,
        EventKind.BroadcastMinute, EventKind.PresenceMinute, EventKind.Tipped, EventKind.GiftSent, EventKind.ContentPurchased,
        EventKind.AppPurchased, EventKind.BandwidthPurchased, EventKind.VideoPublished,
    ];

    /// <summary>Shows every field of <paramref name="r"/> and returns the ruleset made of what came back.</summary>
    internal static Ruleset Walk(IRulesetFields f, Ruleset r)
    {
        f.Integer("formatVersion", Ruleset.FormatVersion, Ruleset.FormatVersion, Ruleset.FormatVersion);
        return new Ruleset
        {
            Activity = f.Section("activity", r.Activity, a => Activity(f, a)),
            Validity = f.Section("validity", r.Validity, v => new ValidityThresholds
            {
                PairKneeMicro = f.Integer("pairKneeMicro", v.PairKneeMicro, 0, IntegerMax),
                MinViewSeconds = Unsigned(f, "minViewSeconds", v.MinViewSeconds, 0, 86_400),
                MinViewPercent = Unsigned(f, "minViewPercent", v.MinViewPercent, 0, 100),
                MinCommentLetters = Unsigned(f, "minCommentLetters", v.MinCommentLetters, 0, 1_000),
            }),
            Accounts = f.Section("accounts", r.Accounts, a => new AccountRules { MinAgeDays = Unsigned(f, "minAgeDays", a.MinAgeDays, 0, 3_650) }),
            Windows = f.Section("windows", r.Windows, w => new WindowPolicy
            {
                Late = f.Choice("latePolicy", w.Late),
                FutureToleranceMs = Unsigned(f, "futureToleranceMs", w.FutureToleranceMs, 0, DayMs),
                HoldHours = Unsigned(f, "holdHours", w.HoldHours, 0, 8_760),
            }),
            Poa = f.Section("poa", r.Poa, p => Poa(f, p)),
            Poc = f.Section("poc", r.Poc, p => Poc(f, p)),
            Pool = f.Section("pool", r.Pool, p => Pool(f, p)),
            Popularity = f.Section("popularity", r.Popularity, p => new PopularityRules { HalfLifeDays = Unsigned(f, "halfLifeDays", p.HalfLifeDays, 1, 3_650) }),
            Fees = f.Section("fees", r.Fees, p => new FeeRules
            {
                Tip = Bps(f, "tipBps", p.Tip),
                Gift = Bps(f, "giftBps", p.Gift),
                Content = Bps(f, "contentBps", p.Content),
                App = Bps(f, "appBps", p.App),
            }),
            Promoter = f.Section("promoter", r.Promoter, p => new PromoterRules { ShareMax = Bps(f, "shareMaxBps", p.ShareMax) }),
            Bandwidth = f.Section("bandwidth", r.Bandwidth, b => new BandwidthRules { Required = f.Flag("required", b.Required) }),
            Ads = f.Section("ads", r.Ads, a => new AdRules { Buyback = Bps(f, "buybackBps", a.Buyback) }),
            Settlement = f.Section("settlement", r.Settlement, s => new SettlementRules
            {
                MinPayout = f.Amount("minPayout", s.MinPayout),
                ChainId = (ulong)f.Integer("chainId", (long)s.ChainId, 1, IntegerMax),
                Distributor = f.Address("distributor", s.Distributor),
                Token = f.Address("token", s.Token),
            }),
        };
    }

    private static ImmutableArray<ActivityRule> Activity(IRulesetFields f, ImmutableArray<ActivityRule> current)
    {
        ActivityRule[] rules = new ActivityRule[EventKinds.ActivityCount];
        foreach (EventKind kind in EarningKinds)
        {
            rules[(int)kind] = f.Section(EventCatalogue.Name(kind), current[(int)kind], a => new ActivityRule(
                f.Integer("weightMicro", a.WeightMicro, 0, WeightMicroMax),
                Unsigned(f, "capPerWindow", a.CapPerWindow, 0, CapMax),
                Unsigned(f, "minIntervalMs", a.MinIntervalMs, 0, DayMs)));
        }

        return [.. rules];
    }

    private static PoaRules Poa(IRulesetFields f, PoaRules p) => new()
    {
        QuotaMicro = f.Integer("quotaMicro", p.QuotaMicro, 1, IntegerMax),
        Mode = f.Choice("mode", p.Mode),
        Theta = f.Ratio("theta", p.Theta, Q32.One),
        Exponent = Unsigned(f, "exponent", p.Exponent, 1, 64),
        Split = f.Choice("split", p.Split),
        ProviderShareMax = Bps(f, "providerShareMaxBps", p.ProviderShareMax),
        ProviderShareDefault = Bps(f, "providerShareDefaultBps", p.ProviderShareDefault),
    };

    private static PocRules Poc(IRulesetFields f, PocRules p) => new()
    {
        Production = Dimension(f, "production", p.Production),
        MinutesPerPost = Unsigned(f, "minutesPerPost", p.MinutesPerPost, 1, 1_440),
        Vertical = Dimension(f, "vertical", p.Vertical),
        Broadcast = Dimension(f, "broadcast", p.Broadcast),
        Interaction = Dimension(f, "interaction", p.Interaction),
        Fans = Dimension(f, "fans", p.Fans),
        Weights = f.Section("contribution", p.Weights, w => new ContributionWeights(
            f.Integer("visitMicro", w.VisitMicro, 0, ContributionMicroMax),
            f.Integer("likeMicro", w.LikeMicro, 0, ContributionMicroMax),
            f.Integer("commentMicro", w.CommentMicro, 0, ContributionMicroMax),
            f.Integer("tipMicro", w.TipMicro, 0, ContributionMicroMax),
            f.Integer("shareMicro", w.ShareMicro, 0, ContributionMicroMax))),
        GroupSize = Unsigned(f, "groupSize", p.GroupSize, 2, 64),
        Spread = Bps(f, "spreadBps", p.Spread),
        CreatorQuotaMicro = f.Integer("creatorQuotaMicro", p.CreatorQuotaMicro, 1, IntegerMax),
        ScoreCapMicro = f.OptionalInteger("scoreCapMicro", p.ScoreCapMicro, 1, IntegerMax),
        Mode = f.Choice("mode", p.Mode),
        LevelMax = Unsigned(f, "levelMax", p.LevelMax, 1, 100),
        IdleWindows = Unsigned(f, "idleWindows", p.IdleWindows, 1, 365),
    };

    private static PoolRules Pool(IRulesetFields f, PoolRules p) => new()
    {
        Delta = f.Ratio("delta", p.Delta, Q32.One),
        Eta = f.Ratio("eta", p.Eta, Q32.FromInteger(4)),
        ElasticityMin = f.Ratio("elasticityMin", p.ElasticityMin, Q32.One),
        ElasticityMax = f.Ratio("elasticityMax", p.ElasticityMax, Q32.FromInteger(1_000)),
        ElasticityChangeMax = f.Ratio("elasticityChangeMax", p.ElasticityChangeMax, Q32.FromInteger(1_000)),
        ReferenceWindows = Unsigned(f, "referenceWindows", p.ReferenceWindows, 1, 3_650),
        PoaShare = Bps(f, "poaShareBps", p.PoaShare),
        MetricWeights = f.Section("metricWeights", p.MetricWeights, w =>
            [.. WindowClosed.MetricNames.Select((name, i) => Unsigned(f, name, w[i], 0, 1_000))]),
    };

    private static Dimension Dimension(IRulesetFields f, string name, Dimension current) =>
        f.Section(name, current, d => new Dimension(Bps(f, "weightBps", d.Weight), Unsigned(f, "reference", d.Reference, 1, 1_000_000_000)));

    private static BasisPoints Bps(IRulesetFields f, string name, BasisPoints current) =>
        BasisPoints.From((int)f.Integer(name, current.Value, 0, BasisPoints.Whole));

    private static uint Unsigned(IRulesetFields f, string name, uint current, long min, long max) => (uint)f.Integer(name, current, min, max);
}
