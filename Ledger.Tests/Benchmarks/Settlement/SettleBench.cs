using System.Diagnostics;
using Ledger.Benchmarks.Payouts;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.Settlement;
using Ledger.ChainBridge.Signing;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;

namespace Ledger.Benchmarks.Settlement;

/// <summary>Settlement without a chain: how fast one core signs, and how long a large statement takes to be planned, proven and let through the gate.</summary>
internal static class SettleBench
{
    private const int Runs = 5;
    private const int Transactions = 1_000;

    /// <summary>Prints a line per figure.</summary>
    /// <param name="accounts">Accounts of the statement, each with a wallet.</param>
    public static async Task RunAsync(int accounts)
    {
        await SignAsync();
        Plan(accounts);
    }

    /// <summary>A root's proposal as settlement signs it: encoded, hashed, signed by RFC 6979, read back and its sender recovered.</summary>
    private static async Task SignAsync()
    {
        using PrivateKey key = PrivateKey.FromBytes(Keccak256.Hash("bench"u8).ToArray());
        KeySigner signer = new(key);
        RootProposal proposal = new(Core.Time.Day.FromNumber(20_000), TokenAmount.FromWe(1), Keccak256.Hash("root"u8), Keccak256.Hash("log"u8), Keccak256.Hash("statement"u8), Keccak256.Hash("rules"u8));
        DistributorContract contract = new(new ChainNode(NoNode.Instance), LocalAccounts.Distributor, LocalAccounts.Token);
        double[] perSecond = new double[Runs];
        for (int run = -1; run < Runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
            for (int i = 0; i < Transactions; i++)
            {
                await signer.SignAsync(new FeeMarketTransaction
                {
                    ChainId = LocalChainId,
                    Nonce = (ulong)i,
                    MaxPriorityFeePerGas = 1_000_000_000,
                    MaxFeePerGas = 30_000_000_000,
                    GasLimit = 90_000,
                    To = contract.Address,
                    Data = contract.Propose(proposal with { Window = proposal.Window.Plus(i) }).Data,
                });
            }

            // The first run warms up. What the processor spent cannot be less than one core's time.
            double seconds = Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds);
            if (run >= 0) perSecond[run] = Transactions / seconds;
        }

        Array.Sort(perSecond);
        Print($"settle: signing and encoding on one core, sender recovered: median {perSecond[Runs / 2]:0} transactions/s of {Runs} runs ({perSecond[0]:0}-{perSecond[^1]:0})");
    }

    private static void Plan(int accounts)
    {
        WindowInputs inputs = CloseBenchmark.Inputs(accounts, walletEvery: 1);
        RewardStatement statement = WindowRules.Compute(inputs).Statement;
        double[] totals = new double[Runs];
        for (int run = 0; run < Runs; run++) totals[run] = Settle(inputs, statement, isLast: run == Runs - 1);
        Array.Sort(totals);
        Print($"settle: {accounts:N0} accounts planned, set aside, proven and through the gate: median {totals[Runs / 2]:0} ms of {Runs} runs ({totals[0]:0}-{totals[^1]:0})");
    }

    private static double Settle(WindowInputs inputs, RewardStatement statement, bool isLast)
    {
        Balances balances = new();
        SettlementBook book = new(inputs.Directory, balances);
        (int[] account, UInt128[] amount) = statement.Earnings();
        Int128 sum = 0;
        foreach (UInt128 part in amount) sum += (Int128)part;
        balances.Post(new JournalEntry(0, [new(JournalAccount.SupplyIssued, -sum), .. account.Select((a, i) => new Posting(JournalAccount.Available(a), (Int128)amount[i]))]));
        book.Issued(statement, inputs.SealedAt);
        book.Finalized(new StatementFinalized(statement.Window, statement.Digest));
        SettlementRules rules = inputs.Ruleset.Settlement;
        GC.Collect();

        long started = Stopwatch.GetTimestamp();
        SettlementPolicy policy = SettlementEstimate.PolicyOf(TokenAmount.Zero, 2_000_000_000, null);
        PlannedSettlement plan = book.Plan(policy, book.SumsOf(rules.ChainId, rules.Distributor, rules.Token));
        double planned = Lap();
        balances.Post(book.Reserve(
            new SettlementReserved("bench", statement.Window, rules.ChainId, rules.Distributor, rules.Token, statement.Source.RulesetHash, TokenAmount.FromBaseUnits(policy.WaitBelow), TokenAmount.Zero, policy.ClaimGas, policy.PushGas), 1)!);
        double reserved = Lap();
        OpenSettlement open = book.Open!;
        RewardLeaf[] leaves = open.Sums.Leaves();
        RewardTree tree = RewardTree.Build(leaves);
        double published = Lap();
        Parallel.For(0, leaves.Length, i => tree.ProofFor(i));
        double proven = Lap();
        RootProposal proposal = new(statement.Window, TokenAmount.FromBaseUnits(open.Sums.Published), tree.Root, default, statement.Digest, statement.Source.RulesetHash);
        SettlementContent content = new("bench", rules.ChainId, rules.Distributor, rules.Token, proposal, leaves, [], open.Pushes());
        DistributorState state = new(TokenAmount.FromWe(125_000_000), TokenAmount.Zero, 10_000_000, statement.Window.Plus(-1), false, Digest.Zero, Digest.Zero, TokenAmount.Zero);
        IReadOnlyList<GateRefusal> refusals = SettlementGate.Check(content, content, state, open.Sums.Domain);
        double gate = Lap();
        if (refusals.Count > 0) throw new InvalidOperationException(string.Join("; ", refusals));
        if (isLast) Print($"settle: {plan.Wallets.Length:N0} wallets: plan {planned:0} ms, set aside {reserved:0}, settled tree {published:0}, all proofs {proven:0}, gate {gate:0}; {SettlementEstimate.Of(plan, 1).Transactions} transactions");
        return planned + reserved + published + proven + gate;

        double Lap()
        {
            double ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            started = Stopwatch.GetTimestamp();
            return ms;
        }
    }

    private const ulong LocalChainId = 31_337;

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

    /// <summary>Nothing is asked of it: calls are only encoded.</summary>
    private sealed class NoNode : ChainBridge.JsonRpc.INodeRpc
    {
        public static NoNode Instance { get; } = new();

        public Task<IReadOnlyList<ChainBridge.JsonRpc.RpcReply>> SendAsync(IReadOnlyList<ChainBridge.JsonRpc.RpcCall> calls, CancellationToken cancel = default) => throw new InvalidOperationException("no node is asked");
    }
}
