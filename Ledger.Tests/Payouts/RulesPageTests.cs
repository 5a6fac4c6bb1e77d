using System.Globalization;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Validity;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Payouts;

/// <summary>Every worked example of the payout rules in <c>specs/rules.md</c>, recomputed: change a number on the page and a test fails.</summary>
public sealed class RulesPageTests
{
    private const string Page = "rules.md";

    [Fact]
    public void Pair_damping()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: pair damping"))
            Assert.Equal(Long(row, "counted"), PairDamping.Damp(Long(row, "points"), Long(row, "knee")));
    }

    [Fact]
    public void Effort()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: effort"))
            Assert.Equal((ulong)Long(row, "x"), PoaRule.Effort(Long(row, "points"), Long(row, "quota")));
    }

    [Fact]
    public void Pay_factor()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: pay factor"))
        {
            PoaRules rules = Ruleset.Default.Poa with { Mode = Enum.Parse<PoaMode>(row["mode"], ignoreCase: true), Theta = Ratio(row["theta"]), Exponent = (uint)Long(row, "exponent") };
            Assert.Equal((ulong)Long(row, "factor"), PoaRule.Factor(rules, (ulong)Long(row, "output"), (int)Long(row, "size")));
        }
    }

    [Fact]
    public void Second_split()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: second split"))
        {
            long[] points = Longs(row["members' points"]);
            NameTable names = Numbered(points.Length + 2);
            int provider = points.Length, space = points.Length + 1;
            int[] members = [.. Enumerable.Range(0, points.Length)];
            ContributionSheet sheet = Sheet(members, points, [], []);
            TeamRoster roster = new([space], [provider], [members], [(uint)Long(row, "share bps")]);
            PoaRules rules = Ruleset.Default.Poa with { QuotaMicro = 60, Split = Enum.Parse<PoaSplit>(row["split"], ignoreCase: true) };
            PoaLines lines = new(rules, sheet, roster, new CanonicalRows(sheet.Account, names));
            lines.Add([provider], [0], [(UInt128)(ulong)Long(row, "paid")]);

            Assert.Equal((UInt128)(ulong)Long(row, "provider"), Of(provider));
            Assert.Equal(row["members"], string.Join(' ', members.Select(Of)));

            UInt128 Of(int account) => Array.IndexOf(lines.Account, account) is var line and >= 0 ? lines.Amount[line] : 0;
        }
    }

    [Fact]
    public void Score()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: score"))
        {
            PocRules rules = Ruleset.Default.Poc;
            ContributionSheet sheet = new()
            {
                Account = [],
                PointsMicro = [],
                TeamPointsMicro = [],
                Creator = [0],
                Posts = [(uint)Long(row, "posts")],
                BroadcastMinutes = [(uint)Long(row, "minutes")],
                OwnReplies = [(uint)Long(row, "replies")],
                NetFollowers = [(int)Long(row, "fans")],
                Viewers = [(uint)Long(row, "viewers")],
                Likers = [(uint)Long(row, "likers")],
                Commenters = [(uint)Long(row, "commenters")],
                Tippers = [(uint)Long(row, "tippers")],
                Sharers = [(uint)Long(row, "sharers")],
                CategoryCreatorIndex = [],
                Category = [],
                CategoryPosts = [],
                Metrics = [],
                Verdicts = [],
            };
            BaseCoefficient coefficient = CreatorScore.Coefficient(rules, sheet, 0, (ulong)Long(row, "top"), (ulong)Long(row, "all"));
            Assert.Equal((ulong)Long(row, "beta"), coefficient.Beta.Raw);
            Assert.Equal(Long(row, "score"), CreatorScore.Of(CreatorScore.Contribution(rules.Weights, sheet, 0), coefficient.Beta));
        }
    }

    [Fact]
    public void The_papers_chances()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: the paper's chances"))
        {
            PocResult poc = Contest(Ruleset.Default.Poc, [Long(row, "first score"), Long(row, "second score")], 1_000, Long(row, "quota"));
            Assert.Equal(Fraction(row["first"]), poc.Entrants[0].Chance);
            Assert.Equal(Fraction(row["second"]), poc.Entrants[1].Chance);
        }
    }

    [Fact]
    public void Prizes()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: prizes"))
        {
            PocRules rules = Ruleset.Default.Poc with { Mode = Enum.Parse<PrizeMode>(row["mode"], ignoreCase: true), Spread = BasisPoints.From((int)Long(row, "spread bps")), GroupSize = 3 };
            PocResult poc = Contest(rules, Longs(row["scores"]), (ulong)Long(row, "pool"), Long(row, "quota"));
            Assert.Equal(row["prizes"], string.Join(' ', poc.Entrants.Select(e => e.Prize)));
            Assert.Equal(row["paid"], string.Join(' ', poc.Entrants.Select(e => e.Paid)));
        }
    }

    [Fact]
    public void Pool()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: pool"))
        {
            ulong[] metrics = [.. WindowClosed.MetricNames.Select(_ => (ulong)Long(row, "metric"))];
            ulong[] references = [.. WindowClosed.MetricNames.Select(_ => (ulong)Long(row, "reference") << 32)];
            PoolResult pool = PoolRule.Compute(Ruleset.Default.Pool, metrics, references, Ratio(row["E before"]), TokenAmount.FromWe(125_000_000), Amount(row["top-ups"]));
            Assert.Equal((ulong)Long(row, "E"), pool.Elasticity.Raw);
            Assert.Equal((row["pool"], row["POA"], row["POC"]), (pool.Pool.ToString(), pool.PoaPool.ToString(), pool.PocPool.ToString()));
        }
    }

    [Fact]
    public void References()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: references"))
        {
            ulong[] metrics = [.. WindowClosed.MetricNames.Select(_ => (ulong)Long(row, "metric"))];
            ulong[] references = [.. WindowClosed.MetricNames.Select(_ => (ulong)Long(row, "reference") << 32)];
            PoolResult pool = PoolRule.Compute(Ruleset.Default.Pool, metrics, references, Q32.One, TokenAmount.Zero, TokenAmount.Zero);
            Assert.All(pool.NextReferences, r => Assert.Equal((ulong)Long(row, "next reference"), r));
        }
    }

    [Fact]
    public void Popularity_of_gifts()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: popularity"))
        {
            long[] gifts = Longs(row["gifts"]);
            NameTable names = Numbered(gifts.Length + 1);
            GiftVote[] votes = [.. gifts.Select((g, giver) => new GiftVote(giver, gifts.Length, (UInt128)(ulong)g))];
            Popularity popularity = Popularity.Empty.After(0, 7, votes, names).After((uint)Long(row, "days"), 7, [], names);
            Assert.Equal((UInt128)(ulong)Long(row, "popularity"), popularity.ByCreator()[0].Popularity);
        }
    }

    [Fact]
    public void Payees_and_domains()
    {
        foreach (IReadOnlyDictionary<string, string> row in SpecTables.Read(Page, "Worked example: payees and domains"))
        {
            string[] of = row["of"].Split(' ');
            Core.Merkle.Digest actual = row["kind"] switch
            {
                "account" => PayeeNames.OfAccount(System.Text.Encoding.UTF8.GetBytes(of[0])),
                "wallet" => PayeeNames.Of(Wallet(of[0])),
                _ => PayeeNames.Domain(new SettlementRules { MinPayout = default, ChainId = ulong.Parse(of[0]), Distributor = Wallet(of[1]), Token = Wallet(of[2]) }),
            };
            Assert.Equal(row["value"], actual.ToString());
        }
    }

    /// <summary>A contest in which a creator's score is the number of its viewers.</summary>
    private static PocResult Contest(PocRules rules, long[] scores, ulong pool, long quota)
    {
        Dimension none = new(BasisPoints.From(0), 1);
        rules = rules with
        {
            Production = none,
            Vertical = none,
            Broadcast = none,
            Interaction = none,
            Fans = none,
            Weights = new ContributionWeights(1, 0, 0, 0, 0),
            CreatorQuotaMicro = quota,
        };
        int[] creators = [.. Enumerable.Range(0, scores.Length)];
        ContributionSheet sheet = Sheet([], [], creators, scores);
        return PocRule.Compute(rules, sheet, new CanonicalRows(sheet.Account, Numbered(scores.Length)), CreatorBook.Empty, World.FirstDay, TokenAmount.FromBaseUnits(pool), null);
    }

    private static ContributionSheet Sheet(int[] accounts, long[] teamPoints, int[] creators, long[] viewers)
    {
        uint[] zeros = new uint[creators.Length];
        return new ContributionSheet
        {
            Account = accounts,
            PointsMicro = teamPoints,
            TeamPointsMicro = teamPoints,
            Creator = creators,
            Posts = [.. creators.Select(_ => 1u)],
            BroadcastMinutes = zeros,
            OwnReplies = zeros,
            NetFollowers = new int[creators.Length],
            Viewers = [.. viewers.Select(v => (uint)v)],
            Likers = zeros,
            Commenters = zeros,
            Tippers = zeros,
            Sharers = zeros,
            CategoryCreatorIndex = [],
            Category = [],
            CategoryPosts = [],
            Metrics = [],
            Verdicts = new ulong[Verdicts.Count],
        };
    }

    private static NameTable Numbered(int count)
    {
        NameTable names = new();
        for (int i = 0; i < count; i++) names.Intern($"n{i:00}");
        return names;
    }

    private static long Long(IReadOnlyDictionary<string, string> row, string column) => long.Parse(row[column], CultureInfo.InvariantCulture);

    private static long[] Longs(string text) => [.. text.Split(' ').Select(t => long.Parse(t, CultureInfo.InvariantCulture))];

    private static Q32 Ratio(string text) => Q32.TryParse(text, out Q32 ratio) ? ratio : throw new FormatException(text);

    private static Q32 Fraction(string text) => Q32.FromRatio(UInt128.Parse(text.Split('/')[0]), UInt128.Parse(text.Split('/')[1]));

    private static TokenAmount Amount(string text) => TokenAmount.TryParse(text, out TokenAmount amount) ? amount : throw new FormatException(text);

    private static WalletAddress Wallet(string text) => WalletAddress.TryParse(text, out WalletAddress wallet) ? wallet : throw new FormatException(text);
}
