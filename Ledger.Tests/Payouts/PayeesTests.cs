using FsCheck.Xunit;
using Ledger.Core.Economics;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Xunit;

namespace Ledger.Tests.Payouts;

/// <summary>Who may claim what: everything earned has exactly one payee, a wallet's sum never falls, and nothing can be claimed twice.</summary>
public sealed class PayeesTests
{
    private static readonly Person Active = new(0, 10, 0, 0, 0, 0);

    [Property(MaxTest = 100)]
    public void A_wallets_cumulative_never_falls_and_the_sum_is_everything_paid(Person[] people, byte[] links)
    {
        World world = new(Ruleset.Default, people);
        PayoutState state = PayoutState.Initial;
        TokenAmount paid = TokenAmount.Zero;
        for (int day = 0; day <= Math.Min(links.Length, 6); day++)
        {
            WindowResult result = WindowRules.Compute(world.Window(day, state));
            paid += result.Statement.Total;
            foreach (WalletPayee before in state.Payees.Wallets) Assert.True(Cumulative(result.Next, before.Wallet) >= before.Cumulative);
            Assert.Equal(paid, result.Next.Payees.Total());
            RewardLeaf[] leaves = result.Next.Payees.Leaves(Digest.Zero);
            Assert.Equal(leaves.Length, leaves.Select(l => l.Payee).Distinct().Count());
            state = result.Next;
            if (day < links.Length && people.Length > 0) world.Link(links[day] % people.Length, 1 + (links[day] % 3));
        }
    }

    [Fact]
    public void What_was_earned_without_a_wallet_moves_to_the_first_and_stays_there()
    {
        World world = new(Ruleset.Default, [Active]);
        PayoutState first = WindowRules.Compute(world.Window(0, PayoutState.Initial)).Next;
        UInt128 one = Assert.Single(first.Payees.Unlinked.ToArray()).Cumulative;

        world.Link(0, 1);
        PayoutState second = WindowRules.Compute(world.Window(1, first)).Next;
        Assert.Empty(second.Payees.Unlinked.ToArray());
        UInt128 two = Assert.Single(second.Payees.Wallets.ToArray()).Cumulative;
        Assert.True(two > one);

        world.Link(0, 2);
        PayoutState third = WindowRules.Compute(world.Window(2, second)).Next;
        Assert.Equal(two, third.Payees.Wallets[0].Cumulative);
        Assert.True(third.Payees.Wallets[1].Cumulative > 0);
    }

    [Fact]
    public void Accounts_are_named_many_at_once_as_they_are_one_by_one()
    {
        NameTable names = new();
        int[] accounts = [.. Enumerable.Range(1, IdText.BytesMax).SelectMany(size => new[] { 'a', 'b' }.Select(letter => names.Intern(new string(letter, size)))), 0];
        Assert.Equal(accounts.Select(account => PayeeNames.OfAccount(names.Bytes(account))), PayeeNames.OfAccounts(accounts, names));
    }

    [Fact]
    public void Two_accounts_with_one_wallet_are_one_payee()
    {
        World world = new(Ruleset.Default, [Active with { Wallet = 1 }, Active with { Wallet = 1 }]);
        WindowResult result = WindowRules.Compute(world.Window(0, PayoutState.Initial));
        Assert.Equal(2, result.Statement.AccountCount);
        Assert.Equal(result.Statement.Total.BaseUnits, Assert.Single(result.Next.Payees.Wallets.ToArray()).Cumulative);
    }

    [Property]
    public void Two_accounts_sharing_the_work_of_one_never_earn_more_than_declared(byte points, byte part, byte others, byte variant)
    {
        Person[] crowd = [.. Enumerable.Repeat(Active, 1 + (others % 20))];
        byte first = (byte)(points == 0 ? 0 : part % points);
        Ruleset ruleset = Variants.Of(variant);
        UInt128 one = Last(ruleset, [.. crowd, Active with { Points = points }], 1);
        UInt128 two = Last(ruleset, [.. crowd, Active with { Points = first }, Active with { Points = (byte)(points - first) }], 2);
        // One unit of remainder for each account.
        Assert.True(two <= ((UInt128)(uint)AttackCost.DeclaredBound * one) + 2, $"{two} over {one}");
    }

    private static UInt128 Last(Ruleset ruleset, Person[] people, int count)
    {
        World world = new(ruleset, people);
        UInt128[] earned = world.Earned(WindowRules.Compute(world.Window(0, PayoutState.Initial)));
        UInt128 sum = 0;
        foreach (UInt128 amount in earned[^count..]) sum += amount;
        return sum;
    }

    private static UInt128 Cumulative(PayoutState state, Ledger.Core.Identity.WalletAddress wallet)
    {
        foreach (WalletPayee row in state.Payees.Wallets)
        {
            if (row.Wallet == wallet) return row.Cumulative;
        }

        return 0;
    }
}
