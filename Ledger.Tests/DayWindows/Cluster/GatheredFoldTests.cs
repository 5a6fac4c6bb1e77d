using Akka.Actor;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Cluster;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Projections.Simulation;
using Ledger.Tests.DayWindows.Live;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.DayWindows.Cluster;

/// <summary>
/// Guaranteed: a sealed window waits for every part of it and becomes the sheet that one process alone gives; a ledger that gathers does not wait
/// with it; what no driver asks parts for waits for nobody.
/// </summary>
public sealed class GatheredFoldTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ActorSystem _actors = ActorSystem.Create("gather-tests", "akka.loglevel = OFF");
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("weledger-gather-").FullName;
    private SqliteSheets _sheets = null!;

    public Task InitializeAsync()
    {
        _sheets = SqliteSheets.Open(_directory);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _sheets.DisposeAsync();
        await _actors.Terminate();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_sealed_window_waits_for_its_last_part_and_folds_nothing_here()
    {
        World world = new(5, 600);
        await using InMemoryEventLog log = await world.LogAsync(100);
        FoldContext context = world.Context(log.Names);
        WindowFold alone = new(_actors, log, new FoldOptions());
        long term = await _sheets.BeginTermAsync();
        CountingFold here = new(alone);
        await using LiveFold live = Live(here, log);
        GatheredFold gathered = new(live, _sheets, log);
        Task<ContributionSheet> folding = gathered.FoldAsync(context);
        foreach (FoldedPart part in await MemberParts.FoldAsync(alone, context, term))
        {
            Assert.Equal(new Gathering(World.Window, part.Key.Part, ClusterFold.PartCount), await gathered.GatheringAsync(World.Window, context.SealedAt));
            Assert.False(folding.IsCompleted, "parts are missing");
            await _sheets.PutAsync([part]);
        }

        Assert.Equal(SheetDigest.Of(await alone.FoldAsync(context), log.Names), SheetDigest.Of(await folding.WaitAsync(Patience), log.Names));
        Assert.Equal(0, here.Folds);
        Assert.Null(await gathered.GatheringAsync(World.Window, context.SealedAt));
    }

    [Fact]
    public async Task A_window_looked_at_as_if_it_were_sealed_is_folded_here()
    {
        World world = new(6, 600);
        await using InMemoryEventLog log = await world.LogAsync(100);
        CountingFold here = new(new WindowFold(_actors, log, new FoldOptions()));
        await using LiveFold live = Live(here, log);
        await new GatheredFold(live, _sheets, log).FoldAsync(world.Context(log.Names, world.SealedAt - 1)).WaitAsync(Patience);
        await new GatheredFold(live, _sheets, log).FoldAsync(world.Context(log.Names, log.Head)).WaitAsync(Patience);
        Assert.Equal(2, here.Folds);
    }

    [Fact]
    public async Task A_window_that_is_closed_and_whose_parts_are_forgotten_is_folded_here()
    {
        Day day = Day.FromNumber(20_458);
        ManualClock clock = new(day.Next.Start.ToString());
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, clock);
        using RewardLedger first = await RewardLedger.OpenAsync(log, _actors, clock, new FoldOptions());
        await first.Intake.SubmitAsync([.. new Community(new CommunitySettings { Accounts = 100, Days = 1, EventsPerDay = 2_000, FirstDay = day, Seed = 3 }).Begin().NextDay()]);
        await first.CloseAsync(day);

        CountingFold here = new(new WindowFold(_actors, log, new FoldOptions()));
        await using LiveFold live = Live(here, log);
        using RewardLedger late = await RewardLedger.OpenAsync(log, new GatheredFold(live, _sheets, log), clock, isReadOnly: true).WaitAsync(Patience);
        Assert.Equal(1, here.Folds);
        Assert.Equal(RecordedNumbers.Of(first.Records[day].Closed), RecordedNumbers.Of(late.Records[day].Closed));
    }

    [Fact]
    public async Task A_ledger_stands_at_the_seal_that_waits_takes_events_and_closes_when_the_parts_are_there()
    {
        Day day = Day.FromNumber(20_458);
        ManualClock clock = new(day.Next.Start.ToString());
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, clock);
        EventIntake before = EventIntake.Open(log, clock);
        await before.SubmitAsync([.. new Community(new CommunitySettings { Accounts = 100, Days = 1, EventsPerDay = 2_000, FirstDay = day, Seed = 4 }).Begin().NextDay()]);
        await before.SealAsync(day);

        // A server that starts, too, although nobody folds.
        await using LiveFold live = Live(new WindowFold(_actors, log, new FoldOptions()), log);
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, new GatheredFold(live, _sheets, log), clock).WaitAsync(Patience);
        Gathering waiting = new(day, 0, ClusterFold.PartCount);
        Assert.Equal(waiting, ledger.Gathering);
        await Assert.ThrowsAsync<WindowWaitsForClusterException>(() => ledger.ReplayAsync(day));
        Task<IReadOnlyList<Day>> closing = ledger.CloseDueAsync(TimeSpan.Zero);
        IntakeOutcome[] taken = await ledger.Intake.SubmitAsync([new SubmittedEvent(EventId.Derive("waits", "1"), clock.Now, new AccountOpened(new AccountId("late")))]);
        Assert.Equal(IntakeStatus.Accepted, taken[0].Status);
        await ledger.CatchUpAsync().WaitAsync(Patience);
        Assert.Equal(waiting, ledger.Gathering);
        Assert.False(closing.IsCompleted, "parts are missing");

        await _sheets.PutAsync(await MemberParts.FoldAsync(new WindowFold(_actors, log, new FoldOptions()), ledger.State.ContextOfPending(), await _sheets.BeginTermAsync()));
        Assert.Equal([day], await closing.WaitAsync(Patience));
        Assert.Null(ledger.Gathering);
        AuditReport audit = await LedgerAudit.RunAsync(log, _actors, new FoldOptions());
        Assert.Equal([day], audit.Windows);
        Assert.Empty(audit.Differences);
    }

    private LiveFold Live(IWindowFold replay, InMemoryEventLog log) => new(_actors, log, replay, _directory, new LiveOptions());
}
