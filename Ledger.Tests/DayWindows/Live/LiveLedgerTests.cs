using Akka.Actor;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.Ingest;
using Ledger.Projections.Simulation;
using Xunit;
using Directory = System.IO.Directory;

namespace Ledger.Tests.DayWindows.Live;

/// <summary>Guaranteed: a ledger whose windows fold while they fill closes them to the numbers that a replay finds, and a day so far is what its explanation says.</summary>
public sealed class LiveLedgerTests : IDisposable
{
    private const int Seed = 20;
    private static readonly Day FirstDay = Day.FromNumber(20_000);

    private readonly ActorSystem _actors = ActorSystem.Create("live-ledger-tests", "akka.loglevel = OFF");
    private readonly string _directory = Directory.CreateTempSubdirectory("weledger-live-").FullName;

    public void Dispose()
    {
        _actors.Terminate().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Days_close_to_what_a_replay_finds_across_restarts()
    {
        Random random = new(Seed);
        CommunityRun run = new Community(new CommunitySettings { Accounts = 150, Days = 3, EventsPerDay = 3_000, FirstDay = FirstDay }).Begin();
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(_directory);
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
        (RewardLedger ledger, LiveFold live, CountingFold replayed) = await OpenAsync(log);
        for (int day = 0; day < 3; day++)
        {
            Day window = FirstDay.Plus(day);
            foreach (SubmittedEvent[] batch in run.NextDay().Chunk(400))
            {
                await ledger.Intake.SubmitAsync(batch);
                await ledger.CatchUpAsync();
                await ledger.FollowAsync();
                if (random.Next(4) != 0) continue;
                ledger.Dispose();
                await live.DisposeAsync();
                (ledger, live, replayed) = await OpenAsync(log);
                await ledger.FollowAsync();
            }

            await SameAsExplainedAsync(ledger, window, random);
            Assert.Equal(ledger.State.Position, live.FollowedTo(window));
            await ledger.CloseAsync(window);
            await ledger.FollowAsync();
            Assert.Null(live.FollowedTo(window));
            await Assert.ThrowsAsync<KeyNotFoundException>(() => ledger.DaySoFarAsync(new AccountId(AccountsOf(ledger)[0]), window));
        }

        Assert.Equal(0, replayed.Folds);
        ledger.Dispose();
        await live.DisposeAsync();

        // It throws where a close that is recorded is not what the log gives.
        using RewardLedger replay = await RewardLedger.OpenAsync(log, _actors, TimeProvider.System, new FoldOptions(), isReadOnly: true);
        Assert.Equal(3, replay.Records.Count);
    }

    [Fact]
    public async Task A_window_that_is_not_followed_is_told_and_closed_out_of_the_log()
    {
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(_directory);
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
        (RewardLedger ledger, LiveFold live, CountingFold replayed) = await OpenAsync(log);
        CommunityRun run = new Community(new CommunitySettings { Accounts = 100, Days = 1, EventsPerDay = 1_000, FirstDay = FirstDay }).Begin();
        foreach (SubmittedEvent[] batch in run.NextDay().Chunk(500)) await ledger.Intake.SubmitAsync(batch);
        await ledger.CatchUpAsync();
        await SameAsExplainedAsync(ledger, FirstDay, new Random(Seed));
        int before = replayed.Folds;
        await ledger.CloseAsync(FirstDay);
        Assert.Equal(before + 1, replayed.Folds);
        ledger.Dispose();
        await live.DisposeAsync();
    }

    private async Task<(RewardLedger Ledger, LiveFold Live, CountingFold Replayed)> OpenAsync(EmbeddedEventLog log)
    {
        CountingFold replayed = new(new WindowFold(_actors, log, new FoldOptions()));
        LiveFold live = new(_actors, log, replayed, _directory, new LiveOptions { Shards = 8, EventsPerPart = 700, PositionsPerFeeding = 500 });
        return (await RewardLedger.OpenAsync(log, live, TimeProvider.System, snapshots: new SnapshotFolder(_directory)), live, replayed);
    }

    private static string[] AccountsOf(RewardLedger ledger) =>
        [.. Enumerable.Range(0, ledger.Log.Names.Count).Where(n => n < ledger.State.Directory.Accounts.Length && ledger.State.Directory.Accounts[n].OpenedAt < ledger.State.Position).Select(ledger.Log.Names.Text)];

    private static async Task SameAsExplainedAsync(RewardLedger ledger, Day window, Random random)
    {
        string[] accounts = AccountsOf(ledger);
        for (int i = 0; i < 5; i++)
        {
            AccountId account = new(accounts[random.Next(accounts.Length)]);
            AccountExplanation explained = await Explainer.AccountAsync(ledger, account, window);
            DaySoFar day = await ledger.DaySoFarAsync(account, window);
            Assert.False(explained.IsFinal);
            Assert.Equal(ledger.State.Position, day.AsOf);
            Assert.Equal((explained.PointsMicro, explained.TeamPointsMicro), (day.PointsMicro, day.TeamPointsMicro));
            Assert.Equal(
                explained.Events.GroupBy(e => (e.Kind, e.Verdict)).Select(g => (g.Key.Kind, g.Key.Verdict, g.Count())).OrderBy(g => (g.Kind, g.Verdict)),
                day.Activity);
        }
    }
}
