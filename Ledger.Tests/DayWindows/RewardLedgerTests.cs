using Akka.Actor;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Projections.Simulation;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.DayWindows;

/// <summary>Guaranteed: what is recorded at a close is what any later replay of the log gives, whoever replays, and a lie is found.</summary>
public sealed class RewardLedgerTests : IDisposable
{
    private static readonly Day FirstDay = Day.FromNumber(20_000);

    private readonly ActorSystem _actors = ActorSystem.Create("ledger-tests", "akka.loglevel = OFF");
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "weledger-tests-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        _actors.Terminate().GetAwaiter().GetResult();
        if (System.IO.Directory.Exists(_directory)) System.IO.Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Replay_equals_live_whatever_the_store_and_the_shards()
    {
        await using InMemoryEventLog memory = new();
        using RewardLedger live = await StartAsync(memory, new FoldOptions { Shards = 4 });
        await LiveAsync(live, days: 3, closeEachDay: true);

        await using EmbeddedEventLog embedded = await EmbeddedEventLog.OpenAsync(_directory);
        await foreach (RecordedEvent[] part in memory.ReadAllAsync(0).Chunk(1_000)) await embedded.AppendAsync([.. part.Select(e => e.Event)]);
        using RewardLedger replayed = await RewardLedger.OpenAsync(embedded, _actors, TimeProvider.System, new FoldOptions { Shards = 16, EventsPerPassMax = 2_000 });

        Assert.Equal(live.Records.Values.SelectMany(r => RecordedNumbers.Of(r.Closed)), replayed.Records.Values.SelectMany(r => RecordedNumbers.Of(r.Closed)));
        Assert.Equal(3, replayed.Records.Count);
        Assert.Equal(memory.Head, embedded.Head);
        AuditReport audit = await LedgerAudit.RunAsync(embedded, _actors, new FoldOptions { Shards = 1 });
        Assert.Empty(audit.Differences);
        Assert.Equal(3, audit.Windows.Count);
        Assert.True(audit.NumbersCompared > 3 * 50);
        Assert.Equal(live.Records.Values.Sum(r => r.Closed.Verdicts.Sum(n => (long)n)), audit.EventsJudged);
    }

    [Fact]
    public async Task Value_is_conserved_and_everything_recorded_adds_up()
    {
        await using InMemoryEventLog log = new();
        using RewardLedger ledger = await StartAsync(log, new FoldOptions());
        await LiveAsync(ledger, days: 3, closeEachDay: true);
        foreach (WindowRecord record in ledger.Records.Values)
        {
            WindowClosed w = record.Closed;
            Assert.Equal(w.Pool, w.PoaPool + w.PocPool);
            Assert.Equal(w.Pool, w.PoaPaid + w.PocPaid + w.Returned);
            Assert.True(w.PoaPaid > TokenAmount.Zero && w.PocPaid > TokenAmount.Zero && w.Returned > TokenAmount.Zero);
            Assert.Equal(w.PoaPaid + w.PocPaid, record.Statement.Total);
        }

        Assert.Equal(TokenAmount.Supply, ledger.State.Books.Balances.Trial().Require().Held);
    }

    [Fact]
    public async Task A_close_that_was_interrupted_after_its_seal_is_finished_with_the_same_numbers()
    {
        await using InMemoryEventLog log = new();
        using RewardLedger first = await StartAsync(log, new FoldOptions());
        await LiveAsync(first, days: 1, closeEachDay: false);
        using CancellationTokenSource stop = new();
        Stopper stopper = new(stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.CloseAsync(FirstDay, stopper, stop.Token));
        Assert.Empty(first.Records);
        AuditReport between = await LedgerAudit.RunAsync(log, _actors, new FoldOptions());
        Assert.Equal([FirstDay], between.Unrecorded);

        ClosedWindow resumed = await first.CloseAsync(FirstDay);
        await using InMemoryEventLog untouched = new();
        using RewardLedger other = await StartAsync(untouched, new FoldOptions());
        await LiveAsync(other, days: 1, closeEachDay: true);
        Assert.Equal(other.Records[FirstDay].Statement.RewardRoot, resumed.RewardRoot);
        Assert.Equal(resumed.RewardRoot, first.Records[FirstDay].Statement.RewardRoot);
        Assert.Equal(1, await log.ReadAllAsync(0).CountAsync(e => e.Payload is WindowClosed));
    }

