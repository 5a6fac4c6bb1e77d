using FsCheck.Xunit;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Xunit;

namespace Ledger.Tests.Accounting;

/// <summary>One money event of a generated history; every field is taken modulo what there is.</summary>
public sealed record Step(byte Kind, byte Who, byte Whom, ushort Amount);

/// <summary>Tokens move only by balanced entries, only when they are there, and only between those who may.</summary>
public sealed class BookkeeperTests
{
    private static readonly string[] People = ["ann", "ben", "cat", "dan", "eve", "nobody"];
    private static readonly string[] Allocations = ["token-sale", "reserve", "incentive-fund", "founding-team", "social-community", "pocket"];

    [Property(MaxTest = 200)]
    public void Supply_is_kept_and_nothing_is_negative_after_every_event(Step[] steps)
    {
        Books books = new(startWe: 1);
        PayoutState state = PayoutState.Initial;
        int closed = 0;
        List<EventId> tips = [];
        foreach (Step step in steps)
        {
            if (step.Kind % 12 == 11)
            {
                (WindowResult result, TrialBalance trial) = books.Close(Books.Today.Plus(closed++), state);
                Assert.Equal(TokenAmount.Supply, trial.Held);
                state = result.Next;
                continue;
            }

            MoneyOutcome outcome = books.Do(Payload(step, tips), Books.Today.Plus(closed));
            if (step.Kind % 12 == 0) tips.Add(books.LastId);
            Assert.Equal(outcome.Verdict == MoneyVerdict.Moved, outcome.Entry is not null);
            Assert.Equal(outcome.Verdict == MoneyVerdict.Unfunded, books.Keeper.Of(Books.Today.Plus(closed)).Unfunded.Contains(books.LastPosition));
            Assert.Equal((Int128)0, books.Keeper.Balances.Trial().Require().Difference);
            Assert.All(books.Keeper.Balances.List(books.Directory.Names), b => Assert.True(b.Balance <= TokenAmount.Supply));
        }
    }

    [Fact]
    public void A_tip_pays_the_fee_to_the_platform_and_the_rest_to_the_provider()
    {
        Books books = new();
        Assert.Equal(MoneyVerdict.Moved, books.Tip("cat", "ann-space", TokenAmount.FromWe(10)).Verdict);
        Assert.Equal("90", books.Available("cat").ToWe());
        Assert.Equal("109.95", books.Available("ann").ToWe());
        Assert.Equal("0.05", books.Revenue.ToWe());
    }

    [Theory]
    [InlineData("ann", "ann-space")]
    [InlineData("eve", "ann-space")]
    [InlineData("nobody", "ann-space")]
    [InlineData("cat", "no-space")]
    public void A_payment_without_two_sides_moves_nothing_and_is_not_unfunded(string payer, string space)
    {
        Books books = new();
        Assert.Equal(MoneyVerdict.Void, books.Tip(payer, space, TokenAmount.FromWe(1)).Verdict);
        Assert.Empty(books.Keeper.Of(Books.Today).Unfunded);
    }

    [Fact]
    public void A_payment_of_the_whole_balance_moves_and_one_base_unit_more_is_unfunded()
    {
        Books books = new();
        Assert.Equal(MoneyVerdict.Unfunded, books.Tip("cat", "ann-space", TokenAmount.FromBaseUnits(TokenAmount.FromWe(100).BaseUnits + 1)).Verdict);
        Assert.Equal([books.LastPosition], books.Keeper.Of(Books.Today).Unfunded);
        Assert.Equal(MoneyVerdict.Moved, books.Tip("cat", "ann-space", TokenAmount.FromWe(100)).Verdict);
        Assert.Equal(TokenAmount.Zero, books.Available("cat"));
    }

