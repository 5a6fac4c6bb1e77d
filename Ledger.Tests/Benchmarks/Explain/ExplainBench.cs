using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Ledger.Benchmarks.Fold;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.ByAccount;
using Ledger.Projections.DayWindows.Snapshots;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Benchmarks.Explain;

/// <summary>Explanations of random accounts and events of one closed window, in a process that has the ledger open and as processes of their own.</summary>
internal static class ExplainBench
{
    private const int Questions = 300;
    private const int Processes = 5;

    /// <summary>Builds a log with one window of this many events, closes it, and asks.</summary>
    public static void Run(long events) => ReplayBench.InFolder(directory =>
    {
        ReplayBench.Child("replay-build", directory, events.ToString(CultureInfo.InvariantCulture));
        ReplayBench.Child("explain-close", directory);
        ReplayBench.Child("explain-ask", directory);
    });

    /// <summary>The close, and the activity file behind it, on one core as a serving process writes it.</summary>
    public static async Task CloseAsync(string directory)
    {
        using ActorSystem actors = ActorSystem.Create("bench", "akka.loglevel = OFF");
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(directory);
        using ActivityFolder folder = new(directory);
        long started = Stopwatch.GetTimestamp();
        using RewardLedger ledger = await RewardLedger.OpenAsync(
            log, actors, TimeProvider.System, new FoldOptions(), snapshots: new SnapshotFolder(directory), activity: folder);
        ReplayBench.Print($"closed: {log.Head:N0} events in {Seconds(started):F2} s, recorded, state snapshot included");
        started = Stopwatch.GetTimestamp();
        await ledger.KeepActivityAsync(new HashSet<Day>());
        long bytes = new DirectoryInfo(Path.Combine(directory, "by-account")).EnumerateFiles().Sum(f => f.Length);
        ReplayBench.Print($"activity file behind the close, one core: {Seconds(started):F2} s, {bytes / (1 << 20):N0} MiB = {bytes / (double)log.Head:F1} bytes an event; peak memory {ReplayBench.PeakMiB():N0} MiB");
        await actors.Terminate();
    }

    /// <summary>The questions.</summary>
    public static async Task AskAsync(string directory)
    {
        using ActorSystem actors = ActorSystem.Create("bench", "akka.loglevel = OFF");
        long started = Stopwatch.GetTimestamp();
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenReadOnlyAsync(directory);
        using ActivityFolder folder = new(directory);
        using RewardLedger ledger = await RewardLedger.OpenAsync(
            log, actors, TimeProvider.System, new FoldOptions(), isReadOnly: true, new SnapshotFolder(directory), activity: folder);
        ReplayBench.Print($"ledger opened in {Seconds(started):F2} s");

        Random random = new(1);
        WindowRecord record = ledger.Records.Values.Single();
        Day window = record.Closed.Window;
        started = Stopwatch.GetTimestamp();
        AccountExplanation first = await Explainer.AccountAsync(ledger, Account(random), window);
        ReplayBench.Print($"the first explanation of a window that this process did not close: {Seconds(started):F2} s; {first.Events.Count:N0} events");

        await MeasureAsync("random accounts", async () => (await Explainer.AccountAsync(ledger, Account(random), window)).Events.Count);
        long openedAt = record.Closed.SealedAt - (long)record.Closed.Verdicts.Aggregate(0UL, (sum, n) => sum + n);
        await MeasureAsync("random events", async () =>
        {
            EventId id = log.IdsAt([random.NextInt64(openedAt, record.Closed.SealedAt)])[0];
            return (await Explainer.EventAsync(ledger, id)).Account!.Events.Count;
        });

        // The same question by reading the window, once; it must give the same.
        ClosedWindow close = (await ledger.ReplayAsync(window)).Close;
        int ordinal = log.Names.Find(first.Account);
        started = Stopwatch.GetTimestamp();
        AccountActivity read = AccountActivity.Collect(log, close.Context, ordinal, default);
        ReplayBench.Print($"the same account's events by reading the window: {Seconds(started):F2} s");
        AccountActivity kept = await ledger.ActivityAsync(close, ordinal);
        if (!read.Ids.SequenceEqual(kept.Ids)) throw new InvalidOperationException("the file and the log differ");
        await actors.Terminate();
        ReplayBench.Print($"peak memory of the asking process {ReplayBench.PeakMiB():N0} MiB");

        List<double> processes = [];
        for (int i = 0; i < Processes; i++)
        {
            started = Stopwatch.GetTimestamp();
            string program = Path.Combine(AppContext.BaseDirectory, "weledger.dll");
            using Process child = Process.Start(new ProcessStartInfo("dotnet", [program, "explain", "account", Account(random).Value, "--data", directory, "--json"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
            await child.StandardOutput.ReadToEndAsync();
            await child.WaitForExitAsync();
            if (child.ExitCode != 0) throw new InvalidOperationException($"explain ended with {child.ExitCode}");
            processes.Add(Seconds(started));
        }

        ReplayBench.Print($"the whole process 'weledger explain account': {Percentile(processes, 50):F2} s by the median of {Processes} ({processes.Min():F2}–{processes.Max():F2})");
    }

    private static async Task MeasureAsync(string what, Func<Task<int>> ask)
    {
        List<double> times = [];
        long events = 0;
        for (int i = 0; i < Questions; i++)
        {
            long started = Stopwatch.GetTimestamp();
            events += await ask();
            times.Add(Seconds(started) * 1000);
        }

        ReplayBench.Print($"{what}: p50 {Percentile(times, 50):F1} ms, p99 {Percentile(times, 99):F1} ms, worst {times.Max():F1} ms over {Questions} explanations of {events / Questions:N0} events each");
    }

    private static AccountId Account(Random random) => new($"account-{random.Next(ReplayBench.Accounts)}");

    private static double Seconds(long started) => Stopwatch.GetElapsedTime(started).TotalSeconds;

    private static double Percentile(List<double> values, int percent)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
    }
}