    [Fact]
    public async Task A_changed_recorded_number_is_found_by_name_and_stops_the_ledger()
    {
        await using InMemoryEventLog honest = new();
        using RewardLedger ledger = await StartAsync(honest, new FoldOptions());
        await LiveAsync(ledger, days: 2, closeEachDay: true);

        await using InMemoryEventLog forged = new();
        await foreach (RecordedEvent e in honest.ReadAllAsync(0))
        {
            NewEvent copy = e.Payload is WindowClosed closed && closed.Window == FirstDay
                ? e.Event with { Payload = closed with { PoaPaid = closed.PoaPaid + TokenAmount.FromBaseUnits(1) } }
                : e.Event;
            await forged.AppendAsync([copy]);
        }

        AuditReport audit = await LedgerAudit.RunAsync(forged, _actors, new FoldOptions());
        Assert.Contains(audit.Differences, d => d.Field == "poaPaid" && d.Event == "window-closed");

        // The second window's log root no longer fits either, because the forged event is under it.
        Assert.Contains(audit.Differences, d => d.Field == "logRoot");
        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(() => RewardLedger.OpenAsync(forged, _actors, TimeProvider.System, new FoldOptions()));
        Assert.Equal("close-differs", fault.Code);
    }

    [Fact]
    public async Task An_explanation_adds_up_to_what_was_paid()
    {
        await using InMemoryEventLog log = new();
        using RewardLedger ledger = await StartAsync(log, new FoldOptions());
        await LiveAsync(ledger, days: 2, closeEachDay: true);
        ClosedWindow close = (await ledger.ReplayAsync(FirstDay.Next)).Close;
        TokenAmount total = TokenAmount.Zero;
        foreach (int account in close.Sheet.Account)
        {
            AccountExplanation why = await Explainer.AccountAsync(ledger, new AccountId(log.Names.Text(account)), close.Window);
            Assert.Equal(why.PointsMicro, why.Pairs.Sum(p => p.DampedMicro));
            Assert.Equal(why.Events.Sum(e => e.PointsMicro), why.Pairs.Sum(p => p.RawMicro));
            if (why.Poa is { } poa && why.Lines.Any(l => l.Rule != Core.Payouts.PayoutRule.Poc))
                Assert.Equal(poa.Paid, poa.People.Aggregate(TokenAmount.Zero, (sum, p) => sum + p.Paid));
            Assert.True(why.Cumulative >= why.Lines.Aggregate(TokenAmount.Zero, (sum, l) => sum + l.Amount));
            total = why.Lines.Aggregate(total, (sum, l) => sum + l.Amount);
        }

        Assert.Equal(close.Result.Statement.Total, total);
        RecordedEvent like = await log.ReadAllAsync(0).FirstAsync(e => e.Payload is Liked && e.Event.Window == close.Window);
        EventExplanation story = await Explainer.EventAsync(ledger, like.Event.Id);
        Assert.Equal(like.Event.Id.ToString(), story.Judged!.Id);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Explainer.EventAsync(ledger, EventId.Derive("no", "such")));
    }

    [Fact]
    public async Task Drawn_prizes_wait_for_a_seed_made_after_the_seal_and_only_the_first_counts()
    {
        Ruleset drawing = Ruleset.Default with { Poc = Ruleset.Default.Poc with { Mode = PrizeMode.Draw } };
        await using InMemoryEventLog log = new();
        using RewardLedger ledger = await StartAsync(log, new FoldOptions(), drawing);
        await LiveAsync(ledger, days: 1, closeEachDay: false);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.SeedDrawAsync(FirstDay, 1, 7, default));

        // While the window fills, while it waits behind its seal, and in the window behind it, nothing can be said of the prizes.
        AccountId account = ((Liked)(await log.ReadAllAsync(0).FirstAsync(e => e.Payload is Liked)).Payload).Actor;
        await Assert.ThrowsAsync<DrawSeedMissingException>(() => Explainer.AccountAsync(ledger, account, FirstDay));
        DrawSeedMissingException waits = await Assert.ThrowsAsync<DrawSeedMissingException>(() => ledger.CloseAsync(FirstDay));
        Assert.Contains(FirstDay.ToString(), waits.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DrawSeedMissingException>(() => Explainer.AccountAsync(ledger, account, FirstDay));
        await Assert.ThrowsAsync<DrawSeedMissingException>(() => ledger.ReplayAsync(FirstDay));
        Assert.Equal([FirstDay], (await LedgerAudit.RunAsync(log, _actors, new FoldOptions())).Unrecorded);

        Core.Merkle.Digest block = Core.Merkle.LogHash.Leaf([1, 2, 3]);
        await ledger.SeedDrawAsync(FirstDay, 1, 7, block);
        ClosedWindow close = await ledger.CloseAsync(FirstDay);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.SeedDrawAsync(FirstDay, 1, 8, default));
        Assert.Contains(close.Result.Poc.Groups, g => g.Size > 1);
        Assert.Empty((await LedgerAudit.RunAsync(log, _actors, new FoldOptions())).Differences);
    }

    [Fact]
    public async Task Due_windows_are_closed_up_to_one_that_waits_for_its_draw_seed_and_statements_become_final_once_meanwhile()
    {
        Ruleset drawing = Ruleset.Default with { Poc = Ruleset.Default.Poc with { Mode = PrizeMode.Draw } };
        ManualClock clock = new(FirstDay.Plus(2).Start.ToString());
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, drawing, clock);
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, _actors, clock, new FoldOptions());
        await LiveAsync(ledger, days: 2, closeEachDay: false);
        Assert.Empty(await ledger.CloseDueAsync(TimeSpan.Zero));
        Assert.Equal(FirstDay, ledger.State.Pending!.Value.Window);
        await ledger.SeedDrawAsync(FirstDay, 1, 7, Core.Merkle.LogHash.Leaf([1]));
        await ledger.CatchUpAsync();
        Assert.Empty(await ledger.CloseDueAsync(TimeSpan.Zero));
        Assert.Equal([FirstDay], ledger.Records.Keys);
        Assert.Equal(FirstDay.Next, ledger.State.Pending!.Value.Window);

        clock.Now = UnixMs.From(ledger.Records[FirstDay].Statement.FinalFromMs);
        Assert.Equal([FirstDay], await ledger.FinalizeDueAsync());
        Assert.Empty(await ledger.FinalizeDueAsync());
    }

    private async Task<RewardLedger> StartAsync(IEventLog log, FoldOptions options, Ruleset? ruleset = null)
    {
        await LedgerGenesis.EnsureAsync(log, ruleset ?? Ruleset.Default, TimeProvider.System);
        return await RewardLedger.OpenAsync(log, _actors, TimeProvider.System, options);
    }

    private static async Task LiveAsync(RewardLedger ledger, int days, bool closeEachDay)
    {
        CommunityRun run = new Community(new CommunitySettings { Accounts = 200, Days = days, EventsPerDay = 4_000, FirstDay = FirstDay }).Begin();
        for (int day = 0; day < days; day++)
        {
            foreach (SubmittedEvent[] batch in run.NextDay().Chunk(500))
            {
                IntakeOutcome[] outcomes = await ledger.Intake.SubmitAsync(batch);
                Assert.DoesNotContain(outcomes, o => o.Status == IntakeStatus.Refused);
            }

            if (closeEachDay) await ledger.CloseAsync(FirstDay.Plus(day));
        }
    }

    /// <summary>Stops as soon as the fold of a sealed window is under way.</summary>
    private sealed class Stopper(CancellationTokenSource stop) : IProgress<LedgerProgress>
    {
        public void Report(LedgerProgress value) => stop.Cancel();
    }
}
