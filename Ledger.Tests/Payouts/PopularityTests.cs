using FsCheck.Xunit;
using Ledger.Core.Identity;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Payouts;

/// <summary>Votes by gift: concave in one giver's money, fading with time, blind to order.</summary>
public sealed class PopularityTests
{
    private static readonly NameTable Names = Table();

    [Property]
    public void Order_of_gifts_does_not_matter(ushort[] gifts)
    {
        GiftVote[] votes = [.. gifts.Select(g => new GiftVote(g % 5, 5 + (g % 3), g))];
        GiftVote[] reversed = [.. votes.Reverse()];
        Assert.Equal(After(votes).Rows.ToArray(), After(reversed).Rows.ToArray());
    }

    [Fact]
    public void The_same_money_from_more_givers_weighs_more()
    {
        Popularity one = After([new GiftVote(0, 5, 400)]), four = After([.. Enumerable.Range(0, 4).Select(g => new GiftVote(g, 5, 100))]);
        Assert.Equal((UInt128)20, one.ByCreator()[0].Popularity);
        Assert.Equal((UInt128)40, four.ByCreator()[0].Popularity);
    }

    [Property]
    public void Popularity_falls_with_time_and_is_forgotten_in_the_end(uint amount, byte halfLife)
    {
        uint days = 1 + (uint)(halfLife % 30);
        Popularity popularity = After([new GiftVote(0, 5, amount)]);
        UInt128 last = UInt128.MaxValue;
        for (int i = 0; i < 40; i++)
        {
            UInt128 weight = popularity.Rows.Length == 0 ? 0 : popularity.Rows[0].Weight;
            Assert.True(weight <= last);
            last = weight;
            popularity = popularity.After(days, days, [], Names);
        }

        Assert.Equal(0, popularity.Rows.Length);
    }

    [Fact]
    public void Days_one_by_one_lose_less_than_a_base_unit_each_against_days_at_once()
    {
        Popularity daily = After([new GiftVote(0, 5, TokenAmount.FromWe(1_000).BaseUnits)]), atOnce = daily.After(20, 7, [], Names);
        for (int day = 0; day < 20; day++) daily = daily.After(1, 7, [], Names);
        UInt128 lost = atOnce.Rows[0].Weight - daily.Rows[0].Weight;
        Assert.InRange(lost, UInt128.Zero, (UInt128)20);
    }

    private static Popularity After(GiftVote[] votes) => Popularity.Empty.After(0, 7, votes, Names);

    private static NameTable Table()
    {
        NameTable names = new();
        foreach (string name in new[] { "e", "b", "a", "d", "c", "z", "x", "y" }) names.Intern(name);
        return names;
    }
}
