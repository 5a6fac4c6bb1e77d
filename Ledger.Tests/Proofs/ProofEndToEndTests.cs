using Akka.Actor;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Payouts.Proofs;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.Audit.Proofs;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Proofs;

/// <summary>A window that the ledger really folded and closed gives proofs that verify from their files alone.</summary>
public sealed class ProofEndToEndTests : IDisposable
{
    private static readonly AccountId Mia = new("mia");

    private readonly ActorSystem _actors = ActorSystem.Create("proof-tests", "akka.loglevel = OFF");

    public void Dispose() => _actors.Terminate().GetAwaiter().GetResult();

    [Fact]
    public async Task A_creators_day_is_shown_from_a_published_video_to_the_leaf_of_her_wallet()
    {
        ManualClock clock = new("2026-11-22T12:00:00Z");
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, clock);
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, _actors, clock, new FoldOptions());
        await ledger.Intake.SubmitAsync(
        [
            Submitted(1, 0, new AccountOpened(Mia)),
            Submitted(2, 1, new WalletLinked(Mia, new WalletAddress(0, 0xb2))),
            Submitted(3, 2, new SpaceOpened(new SpaceId("studio"), Mia)),
            .. Enumerable.Range(0, 4).Select(i => Submitted((ulong)(10 + i), 10 + (2 * i), new VideoPublished(new ContentId($"clip-{i}"), new SpaceId("studio"), Mia, "music", 60))),
        ]);
        Day window = (await ledger.CloseAsync(Day.Of(Minute(0)))).Window;
        await ledger.Intake.SubmitAsync([Submitted(20, 30, new AccountOpened(new AccountId("late")))]);

        ProofBuilder builder = ProofBuilder.Over(ledger);
        foreach (ProofAnswer answer in (ProofAnswer[])[await builder.AccountAsync(Mia, window, wholeStatement: true), await builder.EventAsync(new EventId(10), wholeStatement: true)])
        {
            Assert.Null(answer.RefusalMessage);
            ProofReport report = ProofVerifier.Verify(ProofFile.Read(ProofFile.Write(answer.Proof!)).Proof!);
            Assert.DoesNotContain(report.Checks, check => !check.Ok);
            Assert.True(report.Learned!.Cumulative > TokenAmount.Zero);
            Assert.Equal(report.Learned.Cumulative, report.Learned.Lines!.Aggregate(TokenAmount.Zero, (sum, line) => sum + line.Amount));
        }
    }

    private static SubmittedEvent Submitted(ulong id, int minute, EventPayload payload) => new(new EventId(id), Minute(minute), payload);

    private static UnixMs Minute(int minute) => UnixMs.From(1_795_341_600_000).PlusMs(minute * 60_000L);
}
