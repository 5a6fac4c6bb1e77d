using Ledger.ChainBridge.Settlement;
using Ledger.ChainBridge.Signing;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Tests.ChainBridge.Model;
using Xunit;

namespace Ledger.Tests.ChainBridge;

/// <summary>Guaranteed: a nonce is given up only when it is seen to be gone, what is stuck is repaired, and what was final stays so or stops everything.</summary>
public sealed class SettlementEngineTests
{
    private const int FinalBlocks = 4;

    private static readonly Digest What = Keccak256.Hash("what"u8), Other = Keccak256.Hash("other"u8);

    private readonly ModelChain _chain = new();
    private readonly MemoryJournal _journal = new();
    private readonly PrivateKey _key = PrivateKey.FromBytes(Keccak256.Hash("key"u8).ToArray());

    public SettlementEngineTests() => Mine(FinalBlocks + 1);

    [Fact]
    public async Task A_transaction_that_reverted_is_signed_again_under_a_new_nonce_when_that_is_final()
    {
        _chain.Reverting.Add(What);
        SettlementEngine engine = await OpenAsync("a", What);
        while (!_journal.Events.OfType<SettlementFailed>().Any())
        {
            await engine.RoundAsync();
            _chain.Mine();
        }

        _chain.Reverting.Clear();
        Assert.Equal(RoundResult.Done, (await UntilDoneAsync(engine)).Result);
        Assert.Equal("reverted", Assert.Single(_journal.Events.OfType<SettlementFailed>()).Code);
        Assert.Equal([0UL, 1UL], _journal.Events.OfType<SettlementSigned>().Select(s => s.Nonce));
    }

    [Fact]
    public async Task A_nonce_that_another_transaction_took_is_given_up_when_that_one_is_final_and_not_before()
    {
        SettlementEngine engine = await OpenAsync("a", What);
        await engine.RoundAsync();
        _chain.Forget(_ => true);
        await SendForeignAsync(0);
        for (int i = 1; i < FinalBlocks; i++)
        {
            _chain.Mine();
            await engine.RoundAsync();
            Assert.Empty(_journal.Events.OfType<SettlementFailed>());
        }

        Assert.Equal(RoundResult.Done, (await UntilDoneAsync(engine)).Result);
        Assert.Equal("nonce-taken", Assert.Single(_journal.Events.OfType<SettlementFailed>()).Code);
        Assert.Single(_chain.Payments, p => p == What);
    }

    [Fact]
    public async Task A_nonce_that_the_chain_still_waits_for_is_filled_so_that_nothing_is_stuck_behind_it()
    {
        await SendForeignAsync(0);
        Mine(FinalBlocks + 1);
        SettlementEngine engine = await OpenAsync("a", What);
        await engine.RoundAsync();
        Assert.Equal(1UL, _journal.Events.OfType<SettlementSigned>().Single().Nonce);

        // A reorganization deeper than final takes the foreign transaction away for good.
        _chain.Reorganize(FinalBlocks + 3, _ => false);
        Assert.Equal(RoundResult.Done, (await UntilDoneAsync(engine)).Result);
        Assert.Contains(_journal.Events.OfType<SettlementSigned>(), s => s.Batch.StartsWith("fill.", StringComparison.Ordinal) && s.Nonce == 0);
        Assert.Single(_chain.Payments, p => p == What);
    }

    [Fact]
    public async Task A_reorganization_of_something_final_halts_everything_until_a_person_resumes()
    {
        SettlementEngine engine = await OpenAsync("a", What);
        await UntilDoneAsync(engine);
        _chain.Reorganize(FinalBlocks + 6, _ => false);
        Mine(3);
        Round round = await (await OpenAsync("a", What)).RoundAsync();
        Assert.Equal((RoundResult.Halted, "final-reorganized"), (round.Result, round.Why));
        Assert.Equal(RoundResult.Halted, (await (await OpenAsync("b", Other)).RoundAsync()).Result);
        await _journal.AppendAsync("a", _journal.Events.Count(e => e.Stream(default) == StreamName.Settlement("a")), new SettlementResumed("a", "the test did it"));
        Assert.NotEqual(RoundResult.Halted, (await (await OpenAsync("b", Other)).RoundAsync()).Result);
    }

