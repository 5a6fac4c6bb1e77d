using Akka.Actor;
using Ledger.Core.Contributions;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
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

/// <summary>Guaranteed: a sealed window waits for every part of it and becomes the sheet that one process alone gives; what no driver asks parts for waits for nobody.</summary>
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
        foreach ((int part, SheetMerge folded) in (await alone.FoldPartsAsync(context, WindowParts.Of(ClusterFold.PartCount, Enumerable.Range(0, ClusterFold.PartCount)))).OrderBy(part => part.Key))
        {
            await Until.HoldsAsync($"{part} parts are seen", () => gathered.Waiting == new Gathering(World.Window, part));
            Assert.False(folding.IsCompleted, "parts are missing");
            (byte[] bytes, Digest digest) = folded.ToPart();
            await _sheets.PutAsync([new FoldedPart(new PartKey(World.Window, context.SealedAt, part), term, bytes, digest)]);
        }

        Assert.Equal(SheetDigest.Of(await alone.FoldAsync(context), log.Names), SheetDigest.Of(await folding.WaitAsync(Patience), log.Names));
        Assert.Equal(0, here.Folds);
        Assert.Null(gathered.Waiting);
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

    private LiveFold Live(IWindowFold replay, InMemoryEventLog log) => new(_actors, log, replay, _directory, new LiveOptions());
}
