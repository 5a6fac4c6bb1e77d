using System.Globalization;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.Settlement;
using Ledger.Core.Accounting;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Chain;
using Ledger.Host.Composition;

namespace Ledger.Host.Cli;

/// <summary>One holder's claim of a demo, and what the chain then says of it.</summary>
internal sealed record DemoClaim(string Wallet, TokenAmount Claimed, TokenAmount Balance);

/// <summary>What a demo settled.</summary>
/// <param name="ChainId">On which chain.</param>
/// <param name="Settlements">Each root.</param>
/// <param name="Claims">Holders who claimed.</param>
/// <param name="Escrow">Published and not claimed.</param>
/// <param name="Settled">Paid out on the chain.</param>
internal sealed record DemoSettlement(ulong ChainId, IReadOnlyList<SettlementOutcome> Settlements, IReadOnlyList<DemoClaim> Claims, TokenAmount Escrow, TokenAmount Settled)
{
    /// <summary>Whether every holder has on the chain what its leaf says.</summary>
    public bool Matches => Claims.All(c => c.Claimed == c.Balance);

    public string Verdict => string.Create(CultureInfo.InvariantCulture,
        $"settled {Settlements.Count} roots on chain {ChainId}; {Claims.Count} claims; balances {(Matches ? "match" : "DO NOT match")}");
}

/// <summary>Settles what a demo earned on a chain of its own, window by window, and lets a few holders claim.</summary>
internal sealed class DemoChain(LedgerSession session, DemoClock clock, ProgressLine progress)
{
    private const int ClaimsMax = 5;

    /// <summary>The default rules, settled at where the contracts of a local chain always stand: so a demo gives the same tokens with a chain and without one.</summary>
    public static Ruleset Ruleset => Ruleset.Default with
    {
        Settlement = Ruleset.Default.Settlement with { ChainId = LocalChain.ChainId, Distributor = LocalAccounts.Distributor, Token = LocalAccounts.Token },
    };

    /// <summary>Settles all windows; null when there is no anvil on this machine.</summary>
    public async Task<DemoSettlement?> RunAsync(IReadOnlyList<Day> windows, string workingDirectory, CancellationToken cancel)
    {
        if (LocalChain.Find(workingDirectory) is not { } anvil) return null;
        await using LocalChain chain = await LocalChain.StartAsync(anvil, port: 0, isTicking: false, cancel);
        ChainSettings settings = await chain.DeployAsync(windows[0], cancel);
        SettlementSession settlement = new(session, chain.Rpc, settings, clock);
        clock.Set(windows[^1].Next.Next.Start);
        List<SettlementOutcome> settled = [];
        foreach (Day window in windows)
        {
            progress.Show($"{window} settling", settled.Count * 1000 / windows.Count);
            await session.Ledger.FinalizeDueAsync(window, cancel);
            settled.Add(await settlement.SettleAsync(window, null, (_, token) => chain.MineAsync(1, token), null, cancel));
        }

        IReadOnlyList<DemoClaim> claims = await ClaimAsync(chain, new DistributorContract(chain.Node, settings.DistributorAddress, settings.TokenAddress), cancel);
        await chain.MineAsync(settings.FinalBlocks, cancel);
        Core.Events.ChainReconciled books = await settlement.FollowAsync(cancel);
        return new DemoSettlement(settings.ChainId, settled, claims, books.Escrow, books.Settled);
    }

    /// <summary>The wallets with the most to claim claim it, each with a proof of the settled tree.</summary>
    private async Task<IReadOnlyList<DemoClaim>> ClaimAsync(LocalChain chain, DistributorContract contract, CancellationToken cancel)
    {
        SettledSums sums = session.Ledger.State.Books.Settlements.SumsOf(LocalChain.ChainId, contract.Address, contract.Token);
        RewardLeaf[] leaves = sums.Leaves();
        RewardTree tree = RewardTree.Build(leaves);
        List<DemoClaim> claims = [];
        foreach (int index in Enumerable.Range(0, leaves.Length).OrderByDescending(i => leaves[i].Cumulative).Take(ClaimsMax))
        {
            Core.Identity.WalletAddress wallet = Core.Identity.WalletAddress.FromBytes(leaves[index].Payee.ToArray().AsSpan(PayeeNames.AddressOffset));
            StepCall claim = contract.Claim(wallet, leaves[index].Cumulative, tree.Root, tree.ProofFor(index));
            await chain.SendAsync(LocalAccounts.Deployer, claim.To, claim.Data.ToArray(), cancel);
            claims.Add(new DemoClaim(wallet.ToString(), leaves[index].Cumulative, await contract.BalanceAsync(wallet, cancel: cancel)));
        }

        return claims;
    }
}
