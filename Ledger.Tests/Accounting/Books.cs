using Ledger.Core.Accounting;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Core.Validity;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Tests.Accounting;

/// <summary>A small community with books: ann and ben provide a space and a video each, cat and dan visit, eve is suspended; all but eve start with 100 WE.</summary>
public sealed class Books
{
    public static readonly Day Today = Day.FromNumber(20_000);

    private long _position;

    public Books(Ruleset? ruleset = null, ulong startWe = 100)
    {
        Ruleset = ruleset ?? Ruleset.Default;
        Keeper = new Bookkeeper(Directory, _ => Ruleset);
        Do(new GenesisAllocated(
            TokenAmount.FromWe(625_000_000), TokenAmount.FromWe(375_000_000), TokenAmount.FromWe(125_000_000), TokenAmount.FromWe(62_500_000), TokenAmount.FromWe(62_500_000)));
        foreach (string name in new[] { "ann", "ben", "cat", "dan", "eve" })
        {
            Do(new AccountOpened(new AccountId(name)));
            if (name != "eve") Do(new AllocationReleased("social-community", new AccountId(name), TokenAmount.FromWe(startWe)));
        }

        foreach (string name in new[] { "ann", "ben" })
        {
            Do(new SpaceOpened(new SpaceId($"{name}-space"), new AccountId(name)));
            Do(new VideoPublished(new ContentId($"{name}-video"), new SpaceId($"{name}-space"), new AccountId(name), "dance", 30));
        }

        Do(new AccountSuspended(new AccountId("eve"), "spam"));
    }

    public Ruleset Ruleset { get; }

    public Directory Directory { get; } = new(new NameTable());

    public Bookkeeper Keeper { get; }

    public EventId LastId { get; private set; }

    public long LastPosition => _position - 1;

    public MoneyOutcome Do(EventPayload payload, Day? window = null)
    {
        LastId = new EventId((UInt128)(_position + 1));
        RecordedEvent recorded = new(_position++, 0, new NewEvent(LastId, UnixMs.Epoch, UnixMs.Epoch, window ?? Today, payload));
        Directory.Apply(recorded);
        return Keeper.Apply(recorded);
    }

    public MoneyOutcome Tip(string from, string space, TokenAmount amount) => Do(new Tipped(new AccountId(from), new SpaceId(space), amount));

    public TokenAmount Available(string account) => Keeper.Balances.Of(JournalAccount.Available(Directory.Names.Intern(account)));

    public TokenAmount Revenue => Keeper.Balances.Of(JournalAccount.PlatformRevenue);

    /// <summary>Opens a window, if it is not open, and seals it.</summary>
    public void Seal(Day window)
    {
        Do(new WindowOpened(window, default), window);
        Do(new WindowSealed(window), window);
    }

    /// <summary>Seals, computes, posts: the window in which ann and cat met the quota and ann posted.</summary>
    public (WindowResult Result, TrialBalance Trial) Close(Day window, PayoutState state)
    {
        Seal(window);
        ContributionSheet sheet = Sheet();
        WindowResult result = WindowRules.Compute(new WindowInputs
        {
            SealedAt = long.MaxValue,
            Window = window,
            Ruleset = Ruleset,
            Sheet = sheet,
            Roster = TeamRoster.Empty,
            Directory = Directory,
            State = state,
            Fund = Keeper.Fund,
            TopUps = Keeper.TopUps(window),
            Gifts = Keeper.Of(window).Gifts,
        });
        return (result, Keeper.Close(window, Keeper.EntriesOf(window, result, _position++), sheet));
    }

    private ContributionSheet Sheet()
    {
        int ann = Directory.Names.Find("ann"), cat = Directory.Names.Find("cat");
        return new ContributionSheet
        {
            Account = [ann, cat],
            PointsMicro = [Ruleset.Poa.QuotaMicro, Ruleset.Poa.QuotaMicro / 2],
            TeamPointsMicro = [0, 0],
            Creator = [ann],
            Posts = [1],
            BroadcastMinutes = [10],
            OwnReplies = [0],
            NetFollowers = [1],
            Viewers = [1],
            Likers = [1],
            Commenters = [0],
            Tippers = [0],
            Sharers = [0],
            CategoryCreatorIndex = [0],
            Category = ["dance"],
            CategoryPosts = [1],
            Metrics = [.. WindowClosed.MetricNames.Select(_ => 2UL)],
            Verdicts = new ulong[Verdicts.Count],
        };
    }
}
