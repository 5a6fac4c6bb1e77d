using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.Settlement;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Xunit;

namespace Ledger.Tests.ChainBridge;

/// <summary>Guaranteed: nothing is signed that lowers somebody, exceeds the funding, repeats a leaf, names another ruleset, or is not what a second computation gives.</summary>
public sealed class SettlementGateTests
{
    private static readonly WalletAddress Distributor = new(0xd, 1), Token = new(0xe, 2);
    private static readonly Digest Domain = PayeeNames.Domain(1, Distributor, Token);
    private static readonly Day Window = Day.FromNumber(20_000);

    private static readonly SettlementContent Before = Content([(1, 10), (2, 20)], []);
    private static readonly SettlementContent Right = Content([(1, 15), (2, 20), (3, 7)], Before.Leaves);

    private static readonly DistributorState State = new(
        TokenAmount.FromWe(1_000), Before.Proposal.Total, 1_000, Window.Plus(-1), IsPaused: false, Before.Proposal.Root, Digest.Zero, TokenAmount.Zero);

    [Fact]
    public void What_is_right_passes() => Assert.Empty(SettlementGate.Check(Right, Right, State, Domain));

    [Fact]
    public void A_first_root_passes_on_a_contract_without_one() =>
        Assert.Empty(SettlementGate.Check(Before, Before, State with { Total = TokenAmount.Zero, Root = Digest.Zero }, Domain));

    [Fact]
    public void A_root_that_lowers_anyone_is_refused() => Refused("leaf-lowered", Content([(1, 9), (2, 21), (3, 7)], Before.Leaves));

    [Fact]
    public void A_root_that_leaves_anyone_out_is_refused() => Refused("leaf-lowered", Content([(1, 15), (3, 27)], Before.Leaves));

    [Fact]
    public void A_root_above_the_funding_is_refused() =>
        Assert.Contains("funding-exceeded", Codes(SettlementGate.Check(Right, Right, State with { Funded = TokenAmount.FromWe(41) }, Domain)));

    [Fact]
    public void A_repeated_leaf_is_refused()
    {
        RewardLeaf again = Right.Leaves[0] with { Cumulative = TokenAmount.FromWe(1) };
        Assert.Contains("leaf-repeated", Codes(SettlementGate.Check(Right with { Leaves = [.. Right.Leaves, again] }, Right, State, Domain)));
    }

    [Fact]
    public void Another_ruleset_is_refused() =>
        Assert.Contains("ruleset-differs", Codes(SettlementGate.Check(Right with { Proposal = Right.Proposal with { RulesetHash = Domain } }, Right, State, Domain)));

    [Fact]
    public void Another_statement_is_refused() =>
        Assert.Contains("statement-differs", Codes(SettlementGate.Check(Right with { Proposal = Right.Proposal with { StatementDigest = Domain } }, Right, State, Domain)));

    [Fact]
    public void A_root_that_the_second_computation_does_not_give_is_refused() => Refused("root-differs", Content([(1, 15), (2, 20), (3, 8)], Before.Leaves));

    [Fact]
    public void Mutant_that_omits_the_leafs_domain_is_refused()
    {
        SettlementContent mutant = Right with { Leaves = [.. Right.Leaves.Select(l => l with { Domain = Digest.Zero })] };
        mutant = mutant with { Proposal = mutant.Proposal with { Root = RewardTree.Build(mutant.Leaves).Root } };
        Assert.Contains("domain-differs", Codes(SettlementGate.Check(mutant, mutant, State, Domain)));
    }

    [Fact]
    public void A_contract_with_another_history_is_refused()
    {
        Assert.Contains("root-before-differs", Codes(SettlementGate.Check(Right, Right, State with { Root = Domain }, Domain)));
        Assert.Contains("window-passed", Codes(SettlementGate.Check(Right, Right, State with { Window = Window }, Domain)));
        Assert.Contains("total-fell", Codes(SettlementGate.Check(Right, Right, State with { Total = TokenAmount.FromWe(43) }, Domain)));
        Assert.Contains("cap-exceeded", Codes(SettlementGate.Check(Right, Right, State with { CapWe = 11 }, Domain)));
        Assert.Contains("paused", Codes(SettlementGate.Check(Right, Right, State with { IsPaused = true }, Domain)));
        Assert.Contains("domain-differs", Codes(SettlementGate.Check(Right, Right, State, Digest.Zero)));
    }

    [Fact]
    public void A_push_of_anything_but_the_leaf_is_refused()
    {
        Assert.Empty(SettlementGate.Check(Right with { Pushes = [(Wallet(3), TokenAmount.FromWe(7))] }, Right, State, Domain));
        foreach ((WalletAddress, TokenAmount)[] pushes in ((WalletAddress, TokenAmount)[][])[[(Wallet(3), TokenAmount.FromWe(8))], [(Wallet(9), TokenAmount.FromWe(7))], [(Wallet(3), TokenAmount.FromWe(7)), (Wallet(3), TokenAmount.FromWe(7))]])
            Assert.Contains("push-differs", Codes(SettlementGate.Check(Right with { Pushes = pushes }, Right, State, Domain)));
    }

    private static void Refused(string code, SettlementContent planned) => Assert.Contains(code, Codes(SettlementGate.Check(planned, code == "root-differs" ? Right : planned, State, Domain)));

    private static IEnumerable<string> Codes(IEnumerable<GateRefusal> refusals) => refusals.Select(r => r.Code);

    private static WalletAddress Wallet(uint number) => new(number, number);

    private static SettlementContent Content((uint Wallet, ulong We)[] sums, RewardLeaf[] previous)
    {
        RewardLeaf[] leaves = [.. sums.Select(s => new RewardLeaf(Domain, PayeeNames.Of(Wallet(s.Wallet)), TokenAmount.FromWe(s.We)))];
        RootProposal proposal = new(Window, TokenAmount.FromWe((ulong)sums.Sum(s => (long)s.We)), RewardTree.Build(leaves).Root, new Digest(1, 1, 1, 1), new Digest(2, 2, 2, 2), new Digest(3, 3, 3, 3));
        return new SettlementContent("2024-10-04", 1, Distributor, Token, proposal, leaves, previous, []);
    }
}
