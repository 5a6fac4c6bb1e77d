using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Payouts.Proofs;
using Ledger.Core.Quantities;
using Ledger.Projections.Audit.Proofs;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Tests.EventLog;
using Xunit;

namespace Ledger.Tests.Proofs;

/// <summary>What is built out of a log verifies, says what the log says, and is refused with a reason where there is nothing to show.</summary>
public sealed class ProofBuilderTests
{
    [Fact]
    public async Task Every_proof_out_of_logs_of_any_size_verifies_before_and_after_its_file_is_read()
    {
        for (int events = 0; events < 40; events++)
        {
            await using ProofWorld world = await ProofWorld.MakeAsync(seed: events, events);
            foreach (Proof proof in await world.ProofsAsync())
            {
                ProofReport built = ProofVerifier.Verify(proof);
                Assert.True(built.Ok, $"{events} events: {Failures(built)}");
                ProofReading reading = ProofFile.Read(ProofFile.Write(proof));
                Assert.Null(reading.Error);
                Assert.True(ProofVerifier.Verify(reading.Proof!).Ok);
            }
        }
    }

    [Fact]
    public async Task The_holder_learns_the_sum_the_lines_and_the_two_roots()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        Proof proof = (await world.Builder.AccountAsync(ProofWorld.Ben, ProofWorld.FirstDay.Next, wholeStatement: true)).Proof!;
        ProofFacts learned = ProofVerifier.Verify(proof).Learned!;

