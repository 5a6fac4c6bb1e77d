using System.Text.Json;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.Settlement;
using Ledger.ChainBridge.Transactions;
using Ledger.ChainBridge.Verification;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Payouts.Proofs;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Chain;
using Ledger.Host.Cli;
using Ledger.Host.Composition;
using Ledger.Tests.ChainBridge.Contracts;
using Ledger.Tests.Cli;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.ChainBridge;

/// <summary>Guaranteed: a holder with a proof file and a node of any choice learns whether the chain holds what the file says, and what can be claimed; each way it can differ has its code.</summary>
public sealed class ProofOnChainTests : IDisposable
{
    private const string Anvil = "Ledger.ChainBridge/Nodes:@foundry-rs/anvil";

    private static readonly Day First = LivedLedger.First;
    private static readonly WalletAddress Holder = new(0xabcd, 7);

    private readonly CliRun _cli = new();
    private readonly ManualClock _clock = new("2026-01-05T00:00:00Z");

    public void Dispose() => _cli.Dispose();

    [PartFact(Anvil, "node", ContractFolder.MerkleTree)]
    public async Task A_holder_verifies_and_claims_what_was_settled_until_the_next_root()
    {
        await LivedLedger.LiveAsync(_cli, _clock, days: 2);
        await using LocalChain chain = await LocalChain.StartAsync(LocalChain.Find(Repository.Root)!, 0, isTicking: false, default);
        ChainSettings settings = await chain.DeployAsync(First, default);
        (string account, RewardClaim claim) = await SettleAsync(chain, settings, First);
        DistributorContract contract = new(chain.Node, settings.DistributorAddress, settings.TokenAddress);

        // Over WebSocket, then over HTTP; with the account's own lines.
        (await _cli.Async("prove", "settlement", account, "--statement", "--out", "proof.json")).Expect(ExitCode.Ok);
        JsonElement before = (await VerifyAsync("--rpc", chain.Address.ToString().Replace("http", "ws"), "--json")).Expect(ExitCode.Ok).Json();
        Assert.Equal((claim.Leaf.Cumulative.ToString(), "0"), (Chain(before, "claimable"), Chain(before, "paid")));
        Assert.Equal(claim.Root.ToString(), before.GetProperty("learned").GetProperty("settled").GetProperty("root").GetString());
        Assert.NotEqual(0, before.GetProperty("learned").GetProperty("lines").GetArrayLength());
        Assert.Equal(["chain-id", "chain-contract", "chain-root", "chain-commitment"], before.GetProperty("checks").EnumerateArray().Select(c => c.GetProperty("name").GetString()!).Where(n => n.StartsWith("chain-", StringComparison.Ordinal)));
        Assert.Contains("the chain bears it out", (await VerifyAsync("--rpc", chain.Address.ToString())).Expect(ExitCode.Ok).Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        (int exit, string said) = await ContractFolder.TryAsync(
            "node", ["--input-type=module", "-", _cli.PathOf("proof.json"), chain.Address.ToString()], await File.ReadAllTextAsync(Repository.PathOf("specs/verify-proof.mjs")));
        Assert.True(exit == 0 && said.Contains("the contract holds this root and this commitment", StringComparison.Ordinal), said);

        // Nothing but what the file holds is needed to claim.
        WalletAddress wallet = WalletAddress.FromBytes(claim.Leaf.Payee.ToArray().AsSpan(PayeeNames.AddressOffset));
        await chain.SendAsync(LocalAccounts.Deployer, contract.Address, contract.Claim(wallet, claim.Leaf.Cumulative, claim.Root, claim.Path).Data.ToArray(), default);
        JsonElement after = (await VerifyAsync("--rpc", chain.Address.ToString(), "--json")).Expect(ExitCode.Ok).Json();
        Assert.Equal(("0", claim.Leaf.Cumulative.ToString()), (Chain(after, "claimable"), Chain(after, "paid")));

        string file = await File.ReadAllTextAsync(_cli.PathOf("proof.json"));
        await File.WriteAllTextAsync(_cli.PathOf("proof.json"), file.Replace($"\"{claim.Leaf.Cumulative}\"", $"\"{claim.Leaf.Cumulative}1\""));
        Assert.StartsWith("proof-invalid: ", (await VerifyAsync("--rpc", chain.Address.ToString())).Expect(ExitCode.No).Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_cli.PathOf("proof.json"), file);

        await SettleAsync(chain, settings, First.Next);
        Assert.StartsWith("root-superseded: ", (await VerifyAsync("--rpc", chain.Address.ToString())).Expect(ExitCode.No).Error, StringComparison.Ordinal);
        (await _cli.Async("prove", "settlement", account, "--out", "proof.json")).Expect(ExitCode.Ok);
        (await VerifyAsync("--rpc", chain.Address.ToString())).Expect(ExitCode.Ok);
        (await _cli.Async("prove", "account", account, "--out", "proof.json")).Expect(ExitCode.Ok);
        Assert.StartsWith("proof-not-settled: ", (await VerifyAsync("--rpc", chain.Address.ToString())).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.StartsWith("node-address: ", (await VerifyAsync("--rpc", "file:///here")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [PartFact(Anvil)]
    public async Task Each_way_a_chain_can_differ_has_its_code()
    {
        await using LocalChain other = await LocalChain.StartAsync(LocalChain.Find(Repository.Root)!, ["--port", "0", "--chain-id", "31338"], null, default);
        Assert.Equal("chain-differs", await CodeAsync(other, First, Facts(1)));

        await using LocalChain chain = await LocalChain.StartAsync(LocalChain.Find(Repository.Root)!, 0, isTicking: false, default);
        Assert.Equal("contract-differs", await CodeAsync(chain, First, Facts(1)));
        await chain.DeployAsync(First, default);
        Assert.Equal("contract-differs", await CodeAsync(chain, First, Facts(1) with { Distributor = LocalAccounts.Token }));
        Assert.Equal("contract-differs", await CodeAsync(chain, First, Facts(1) with { Token = Holder }));
        Assert.Equal("root-missing", await CodeAsync(chain, First, Facts(1)));

        await ApproveAsync(chain, First, Facts(2));
        Assert.Equal("root-missing", await CodeAsync(chain, First, Facts(1)));
        foreach (SettledFacts changed in (SettledFacts[])[Facts(1) with { LogRoot = Digest.Zero }, Facts(1) with { StatementDigest = Digest.Zero }, Facts(1) with { RulesetHash = Digest.Zero }, Facts(1) with { Total = TokenAmount.FromWe(11) }])
        {
            Day window = (await new DistributorContract(chain.Node, LocalAccounts.Distributor, LocalAccounts.Token).StateAsync()).Window.Next;
            await ApproveAsync(chain, window, changed);
            Assert.Equal("commitment-differs", await CodeAsync(chain, window, Facts(1) with { Commitment = Proposal(window, Facts(1)).Commitment() }));
            Assert.Null(await CodeAsync(chain, window, changed with { Commitment = Proposal(window, changed).Commitment() }));
            Assert.Equal("root-superseded", await CodeAsync(chain, First, Facts(2)));
        }
    }

    private static async Task<string?> CodeAsync(LocalChain chain, Day window, SettledFacts facts)
    {
        ChainReport report = await new ProofOnChain(chain.Node).CheckAsync(window, facts);
        Assert.Equal(report.Refusal is null, report.Checks.All(c => c.Ok));
        Assert.Equal(report.Refusal is null, report.Facts is not null);
        return report.Refusal?.Code;
    }

    private static SettledFacts Facts(byte root) => new(
        Holder, LocalChain.ChainId, LocalAccounts.Distributor, LocalAccounts.Token, TokenAmount.FromWe(5), TokenAmount.FromWe(10),
        Keccak256.Hash([root]), Keccak256.Hash("log"u8), Keccak256.Hash("statement"u8), Keccak256.Hash("rules"u8), Digest.Zero);

    private static RootProposal Proposal(Day window, SettledFacts f) => new(window, f.Total, f.Root, f.LogRoot, f.StatementDigest, f.RulesetHash);

    private static async Task ApproveAsync(LocalChain chain, Day window, SettledFacts facts)
    {
        DistributorContract contract = new(chain.Node, LocalAccounts.Distributor, LocalAccounts.Token);
        StepCall propose = contract.Propose(Proposal(window, facts));
        ChainReceipt proposed = await chain.SendAsync(LocalAccounts.Proposer, propose.To, propose.Data.ToArray(), default);
        await chain.MineAsync(2, default);
        await chain.SendAsync(LocalAccounts.Approver, contract.Address, contract.Approve(Proposal(window, facts), contract.ReadyAt(proposed)).Data.ToArray(), default);
    }

    private Task<CliAnswer> VerifyAsync(params string[] options) => _cli.Async(["verify", "proof.json", .. options]);

    private static string Chain(JsonElement answer, string member) => answer.GetProperty("chain").GetProperty(member).GetString()!;

    /// <summary>Settles a window and gives an account whose wallet has something to claim.</summary>
    private async Task<(string Account, RewardClaim Claim)> SettleAsync(LocalChain chain, ChainSettings settings, Day window)
    {
        await using LedgerSession session = await LivedLedger.OpenAsync(_cli, _clock);
        await session.Ledger.FinalizeDueAsync(window);
        await new SettlementSession(session, chain.Rpc, settings, _clock).SettleAsync(window, null, (_, cancel) => chain.MineAsync(1, cancel), null, default);
        RewardLeaf[] leaves = session.Ledger.State.Books.Settlements.SettledLeaves(LocalChain.ChainId, settings.DistributorAddress, settings.TokenAddress);
        RewardTree tree = RewardTree.Build(leaves);
        await foreach (RecordedEvent e in session.Log.ReadAllAsync(0, Projections.EventLog.ReadDirection.Forwards))
        {
            if (e.Payload is not WalletLinked linked || Array.FindIndex(leaves, l => l.Payee == PayeeNames.Of(linked.Wallet)) is not (>= 0 and var index)) continue;
            return (linked.Account.Value, new RewardClaim(LocalChain.ChainId, settings.DistributorAddress, settings.TokenAddress, leaves[index], leaves[index].Hash(), tree.ProofFor(index), tree.Root));
        }

        throw new InvalidOperationException("nobody of the small community has a wallet with something settled");
    }
}
