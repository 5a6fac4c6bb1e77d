using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Ledger.Core.Contributions;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Live;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Benchmarks.Fold;

/// <summary>An open window that is folded while it fills: keeping up, an account's day, a restart, and the close beside a fold out of the log.</summary>
internal static class LiveFoldBench
{
    private const int Questions = 300;
    private static readonly Day Window = Day.FromNumber(20_000);

    /// <summary>Builds a log with one open window of this many events, then follows, restarts and closes it, each in a process of its own.</summary>
    public static void Run(long events) => ReplayBench.InFolder(directory =>
    {
        ReplayBench.Child("live-build", directory, events.ToString(CultureInfo.InvariantCulture));
        ReplayBench.Child("live-follow", directory);
        ReplayBench.Child("live-close", directory);
    });

    public static Task BuildAsync(string directory, long events) => ReplayBench.BuildAsync(directory, events, Window);

    /// <summary>From nothing to the head of the log, then questions.</summary>
    public static async Task FollowAsync(string directory)
    {
        using ActorSystem actors = ActorSystem.Create("bench", "akka.loglevel = OFF");
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(directory);
        await using LiveFold live = Live(actors, log, directory);
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, live, TimeProvider.System, snapshots: new SnapshotFolder(directory));
        long started = Stopwatch.GetTimestamp();
        await ledger.FollowAsync();
        double seconds = Seconds(started);
        long bytes = new DirectoryInfo(Path.Combine(directory, "live")).EnumerateFiles().Sum(f => f.Length);
        ReplayBench.Print($"following from nothing: {log.Head:N0} events in {seconds:F2} s = {log.Head / seconds / 1e6:F2} M events/s; snapshot {bytes >> 20:N0} MiB; peak memory {ReplayBench.PeakMiB():N0} MiB");
        Random random = new(1);
        double[] asked = new double[Questions];
        for (int i = -10; i < Questions; i++)
        {
            AccountId account = new(log.Names.Text(Account(log, random)));
            started = Stopwatch.GetTimestamp();
            await ledger.DaySoFarAsync(account, Window);
            if (i >= 0) asked[i] = Seconds(started) * 1000;
        }

        Array.Sort(asked);
        ReplayBench.Print($"a random account's day so far: p50 {asked[Questions / 2]:F1} ms, p99 {asked[Questions * 99 / 100]:F1} ms, worst of {Questions} {asked[^1]:F1} ms");
        for (int run = 0; run < 2; run++)
        {
            started = Stopwatch.GetTimestamp();
            await ledger.ReplayAsync(Window);
            ReplayBench.Print($"the window as if it were closed now: {Seconds(started):F2} s");
        }

        await actors.Terminate();
    }

    /// <summary>A restart from the snapshot, the close, and the same sheet out of the log.</summary>
    public static async Task CloseAsync(string directory)
    {
        using ActorSystem actors = ActorSystem.Create("bench", "akka.loglevel = OFF");
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(directory);
        await using LiveFold live = Live(actors, log, directory);
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, live, TimeProvider.System, snapshots: new SnapshotFolder(directory));
        long started = Stopwatch.GetTimestamp();
        await ledger.FollowAsync();
        ReplayBench.Print($"a restart, until the window is followed again: {Seconds(started):F2} s");
        List<double> lives = [], replays = [];
        for (int run = -1; run < 5; run++)
        {
            FoldContext context = ledger.State.ContextOf(Window, ledger.State.Position);
            started = Stopwatch.GetTimestamp();
            ContributionSheet a = await live.FoldAsync(context);
            double dealt = Seconds(started);
            started = Stopwatch.GetTimestamp();
            ContributionSheet b = await new WindowFold(actors, log, new FoldOptions()).FoldAsync(context);
            double read = Seconds(started);
            if (SheetDigest.Of(a, log.Names) != SheetDigest.Of(b, log.Names)) throw new InvalidOperationException("the two folds differ");
            if (run < 0) continue;
            lives.Add(dealt);
            replays.Add(read);
        }

        lives.Sort();
        replays.Sort();
        ReplayBench.Print($"fold of {log.Head:N0} events, median of 5, by turns: {lives[2]:F2} s while it fills, {replays[2]:F2} s out of the log, {replays[2] / lives[2]:F1} times; sheets equal");
        started = Stopwatch.GetTimestamp();
        await ledger.CloseAsync(Window);
        ReplayBench.Print($"close, recorded, state snapshot included: {Seconds(started):F2} s; peak memory {ReplayBench.PeakMiB():N0} MiB");
        await actors.Terminate();
    }

    private static LiveFold Live(ActorSystem actors, EmbeddedEventLog log, string directory) =>
        new(actors, log, new WindowFold(actors, log, new FoldOptions()), Path.Combine(directory, "live"), new LiveOptions());

    private static int Account(EmbeddedEventLog log, Random random)
    {
        for (; ; )
        {
            int name = random.Next(log.Names.Count);
            if (log.Names.Text(name).StartsWith("account-", StringComparison.Ordinal)) return name;
        }
    }

    private static double Seconds(long started) => Stopwatch.GetElapsedTime(started).TotalSeconds;
}
