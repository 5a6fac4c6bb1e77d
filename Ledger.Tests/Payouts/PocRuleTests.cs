using FsCheck.Xunit;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Xunit;

namespace Ledger.Tests.Payouts;

/// <summary>The rank-order rule: prizes sum to each group's pool, zero earns nothing, and better never earns less.</summary>
public sealed class PocRuleTests
{
    [Property]
    public void Prizes_of_a_group_sum_to_its_pool_and_groups_to_the_POC_pool(Person[] people, byte variant)
    {
        World world = new(Variants.Of(variant), people);
        WindowResult result = WindowRules.Compute(world.Window(0, PayoutState.Initial));
        UInt128 pools = 0;
        for (int group = 0; group < result.Poc.Groups.Length; group++)
        {
            UInt128 prizes = 0;
            foreach (int member in result.Poc.Members(group)) prizes += result.Poc.Entrants[member].Prize;
            Assert.Equal(result.Poc.Groups[group].Pool, prizes);
            pools += prizes;
        }

        Assert.Equal(result.Poc.Entrants.Length == 0 ? 0 : result.Pool.PocPool.BaseUnits, pools);
    }

    [Property]
    public void A_better_score_in_a_group_has_no_worse_chance_prize_or_rise(Person[] people, byte variant)
    {
        World world = new(Variants.Of(variant), people);
        if (world.Ruleset.Poc.Mode == PrizeMode.Draw) return;
        PocResult poc = WindowRules.Compute(world.Window(0, PayoutState.Initial)).Poc;
        for (int group = 0; group < poc.Groups.Length; group++)
        {
            PocEntrant[] ranked = [.. poc.Members(group).Select(m => poc.Entrants[m]).OrderBy(e => e.ScoreMicro)];
            for (int i = 1; i < ranked.Length; i++)
            {
                Assert.True(ranked[i - 1].Chance <= ranked[i].Chance);
                // Two units: of the equal part's and of the spread's remainder.
                Assert.True(ranked[i - 1].Prize <= ranked[i].Prize + 2);
                Assert.True(!ranked[i - 1].Won || ranked[i].Won);
            }
        }
    }

    [Property]
    public void A_zero_score_earns_nothing_and_rises_nowhere(Person[] people, byte variant)
    {
        World world = new(Variants.Of(variant), people);
        foreach (PocEntrant entrant in WindowRules.Compute(world.Window(0, PayoutState.Initial)).Poc.Entrants.Where(e => e.ScoreMicro == 0))
        {
            Assert.Equal(UInt128.Zero, entrant.Paid);
            Assert.False(entrant.Won);
        }
    }

    [Property]
    public void Groups_have_their_size_but_for_the_last_of_a_level(Person[] people, byte variant)
    {
        World world = new(Variants.Of(variant), people);
        int size = (int)world.Ruleset.Poc.GroupSize;
        PayoutState state = PayoutState.Initial;
        for (int day = 0; day < 4; day++)
        {
            WindowResult result = WindowRules.Compute(world.Window(day, state));
            foreach (IGrouping<uint, PocGroup> level in result.Poc.Groups.GroupBy(g => g.Level))
            {
                PocGroup[] groups = [.. level];
                Assert.All(groups[..^1], g => Assert.Equal(size, g.Size));
                Assert.True(groups[^1].Size <= size + 1 && (groups[^1].Size > 1 || groups.Length == 1));
            }

            state = result.Next;
        }
    }

    [Property]
    public void Base_coefficient_lies_between_one_and_two(Person[] people)
    {
        World world = new(Ruleset.Default, people);
        foreach (PocEntrant entrant in WindowRules.Compute(world.Window(0, PayoutState.Initial)).Poc.Entrants)
            Assert.True(entrant.Coefficient.Beta >= Q32.One && entrant.Coefficient.Beta <= Q32.FromInteger(2));
    }

    [Fact]
    public void Winners_rise_a_level_and_the_idle_fall_again()
    {
        Person strong = new(0, 10, 0, 1, 7, 0), weak = new(0, 10, 0, 1, 1, 0);
        World busy = new(Ruleset.Default, [strong, weak]);
        WindowResult first = WindowRules.Compute(busy.Window(0, PayoutState.Initial));
        Assert.Equal(2u, Standing(first, busy, 0).Level);
        Assert.Equal(1u, Standing(first, busy, 1).Level);

        // Alone in level 2 there is nobody to rise over.
        WindowResult second = WindowRules.Compute(busy.Window(1, first.Next));
        Assert.Equal(2u, Standing(second, busy, 0).Level);

        World quiet = new(Ruleset.Default, [strong with { Posts = 0 }, weak]);
        PayoutState state = second.Next;
        for (int day = 2; day < 2 + (int)Ruleset.Default.Poc.IdleWindows; day++)
        {
            Assert.Equal(2u, state.Creators.Rows[0].Level);
            state = WindowRules.Compute(quiet.Window(day, state)).Next;
        }

        Assert.Equal(1u, state.Creators.Rows[0].Level);
    }

    [Fact]
    public void A_draw_follows_its_odds_and_only_its_seed()
    {
        Ruleset draw = Ruleset.Default with { Poc = Ruleset.Default.Poc with { Mode = PrizeMode.Draw, CreatorQuotaMicro = 1_000_000 } };
        World world = new(draw, [new Person(0, 10, 0, 1, 7, 0), new Person(0, 10, 0, 1, 1, 0)]);
        int won = 0;
        const int Draws = 2_000;
        double chance = 0;
        for (int i = 0; i < Draws; i++)
        {
            WindowInputs inputs = world.Window(0, PayoutState.Initial) with { DrawSeed = new Ledger.Core.Merkle.Digest((ulong)i, 0, 0, 0) };
            PocEntrant strong = WindowRules.Compute(inputs).Poc.Entrants[0];
            Assert.Equal(strong, WindowRules.Compute(inputs).Poc.Entrants[0]);
            chance = strong.Chance.Raw / (double)Q32.One.Raw;
            if (strong.Won) won++;
        }

        // Five standard deviations; seeds are fixed, so this holds always or never.
        Assert.InRange(won / (double)Draws, chance - (5 * Math.Sqrt(chance * (1 - chance) / Draws)), chance + (5 * Math.Sqrt(chance * (1 - chance) / Draws)));
        Assert.InRange(chance, 0.7, 0.99);
    }

    private static CreatorStanding Standing(WindowResult result, World world, int person)
    {
        foreach (CreatorStanding row in result.Next.Creators.Rows)
        {
            if (row.Account == world.Ordinal(person)) return row;
        }

        throw new InvalidOperationException("no standing");
    }
}