        Assert.Equal(("ben", new WalletAddress(2, 2).ToString()), (learned.Account, learned.Wallet));
        Assert.Equal(TokenAmount.FromBaseUnits(1_000), learned.Cumulative);
        Assert.Equal([new StatedLine(PayoutRule.PoaTeam, TokenAmount.FromBaseUnits(200))], learned.Lines);
        Assert.Equal(LogCheckpoint.Of(world.Log.Head, await world.Log.LogRootAsync(world.Log.Head)), learned.Checkpoint);
        Assert.Equal(((PayoutProof)proof).Reward.Root, learned.RewardRoot);
    }

    [Fact]
    public async Task The_holder_learns_what_was_settled_and_what_the_contract_must_answer()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        SettlementProof proof = (SettlementProof)(await world.Builder.SettlementAsync(ProofWorld.Ben, wholeStatement: true)).Proof!;
        ProofFacts learned = ProofVerifier.Verify(proof).Learned!;
        SettledFacts settled = learned.Settled!;

        Assert.Equal((TokenAmount.FromBaseUnits(1_000), TokenAmount.FromBaseUnits(700)), (learned.Cumulative, settled.Cumulative));
        Assert.Equal((31_337UL, new WalletAddress(2, 2), RewardTree.Build(ProofWorld.Settled.Leaves).Root), (settled.ChainId, settled.Wallet, settled.Root));
        Assert.Equal(
            settled.Commitment,
            RootCommitment.Of(learned.Window, TokenAmount.FromBaseUnits(777), settled.Root, settled.LogRoot, settled.StatementDigest, settled.RulesetHash));
        Assert.Equal([new StatedLine(PayoutRule.PoaTeam, TokenAmount.FromBaseUnits(200))], learned.Lines);
    }

    [Fact]
    public async Task What_was_not_settled_is_refused_with_a_stable_code()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        Assert.Equal("nothing-settled", (await world.Over(null).SettlementAsync(ProofWorld.Ben, false)).RefusalCode);
        Assert.Equal("unknown-account", (await world.Builder.SettlementAsync(new AccountId("nobody"), false)).RefusalCode);
        Assert.Equal("no-leaf", (await world.Builder.SettlementAsync(ProofWorld.Dan, false)).RefusalCode);
        Assert.Equal("no-wallet", (await world.Builder.SettlementAsync(ProofWorld.Ann, false)).RefusalCode);
        SettledTree without = ProofWorld.Settled with { Leaves = ProofWorld.Settled.Leaves[..1] };
        Assert.Equal("not-settled", (await world.Over(without).SettlementAsync(ProofWorld.Ben, false)).RefusalCode);
        SettledTree another = ProofWorld.Settled with { Leaves = ProofWorld.Settled.Leaves[1..] };
        Assert.StartsWith("settled-root-differs: ", (await Assert.ThrowsAsync<InvalidOperationException>(() => world.Over(another).SettlementAsync(ProofWorld.Ben, false))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_settled_than_earned_does_not_hold_though_every_hash_leads_there()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        SettlementProof proof = (SettlementProof)(await world.Builder.SettlementAsync(ProofWorld.Ben, wholeStatement: false)).Proof!;
        RewardLeaf more = proof.Settled.Leaf with { Cumulative = TokenAmount.FromBaseUnits(1_001) };
        RewardTree tree = RewardTree.Build([more, ProofWorld.Settled.Leaves[0]]);
        RewardClaim claim = proof.Settled with { Leaf = more, LeafHash = more.Hash(), Path = tree.ProofFor(0), Root = tree.Root };
        Assert.Equal(
            ["settled-root", "settled-total", "settled-earned"],
            ProofVerifier.Verify(proof with { Settled = claim }).Checks.Where(check => !check.Ok).Select(check => check.Name));
    }

    [Fact]
    public async Task Lines_that_the_statement_has_cannot_be_left_out()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        Proof proof = (await world.Builder.AccountAsync(ProofWorld.Ann, ProofWorld.FirstDay, wholeStatement: true)).Proof!;
        Assert.Equal([PayoutRule.PoaSolo, PayoutRule.Poc], ProofVerifier.Verify(proof).Learned!.Lines!.Select(line => line.Rule));
        Proof lineless = (PayoutProof)proof with { Lines = ((PayoutProof)proof).Lines! with { OfAccount = [] } };
        Assert.Contains(ProofVerifier.Verify(lineless).Checks, check => check is { Name: "lines-account", Ok: false });
    }

    [Fact]
    public async Task A_later_wallet_does_not_change_what_an_earlier_close_proves()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        PayoutProof proof = (PayoutProof)(await world.Builder.AccountAsync(ProofWorld.Ben, ProofWorld.FirstDay, wholeStatement: false)).Proof!;
        Assert.Equal(new WalletAddress(2, 2), proof.Wallet);
    }

    [Fact]
    public async Task What_cannot_be_shown_is_refused_with_a_stable_code()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        ProofBuilder builder = world.Builder;
        NewEvent seal = await LastAsync(world.Log, e => e.Payload is WindowSealed);

        Assert.Equal("not-closed", (await builder.AccountAsync(ProofWorld.Ann, ProofWorld.FirstDay.Plus(5), false)).RefusalCode);
        Assert.Equal("unknown-account", (await builder.AccountAsync(new AccountId("nobody"), ProofWorld.FirstDay, false)).RefusalCode);
        Assert.Equal("no-leaf", (await builder.AccountAsync(ProofWorld.Dan, ProofWorld.FirstDay, false)).RefusalCode);
        Assert.Equal("unknown-event", (await builder.EventAsync(new EventId(42), false)).RefusalCode);
        Assert.Equal("not-activity", (await builder.EventAsync(seal.Id, false)).RefusalCode);
        Assert.Equal("after-seal", (await builder.EventAsync(world.LateLike, false)).RefusalCode);
        NewEvent open = await LastAsync(world.Log, e => e.Payload is ActivityPayload && e.Window != ProofWorld.FirstDay && e.Window != ProofWorld.FirstDay.Next);
        Assert.Equal("not-closed", (await builder.EventAsync(open.Id, false)).RefusalCode);
    }

    [Fact]
    public async Task Consistency_is_shown_from_every_size_to_every_later_one()
    {
        for (int size = 1; size <= 40; size++)
        {
            await using InMemoryEventLog log = new();
            await log.AppendAsync(new SampleEvents(size).Take(size));
            LogProofs proofs = await LogProofs.AtHeadAsync(log, default);
            for (int old = 1; old <= size; old++)
            {
                IReadOnlyList<Digest> path = await proofs.ConsistencyAsync(old, default);
                Assert.True(
                    ConsistencyProof.Verify(await log.LogRootAsync(old), old, proofs.Checkpoint.Root, size, [.. path]), $"from {old} to {size}");
            }
        }
    }

    private static async Task<NewEvent> LastAsync(InMemoryEventLog log, Func<NewEvent, bool> wanted)
    {
        await foreach (RecordedEvent e in log.ReadAllAsync(log.Head, Projections.EventLog.ReadDirection.Backwards))
        {
            if (wanted(e.Event)) return e.Event;
        }

        throw new InvalidOperationException("the sample log has no such event");
    }

    private static string Failures(ProofReport report) =>
        string.Join("; ", report.Checks.Where(check => !check.Ok).Select(check => $"{check.Name}: {check.Expected} / {check.Found}"));
}