    [Fact]
    public void A_refund_takes_back_exactly_what_the_tip_posted_and_only_once()
    {
        Books books = new();
        string before = Listing(books);
        books.Tip("cat", "ann-space", TokenAmount.FromWe(10));
        TipRefunded refund = new(new AccountId("cat"), books.LastId);
        Assert.Equal(MoneyVerdict.Moved, books.Do(refund).Verdict);
        Assert.Equal(before, Listing(books));
        Assert.Equal(MoneyVerdict.Void, books.Do(refund).Verdict);
    }

    [Fact]
    public void A_refund_that_the_provider_has_spent_already_is_unfunded_and_somebody_elses_is_void()
    {
        Books books = new();
        books.Tip("cat", "ann-space", TokenAmount.FromWe(10));
        EventId tip = books.LastId;
        Assert.Equal(MoneyVerdict.Void, books.Do(new TipRefunded(new AccountId("dan"), tip)).Verdict);
        books.Tip("ann", "ben-space", TokenAmount.FromWe(105));
        string before = Listing(books);
        Assert.Equal(MoneyVerdict.Unfunded, books.Do(new TipRefunded(new AccountId("cat"), tip)).Verdict);
        Assert.Equal(before, Listing(books));
    }

    [Fact]
    public void A_tip_of_a_closed_window_is_not_refunded()
    {
        Books books = new();
        books.Tip("cat", "ann-space", TokenAmount.FromWe(10));
        EventId tip = books.LastId;
        books.Close(Books.Today, PayoutState.Initial);
        Assert.Equal(MoneyVerdict.Void, books.Do(new TipRefunded(new AccountId("cat"), tip), Books.Today.Next).Verdict);
    }

    [Fact]
    public void A_promoter_gets_the_share_that_was_set_before_the_window_opened()
    {
        Books books = new();
        books.Do(new PromoterShareSet(new SpaceId("ann-space"), 2_000));
        books.Do(new WindowOpened(Books.Today, default));
        // Set after the window opened: for the next one.
        books.Do(new PromoterShareSet(new SpaceId("ann-space"), 100));
        books.Do(new ShareVisited(new AccountId("ben"), new ContentId("ann-video"), new AccountId("cat")));
        books.Do(new ShareVisited(new AccountId("dan"), new ContentId("ann-video"), new AccountId("cat")));
        books.Tip("cat", "ann-space", TokenAmount.FromWe(10));

        // 10 less the fee of 0.05; a fifth of the rest to dan, who brought cat last.
        Assert.Equal("101.99", books.Available("dan").ToWe());
        Assert.Equal("107.96", books.Available("ann").ToWe());
        Assert.Equal("100", books.Available("ben").ToWe());
    }

    [Fact]
    public void A_promoter_share_is_bounded_by_the_ruleset_and_ends_with_the_window()
    {
        Books books = new();
        books.Do(new PromoterShareSet(new SpaceId("ann-space"), 9_000));
        books.Do(new WindowOpened(Books.Today, default));
        books.Do(new ShareVisited(new AccountId("dan"), new ContentId("ann-video"), new AccountId("cat")));
        books.Do(new ContentPurchased(new AccountId("cat"), new ContentId("ann-video"), TokenAmount.FromWe(10)));
        // 3 % fee, then at most 30 %.
        Assert.Equal("102.91", books.Available("dan").ToWe());

        books.Do(new ContentPurchased(new AccountId("cat"), new ContentId("ann-video"), TokenAmount.FromWe(10)), Books.Today.Next);
        Assert.Equal("102.91", books.Available("dan").ToWe());
    }

