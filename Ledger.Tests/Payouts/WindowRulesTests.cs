using FsCheck.Xunit;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Xunit;

namespace Ledger.Tests.Payouts;

/// <summary>The laws of a window's payout, over generated communities and every mode: value is conserved, names do not matter, snapshots change nothing.</summary>
public sealed class WindowRulesTests
{
    [Property(MaxTest = 300)]
    public void Paid_and_returned_are_the_pool_to_the_base_unit(Person[] people, byte variant, ulong fund, ushort topUps)
    {
        World world = new(Variants.Of(variant), people);
        WindowResult result = WindowRules.Compute(world.Window(0, PayoutState.Initial, fund % 125_000_001, topUps));

        UInt128 lines = 0;
        foreach (UInt128 amount in result.Statement.Amount)
        {
            Assert.True(amount > 0);
            lines += amount;
        }

        Assert.Equal(result.Pool.Pool, TokenAmount.FromBaseUnits(lines) + result.Returned);
        Assert.Equal(result.Pool.Pool, result.Pool.PoaPool + result.Pool.PocPool);
        Assert.True(result.Pool.Pool <= TokenAmount.FromWe(fund % 125_000_001) + TokenAmount.FromWe(topUps));
    }

    [Property(MaxTest = 100)]
    public void Fund_never_goes_below_zero_and_cumulatives_hold_everything_paid(Person[] people, byte variant)
    {
        Ruleset generous = Variants.Of(variant);
        generous = generous with { Pool = generous.Pool with { Delta = Q32.FromRatio(1, 2) } };
        Assert.Empty(RulesetChecks.Find(generous));
        World world = new(generous, people);
        PayoutState state = PayoutState.Initial;
        TokenAmount fund = TokenAmount.FromWe(1), paid = TokenAmount.Zero;
        for (int day = 0; day < 40; day++)
        {
            WindowResult result = WindowRules.Compute(world.Window(day, state, 0) with { Fund = fund });
            fund = fund - result.Pool.Pool + result.Returned;
            paid += result.Statement.Total;
            state = result.Next;
            Assert.Equal(paid, state.Payees.Total());
        }

        Assert.Equal(TokenAmount.FromWe(1), fund + paid);
    }

    [Property(MaxTest = 200)]
    public void Renaming_accounts_permutes_payouts(Person[] people, byte variant)
    {
        // A draw's tickets and the unit that a remainder leaves are decided in id order; the former is left out, the latter bounded.
        Ruleset ruleset = Variants.Of(variant);
        if (ruleset.Poc.Mode == PrizeMode.Draw) ruleset = ruleset with { Poc = ruleset.Poc with { Mode = PrizeMode.Expected } };
        // With everybody in one group, ids do not decide who meets whom.
        ruleset = ruleset with { Poc = ruleset.Poc with { GroupSize = 64 } };
        people = [.. people.Take(64)];
        World plain = new(ruleset, people);
        World renamed = new(ruleset, people, i => $"q{people.Length - i:000}");

        UInt128[] before = plain.Earned(WindowRules.Compute(plain.Window(0, PayoutState.Initial)));
        UInt128[] after = renamed.Earned(WindowRules.Compute(renamed.Window(0, PayoutState.Initial)));
        // A team's pay may differ by the unit of its entitlement and every part of it by one more.
        for (int i = 0; i < before.Length; i++)
            Assert.True(UInt128.Max(before[i], after[i]) - UInt128.Min(before[i], after[i]) <= 4, $"person {i}: {before[i]} and {after[i]}");
    }

    [Property(MaxTest = 100)]
    public void A_state_read_back_from_its_snapshot_goes_on_the_same(Person[] people, byte variant)
    {
        World world = new(Variants.Of(variant), people);
        PayoutState live = PayoutState.Initial;
        for (int day = 0; day < 3; day++)
        {
            System.Buffers.ArrayBufferWriter<byte> snapshot = new();
            live.WriteTo(snapshot, world.Names);
            // Another process numbers names in another order.
            World other = new(world.Ruleset, people, namesReversed: true);
            PayoutState read = PayoutState.Read(snapshot.WrittenSpan, other.Names);
            Assert.Equal(live.DigestOf(world.Names), read.DigestOf(other.Names));

            WindowResult mine = WindowRules.Compute(world.Window(day, live));
            WindowResult theirs = WindowRules.Compute(other.Window(day, read));
            Assert.Equal(mine.Statement.Digest, theirs.Statement.Digest);
            Assert.Equal(mine.Next.DigestOf(world.Names), theirs.Next.DigestOf(other.Names));
            live = mine.Next;
        }
    }

    [Property(MaxTest = 50)]
    public void A_snapshot_cut_short_or_followed_by_more_is_refused(Person[] people)
    {
        World world = new(Ruleset.Default, people);
        PayoutState state = WindowRules.Compute(world.Window(0, PayoutState.Initial)).Next;
        System.Buffers.ArrayBufferWriter<byte> bytes = new();
        state.WriteTo(bytes, world.Names);
        for (int cut = 0; cut < bytes.WrittenCount; cut += 7)
            Assert.Throws<FormatException>(() => PayoutState.Read(bytes.WrittenSpan[..cut], world.Names));
        Assert.Throws<FormatException>(() => PayoutState.Read([.. bytes.WrittenSpan, 0], world.Names));
    }

    [Property(MaxTest = 200)]
    public void Lines_stand_by_account_bytes_then_rule(Person[] people, byte variant)
    {
        World world = new(Variants.Of(variant), people);
        RewardStatement statement = WindowRules.Compute(world.Window(0, PayoutState.Initial)).Statement;
        for (int i = 1; i < statement.Count; i++)
        {
            int order = world.Names.Compare(statement.Account[i - 1], statement.Account[i]);
            Assert.True(order < 0 || (order == 0 && statement.Rule[i - 1] < statement.Rule[i]));
        }
    }

    [Fact]
    public void A_window_is_not_computed_twice_or_out_of_order()
    {
        World world = new(Ruleset.Default, []);
        PayoutState state = WindowRules.Compute(world.Window(5, PayoutState.Initial)).Next;
        Assert.Contains("window-order", Assert.Throws<ArgumentException>(() => WindowRules.Compute(world.Window(5, state))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_draw_without_its_seed_is_refused()
    {
        Ruleset draw = Ruleset.Default with { Poc = Ruleset.Default.Poc with { Mode = PrizeMode.Draw } };
        World world = new(draw, [new Person(0, 10, 0, 1, 1, 0), new Person(0, 10, 0, 1, 1, 0)]);
        Assert.True(WindowRules.NeedsDrawSeed(draw));
        WindowInputs inputs = world.Window(0, PayoutState.Initial) with { DrawSeed = null };
        Assert.Contains("draw-seed-missing", Assert.Throws<InvalidOperationException>(() => WindowRules.Compute(inputs)).Message, StringComparison.Ordinal);
    }
}