    [Fact]
    public async Task What_the_node_calls_finalized_is_final_when_it_is_of_the_chain_and_only_then()
    {
        EngineSettings tagged = Settings(ModelChain.ChainId) with { Finality = new FinalityPolicy(1, 64, UseFinalizedTag: true) };
        SettlementEngine engine = await SettlementEngine.OpenAsync(_journal, new ChainNode(_chain), tagged, [Step("a", What)]);
        await engine.RoundAsync();
        Mine(2);
        ModelBlock made = _chain.Head with { Hash = Keccak256.Hash("made up"u8) };
        foreach (ModelBlock? finalized in (ModelBlock?[])[null, made])
        {
            _chain.Finalized = finalized;
            for (int i = 0; i < 4; i++) Assert.NotEqual(RoundResult.Done, (await engine.RoundAsync()).Result);
        }

        Assert.Empty(_journal.Events.OfType<SettlementFinalized>());
        _chain.Finalized = _chain.Head;
        Assert.Equal(RoundResult.Worked, (await engine.RoundAsync()).Result);
        Assert.Equal(RoundResult.Done, (await engine.RoundAsync()).Result);
        Assert.Single(_journal.Events.OfType<SettlementFinalized>());
    }

    [Fact]
    public async Task Mutant_that_reuses_a_batch_id_pays_nothing()
    {
        await UntilDoneAsync(await OpenAsync("a", What));
        Assert.Equal(RoundResult.Done, (await UntilDoneAsync(await OpenAsync("a", Other))).Result);
        Assert.DoesNotContain(Other, _chain.Payments);
        await Assert.ThrowsAsync<ArgumentException>(() => SettlementEngine.OpenAsync(_journal, new ChainNode(_chain), Settings(ModelChain.ChainId), [Step("x", What), Step("x", Other)]));
    }

    [Fact]
    public async Task Nothing_is_sent_to_another_chain_and_nothing_above_the_cap()
    {
        SettlementEngine wrong = await SettlementEngine.OpenAsync(_journal, new ChainNode(_chain), Settings(1), [Step("a", What)]);
        Assert.Equal("wrong-chain", (await wrong.RoundAsync()).Why);
        _chain.BaseFee = 100_000_000_000;
        Mine(1);
        Assert.Equal("fee-above-cap", (await (await OpenAsync("a", What)).RoundAsync()).Why);
        Assert.Empty(_chain.Seen);
    }

    [Fact]
    public async Task A_transaction_that_waits_is_replaced_by_dearer_ones_up_to_the_cap()
    {
        SettlementEngine engine = await OpenAsync("a", What);
        await engine.RoundAsync();
        for (int i = 0; i < 200; i++)
        {
            _chain.Mine(_ => true);
            await engine.RoundAsync();
        }

        List<System.Numerics.BigInteger> fees = [.. _chain.Seen.Select(t => t.Transaction.MaxFeePerGas)];
        Assert.True(fees.Count > 5);
        Assert.Equal(fees.Order(), fees);
        Assert.All(fees, fee => Assert.True(fee <= 60_000_000_000));
        Assert.Single(_chain.Seen.Select(t => t.Transaction.Nonce).Distinct());
        Assert.Equal(RoundResult.Done, (await UntilDoneAsync(engine)).Result);
    }

    [Fact]
    public async Task Two_processes_on_one_journal_do_not_both_sign()
    {
        SettlementEngine first = await OpenAsync("a", What), second = await OpenAsync("a", What);
        await first.RoundAsync();
        await Assert.ThrowsAsync<SettlementConflictException>(() => second.RoundAsync());
        Assert.Single(_journal.Events.OfType<SettlementSigned>());
    }

    private static EngineSettings Settings(ulong chain) =>
        new(chain, new FeePolicy { Cap = 60_000_000_000, Tip = 1_000_000_000, PatienceBlocks = 2 }, new FinalityPolicy(1, FinalBlocks, UseFinalizedTag: false));

    private Task<SettlementEngine> OpenAsync(string batch, Digest what) => SettlementEngine.OpenAsync(_journal, new ChainNode(_chain), Settings(ModelChain.ChainId), [Step(batch, what)]);

    private SettlementStep Step(string batch, Digest what) => new(batch, new KeySigner(_key), [], _ => Task.FromResult(new StepCall(ModelChain.Payer, ModelChain.Pay(what))));

    private void Mine(int blocks)
    {
        for (int i = 0; i < blocks; i++) _chain.Mine();
    }

    private async Task<Round> UntilDoneAsync(SettlementEngine engine)
    {
        Round round = await engine.RoundAsync();
        for (int i = 0; i < 100 && round.Result is not (RoundResult.Done or RoundResult.Halted); i++)
        {
            _chain.Mine();
            round = await engine.RoundAsync();
        }

        return round;
    }

    private async Task SendForeignAsync(ulong nonce)
    {
        SignedTransaction foreign = await new KeySigner(_key).SignAsync(new FeeMarketTransaction
        {
            ChainId = ModelChain.ChainId,
            Nonce = nonce,
            MaxPriorityFeePerGas = 2_000_000_000,
            MaxFeePerGas = 50_000_000_000,
            GasLimit = 21_000,
            To = _key.Address,
        });
        Assert.Null(await new ChainNode(_chain).SendAsync(foreign.Raw));
        _chain.Mine();
    }
}