    [Fact]
    public void An_app_gets_the_price_less_the_fee_and_bandwidth_is_the_platforms()
    {
        Books books = new();
        books.Do(new AppPurchased(new AccountId("cat"), new AppId("chess"), TokenAmount.FromWe(10)));
        Assert.Equal("9", books.Keeper.Balances.Of(JournalAccount.App(books.Directory.Names.Find("chess"))).ToWe());
        books.Do(new BandwidthPurchased(new AccountId("ann"), 60, TokenAmount.FromWe(6)));
        Assert.Equal("7", books.Revenue.ToWe());
        int ann = books.Directory.Names.Find("ann");
        Assert.Equal(0, books.Keeper.Bandwidth.MinutesAt(ann, books.LastPosition));
        Assert.Equal(60, books.Keeper.Bandwidth.MinutesAt(ann, books.LastPosition + 1));
        // The close counts ten broadcast minutes of ann's.
        books.Close(Books.Today, PayoutState.Initial);
        Assert.Equal(50, books.Keeper.Bandwidth.MinutesAt(ann, long.MaxValue));
    }

    [Fact]
    public void Ad_revenue_and_top_ups_join_the_next_pool_that_is_sealed()
    {
        Books books = new();
        books.Do(new AdRevenueReceived("march", TokenAmount.FromWe(1_000)));
        books.Do(new PoolToppedUp("reserve", TokenAmount.FromWe(7)));
        TokenAmount fund = books.Keeper.Fund;
        (WindowResult result, _) = books.Close(Books.Today, PayoutState.Initial);

        Assert.Equal("507", (result.Pool.Pool - fund.FloorMulDiv(Ruleset.Default.Pool.Delta.Raw, Q32.One.Raw, out _)).ToWe());
        Assert.Equal(fund - (result.Pool.Pool - TokenAmount.FromWe(507)) + result.Returned, books.Keeper.Fund);
        Assert.Equal(TokenAmount.Zero, books.Keeper.Balances.Of(JournalAccount.TopUps));
        (WindowResult next, _) = books.Close(Books.Today.Next, result.Next);
        Assert.True(next.Pool.Pool < result.Pool.Pool);
    }

    [Fact]
    public void What_is_added_after_the_seal_waits_for_the_window_after()
    {
        Books books = new();
        books.Seal(Books.Today);
        books.Do(new PoolToppedUp("reserve", TokenAmount.FromWe(7)));
        books.Seal(Books.Today.Next);
        Assert.Equal("0", books.Keeper.TopUps(Books.Today).ToWe());
        Assert.Equal("7", books.Keeper.TopUps(Books.Today.Next).ToWe());
    }

    [Fact]
    public void Between_seal_and_close_nobody_else_takes_from_the_incentive_fund()
    {
        Books books = new();
        books.Seal(Books.Today);
        Assert.Equal(MoneyVerdict.Unfunded, books.Do(new AllocationReleased("incentive-fund", new AccountId("cat"), TokenAmount.FromWe(1)), Books.Today.Next).Verdict);
        Assert.Equal(MoneyVerdict.Moved, books.Do(new AllocationReleased("reserve", new AccountId("cat"), TokenAmount.FromWe(1)), Books.Today.Next).Verdict);
    }

    [Fact]
    public void The_seal_of_a_window_that_is_not_open_holds_nothing()
    {
        Books books = new();
        books.Close(Books.Today, PayoutState.Initial);
        books.Do(new WindowSealed(Books.Today), Books.Today.Next);
        books.Do(new WindowSealed(Books.Today.Plus(9)), Books.Today.Next);
        Assert.Equal(MoneyVerdict.Moved, books.Do(new AllocationReleased("incentive-fund", new AccountId("cat"), TokenAmount.FromWe(1)), Books.Today.Next).Verdict);
    }

    [Fact]
    public void Payouts_arrive_in_available_and_the_pools_are_empty_after_the_close()
    {
        Books books = new();
        TokenAmount before = books.Available("ann");
        (WindowResult result, TrialBalance trial) = books.Close(Books.Today, PayoutState.Initial);
        int ann = books.Directory.Names.Find("ann");
        UInt128 earned = 0;
        for (int i = 0; i < result.Statement.Count; i++)
        {
            if (result.Statement.Account[i] == ann) earned += result.Statement.Amount[i];
        }

        Assert.True(earned > 0);
        Assert.Equal(TokenAmount.FromBaseUnits(earned), books.Available("ann") - before);
        Assert.Equal(TokenAmount.Zero, books.Keeper.Balances.Of(JournalAccount.PoaPool(Books.Today)));
        Assert.Equal(TokenAmount.Zero, books.Keeper.Balances.Of(JournalAccount.PocPool(Books.Today)));
        Assert.Equal(TokenAmount.Supply, trial.Supply);
    }

