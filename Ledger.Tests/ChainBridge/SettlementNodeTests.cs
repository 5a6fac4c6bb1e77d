using System.Globalization;
using Ledger.ChainBridge.Abi;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Settlement;
using Ledger.ChainBridge.Signing;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Chain;
using Ledger.Host.Cli;
using Ledger.Host.Composition;
using Ledger.Tests.ChainBridge.Model;
using Ledger.Tests.Cli;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.ChainBridge;

/// <summary>Guaranteed on real nodes: settlement through the real contracts on two independent EVMs, by a remote signer, and exactly once under faults in front of anvil.</summary>
public sealed class SettlementNodeTests : IDisposable
{
    private const string Anvil = "Ledger.ChainBridge/Nodes:@foundry-rs/anvil", Hardhat = "Ledger.ChainBridge/Nodes:hardhat";
    private const int Schedules = 24;

    private static readonly Day First = LivedLedger.First;

    private readonly CliRun _cli = new();
    private readonly ManualClock _clock = new("2026-01-05T00:00:00Z");

    public void Dispose() => _cli.Dispose();

    [PartFact(Anvil)]
    public async Task A_window_is_planned_settled_and_settled_only_once_from_the_command_line()
    {
        await LivedLedger.LiveAsync(_cli, _clock, days: 1);
        await using LocalChain chain = await LocalChain.StartAsync(LocalChain.Find(Repository.Root)!, 0, isTicking: true, default);
        (await chain.DeployAsync(First, default)).Write(_cli.Data);
        (await _cli.Async("close", "--all")).Expect(ExitCode.Ok);
        CliAnswer plan = (await _cli.Async("settle", "--dry-run", "--window", First.ToString(), "--json")).Expect(ExitCode.Ok);
        Assert.True(plan.Json().GetProperty("claim").GetProperty("wallets").GetInt32() > 10);
        Assert.Equal(2, plan.Json().GetProperty("transactions").GetInt32());
        CliAnswer pushes = (await _cli.Async("settle", "--dry-run", "--window", First.ToString(), "--price", "1000000000000000", "--json")).Expect(ExitCode.Ok);
        Assert.True(pushes.Json().GetProperty("push").GetProperty("wallets").GetInt32() > 0);

        CliAnswer settled = (await _cli.Async("settle", "--window", First.ToString(), "--price", "1000000000000000")).Expect(ExitCode.Ok);
        Assert.Contains("agree with the chain", settled.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.StartsWith("window-settled: ", (await _cli.Async("settle", "--window", First.ToString())).Expect(ExitCode.No).Error, StringComparison.Ordinal);
        (await _cli.Async("audit")).Expect(ExitCode.Ok);
        DistributorContract contract = new(chain.Node, LocalAccounts.Distributor, LocalAccounts.Token);
        DistributorState state = await contract.StateAsync();
        Assert.Equal(First, state.Window);
        Assert.True(state.Paid.BaseUnits > 0 && state.Paid <= state.Total);
    }

    [PartFact(Anvil, Hardhat)]
    public async Task A_second_implementation_settles_the_same_root_with_transactions_of_a_remote_signer()
    {
        await LivedLedger.LiveAsync(_cli, _clock, days: 1);
        await using LocalChain signer = await LocalChain.StartAsync(LocalChain.Find(Repository.Root)!, 0, isTicking: false, default);
        string folder = Repository.PathOf("Ledger.ChainBridge/Nodes");
        await using LocalChain chain = await LocalChain.StartAsync(
            MachineParts.Require("node"), [Path.Combine(folder, "node_modules/hardhat/internal/cli/bootstrap.js"), "node", "--port", "0", "--hostname", "127.0.0.1"], folder, default);
        ChainSettings settings = await chain.DeployAsync(First, default) with
        {
            Proposer = $"remote:{LocalAccounts.Proposer}@{signer.Address}",
            Approver = $"remote:{LocalAccounts.Approver}@{signer.Address}",
        };
        await using LedgerSession session = await LivedLedger.OpenAsync(_cli, _clock);
        await session.Ledger.FinalizeDueAsync();
        SettlementSession settlement = new(session, chain.Rpc, settings, _clock);
        SettlementOutcome outcome = await settlement.SettleAsync(First, null, (_, cancel) => chain.MineAsync(1, cancel), null, default);
        Assert.Equal(outcome.Root, (await new DistributorContract(chain.Node, LocalAccounts.Distributor, LocalAccounts.Token).StateAsync()).Root);
        Assert.Equal(0U, outcome.Books.Differences);
    }

    [PartFact(Anvil)]
    public async Task A_payment_that_nobody_published_raises_the_alarm_and_it_says_whose()
    {
        await LivedLedger.LiveAsync(_cli, _clock, days: 1);
        await using LocalChain chain = await LocalChain.StartAsync(LocalChain.Find(Repository.Root)!, 0, isTicking: false, default);
        ChainSettings settings = await chain.DeployAsync(First, default);
        await using LedgerSession session = await LivedLedger.OpenAsync(_cli, _clock);
        await session.Ledger.FinalizeDueAsync();
        SettlementSession settlement = new(session, chain.Rpc, settings, _clock);
        await settlement.SettleAsync(First, null, (_, cancel) => chain.MineAsync(1, cancel), null, default);

        // The node lets anybody be the distributor: it pays 5 units to somebody who earned nothing, then sends 3 past its own books.
        WalletAddress stranger = new(0x5717, 9);
        await chain.Node.AskAsync(new RpcCall("anvil_impersonateAccount", settings.Distributor));
        await chain.Node.AskAsync(new RpcCall("anvil_setBalance", settings.Distributor, "0xde0b6b3a7640000"));
        string paid = await AlarmAsync("reward(address,uint256)", 5);
        Assert.Contains($"{stranger}: journal 0, chain 5", paid, StringComparison.Ordinal);
        Assert.Contains($"{stranger}: journal 0, chain 5", await AlarmAsync("transfer(address,uint256)", 3), StringComparison.Ordinal);
        ChainReconciled[] recorded = [.. (await EventsAsync(session)).OfType<ChainReconciled>()];
        Assert.Equal([(0U, ""), (2U, $"{stranger}: journal 0, chain 5"), (2U, $"{stranger}: journal 0, chain 5")], recorded.Select(r => (r.Differences, r.Where)));

        async Task<string> AlarmAsync(string call, int units)
        {
            await chain.SendAsync(settings.DistributorAddress, settings.TokenAddress, Calldata.Of(call, Calldata.Address(stranger), Calldata.Number("uint256", units)), default);
            await chain.MineAsync(settings.FinalBlocks, default);
            SettlementException alarm = await Assert.ThrowsAsync<SettlementException>(() => settlement.FollowAsync(default));
            Assert.Equal("books-differ", alarm.Code);
            return alarm.Message;
        }
    }

    [PartFact(Anvil)]
    public async Task A_block_that_the_node_calls_finalized_is_final_though_few_stand_on_it()
    {
        await using LocalChain chain = await LocalChain.StartAsync(LocalChain.Find(Repository.Root)!, ["--port", "0", "--slots-in-an-epoch", "1"], null, default);
        RemoteSigner signer = new(chain.Rpc, LocalAccounts.Proposer);
        SettlementStep step = new("tagged", signer, [], _ => Task.FromResult(new StepCall(new WalletAddress(0x7777, 1), new byte[] { 1 })));
        foreach ((bool useTag, bool ends) in ((bool, bool)[])[(false, false), (true, true)])
        {
            EngineSettings settings = new(LocalChain.ChainId, new FeePolicy { Cap = 100_000_000_000, Tip = 1_000_000_000 }, new FinalityPolicy(1, 64, useTag));
            SettlementEngine engine = await SettlementEngine.OpenAsync(new MemoryJournal(), chain.Node, settings, [step]);
            Round last = default;
            for (int round = 0; round < 12; round++)
            {
                last = await engine.RoundAsync();
                await chain.MineAsync(1, default);
            }

            Assert.Equal(ends, last.Result == RoundResult.Done);
        }
    }

    [PartFact(Anvil)]
    public async Task Two_dozen_schedules_of_faults_in_front_of_anvil_send_everything_once()
    {
        await using LocalChain chain = await LocalChain.StartAsync(LocalChain.Find(Repository.Root)!, 0, isTicking: false, default);
        await chain.Node.AskAsync(new RpcCall("evm_setAutomine", false));
        for (int block = 0; block < 20; block++) await chain.Node.AskAsync(new RpcCall("evm_mine"));
        Dictionary<Fault, int> fired = [];
        for (ulong seed = 1; seed <= Schedules; seed++) await ScheduleAsync(chain, seed, fired);
        foreach (Fault fault in (Fault[])[Fault.TimeoutAfterAccept, Fault.DuplicateSend, Fault.StaleLatest, Fault.MadeUpLatest, Fault.DroppedTransactions, Fault.FeeSpike, Fault.Reorganization, Fault.CrashAfterSend, Fault.CrashBeforeAppend])
            Assert.True(fired.GetValueOrDefault(fault) > 0, $"the fault {fault} never happened");
    }

    private static async Task<List<EventPayload>> EventsAsync(LedgerSession session)
    {
        List<EventPayload> events = [];
        await foreach (RecordedEvent e in session.Log.ReadStreamAsync(StreamName.Chain(LocalChain.ChainId), 0, Projections.EventLog.ReadDirection.Forwards)) events.Add(e.Payload);
        return events;
    }

    private static async Task ScheduleAsync(LocalChain chain, ulong seed, Dictionary<Fault, int> fired)
    {
        const int FinalBlocks = 8;
        Dice dice = new(seed);
        ScriptedNode? node = null;
        MemoryJournal memory = new();
        DyingJournal journal = new(memory, fault => node!.IsHostile && Happens(fault, 30));
        node = new ScriptedNode(chain.Rpc, dice, fired);
        EngineSettings settings = new(LocalChain.ChainId, new FeePolicy { Cap = 100_000_000_000, Tip = 1_000_000_000, PatienceBlocks = 2 }, new FinalityPolicy(1, FinalBlocks, UseFinalizedTag: false));
        SettlementStep[] steps = [.. Enumerable.Range(0, 3).Select(i => Step(i))];
        SettlementEngine? engine = null;
        Round last = default;
        for (int round = 0; round < 160 && last.Result is not (RoundResult.Done or RoundResult.Halted); round++)
        {
            node.IsHostile = round < 25;
            if (node.IsHostile) await MischiefAsync();
            await chain.Node.AskAsync(new RpcCall("evm_mine"));
            try
            {
                engine ??= await SettlementEngine.OpenAsync(journal, new ChainNode(node), settings, steps);
                last = await engine.RoundAsync();
            }
            catch (CrashException)
            {
                engine = null;
            }
        }

        Assert.True(last.Result == RoundResult.Done, $"seed {seed}: {last.Result} {last.Why} {last.Detail}");
        foreach (SettlementStep step in steps)
            Assert.True(await CountAsync(step) == 1, $"seed {seed}: {step.Batch} is on the chain {await CountAsync(step)} times");

        SettlementStep Step(int i)
        {
            WalletAddress from = i == 0 ? LocalAccounts.Proposer : LocalAccounts.Approver;
            byte[] data = [(byte)seed, (byte)i, 0x5e, 0x77];
            return new SettlementStep($"{seed}-{i}", new RemoteSigner(chain.Rpc, from), i == 2 ? [$"{seed}-0"] : [], _ => Task.FromResult(new StepCall(new WalletAddress(0x7777, 1), data)));
        }

        async Task MischiefAsync()
        {
            if (Happens(Fault.FeeSpike, 10)) await chain.Node.AskAsync(new RpcCall("anvil_setNextBlockBaseFeePerGas", RpcHex.Quantity(1_000_000_000UL * (1 + (dice.Next() % 60)))));
            if (Happens(Fault.DroppedTransactions, 8)) await chain.Node.AskAsync(new RpcCall("anvil_dropAllTransactions"));
            if (Happens(Fault.Reorganization, 8)) await chain.Node.AskAsync(new RpcCall("anvil_reorg", (int)(1 + (dice.Next() % (FinalBlocks - 2))), Array.Empty<object>()));
        }

        bool Happens(Fault fault, ulong oneIn)
        {
            if (dice.Next() % oneIn != 0) return false;
            fired[fault] = fired.GetValueOrDefault(fault) + 1;
            return true;
        }

        async Task<int> CountAsync(SettlementStep step)
        {
            string data = RpcHex.Data((await step.Call(default)).Data.Span);
            ChainBlock head = (await chain.Node.BlockAsync("latest"))!;
            int count = 0;
            for (ulong number = head.Number > 250 ? head.Number - 250 : 0; number <= head.Number; number++)
            {
                System.Text.Json.JsonElement block = await chain.Node.AskAsync(new RpcCall("eth_getBlockByNumber", string.Create(CultureInfo.InvariantCulture, $"0x{number:x}"), true));
                count += block.GetProperty("transactions").EnumerateArray().Count(t => t.GetProperty("input").GetString() == data);
            }

            return count;
        }
    }
}