    [Fact]
    public void A_funded_gift_is_a_vote_and_an_unfunded_one_is_not()
    {
        Books books = new();
        books.Do(new GiftSent(new AccountId("cat"), new SpaceId("ann-space"), "rose", TokenAmount.FromWe(4)));
        books.Do(new GiftSent(new AccountId("cat"), new SpaceId("ann-space"), "car", TokenAmount.FromWe(1_000)));
        GiftVote vote = Assert.Single(books.Keeper.Of(Books.Today).Gifts);
        Assert.Equal(new GiftVote(books.Directory.Names.Find("cat"), books.Directory.Names.Find("ann"), TokenAmount.FromWe(4).BaseUnits), vote);
        (WindowResult result, _) = books.Close(Books.Today, PayoutState.Initial);
        Assert.Equal((UInt128)2_000_000_000, Assert.Single(result.Next.Popularity.ByCreator()).Popularity);
    }

    [Fact]
    public void An_entry_that_does_not_balance_or_overdraws_changes_nothing()
    {
        Books books = new();
        string before = Listing(books);
        JournalAccount cat = JournalAccount.Available(books.Directory.Names.Find("cat")), dan = JournalAccount.Available(books.Directory.Names.Find("dan"));
        Assert.Contains("journal-unbalanced", Assert.Throws<InvalidOperationException>(() => books.Keeper.Balances.Post(new JournalEntry(0, [new Posting(cat, 1)]))).Message, StringComparison.Ordinal);
        Int128 more = (Int128)TokenAmount.FromWe(101).BaseUnits;
        Assert.Contains("journal-overdrawn", Assert.Throws<InvalidOperationException>(() => books.Keeper.Balances.Post(new JournalEntry(0, [new Posting(dan, more), new Posting(cat, -more)]))).Message, StringComparison.Ordinal);
        Assert.Equal(before, Listing(books));
    }

    private static string Listing(Books books) => string.Join('\n', books.Keeper.Balances.List(books.Directory.Names));

    private static EventPayload Payload(Step step, List<EventId> tips)
    {
        AccountId who = new(People[step.Who % People.Length]);
        string[] providers = ["ann", "ben", "nobody"];
        string whom = providers[step.Whom % providers.Length];
        TokenAmount amount = TokenAmount.FromBaseUnits((UInt128)step.Amount * 100_000_000_000_000);
        return (step.Kind % 12) switch
        {
            0 => new Tipped(who, new SpaceId($"{whom}-space"), amount),
            1 => new TipRefunded(who, tips.Count == 0 ? new EventId(1) : tips[step.Whom % tips.Count]),
            2 => new GiftSent(who, new SpaceId($"{whom}-space"), "rose", amount),
            3 => new ContentPurchased(who, new ContentId($"{whom}-video"), amount),
            4 => new AppPurchased(who, new AppId("chess"), amount),
            5 => new BandwidthPurchased(who, step.Amount, amount),
            6 => new ShareVisited(who, new ContentId($"{whom}-video"), new AccountId(People[step.Amount % People.Length])),
            7 => new PromoterShareSet(new SpaceId($"{whom}-space"), step.Amount),
            8 => new AllocationReleased(Allocations[step.Whom % Allocations.Length], who, TokenAmount.FromWe(step.Amount)),
            9 => new PoolToppedUp(Allocations[step.Whom % Allocations.Length], TokenAmount.FromWe(step.Amount)),
            _ => new AdRevenueReceived("ads", TokenAmount.FromWe(step.Amount)),
        };
    }
}
