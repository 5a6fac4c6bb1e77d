using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.Ingest;

namespace Ledger.Benchmarks.Fold;

/// <summary>From the embedded log on disk to a closed window, each step in a process of its own so that its peak memory is its own.</summary>
internal static class ReplayBench
{
    /// <summary>Accounts of the log.</summary>
    internal const int Accounts = 100_000;

    private const int BatchEvents = 16_384;

    /// <summary>Builds a log with one window of this many events, then replays it to the closed window.</summary>
    public static void Run(long events) => InFolder(directory =>
    {
        Child("replay-build", directory, events.ToString(CultureInfo.InvariantCulture));
        for (int run = 0; run < 3; run++) Child("replay-run", directory);
    });

    /// <summary>Lends a folder that is gone afterwards.</summary>
    internal static void InFolder(Action<string> act)
    {
        string directory = Path.Combine(Path.GetTempPath(), $"weledger-bench-{Environment.ProcessId}");
        try
        {
            act(directory);
        }
        finally
        {
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
    }

    /// <param name="directory">Where to.</param>
    /// <param name="events">Events of the window.</param>
    /// <param name="open">The window, when it is to stay open; null: the workload's own, sealed.</param>
    /// <param name="before">Events of the day before it, in a window that stays open too; 0: none.</param>
    public static async Task BuildAsync(string directory, long events, Day? open = null, long before = 0)
    {
        ColumnWorkload workload = Of(events, open);
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(directory);
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
        long started = Stopwatch.GetTimestamp();
        ulong id = 1;
        Day yesterday = workload.Window.Plus(-2);
        foreach (EventPayload[] batch in workload.Reference().Chunk(BatchEvents))
            await log.AppendAsync([.. batch.Select(p => new NewEvent(new EventId(id++), yesterday.Start, yesterday.Start, yesterday, p))]);
        if (before > 0) await FillAsync(Of(before, workload.Window.Plus(-1)));
        await FillAsync(workload);
        if (open is null) await log.AppendAsync([Own(new WindowSealed(workload.Window), workload.Window)]);
        Print($"built: {events:N0} events in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");

        ColumnWorkload Of(long count, Day? window) => new(count, Accounts, videos: 200_000, window: window);

        async Task FillAsync(ColumnWorkload day)
        {
            await log.AppendAsync([Own(new WindowOpened(day.Window, Ruleset.Default.Hash), day.Window)]);
            foreach (ActivityColumns batch in day.Batches())
            {
                NewEvent[] group = new NewEvent[batch.Count];
                for (int i = 0; i < group.Length; i++) group[i] = Event(day, batch, i);
                await log.AppendAsync(group);
            }
        }

        NewEvent Own(EventPayload payload, Day window) => new(new EventId(id++), window.Start, window.Start, window, payload);

        NewEvent Event(ColumnWorkload day, ActivityColumns c, int i)
        {
            NameTable names = day.Names;
            AccountId account = new(names.Text(c.Account[i]));
            ContentId video = new(names.Text(c.Target[i]));
            EventPayload payload = (EventKind)c.Kind[i] switch
            {
                EventKind.Viewed => new Viewed(account, video, (uint)c.Value[i]),
                EventKind.Liked => new Liked(account, video),
                EventKind.Commented => new Commented(account, video, ActivityColumns.CommentLetters(c.Value[i]), (ulong)c.Value[i] & 0x00ff_ffff_ffff_ffff),
                _ => new Shared(account, video, (byte)c.Value[i]),
            };

            // Ids as producers make them: spread over the whole range.
            UInt128 spread = unchecked((UInt128)id++ * UInt128.Parse("170141183460469231731687303715884105727", CultureInfo.InvariantCulture));
            return new NewEvent(new EventId(spread), UnixMs.From(c.OccurredAtMs[i]), UnixMs.From(c.OccurredAtMs[i] + 250), day.Window, payload);
        }
    }

    public static async Task ReplayAsync(string directory)
    {
        long started = Stopwatch.GetTimestamp();
        Task<ActorSystem> starting = Task.Run(() => ActorSystem.Create("bench", "akka.loglevel = OFF"));
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenReadOnlyAsync(directory);
        using ActorSystem actors = await starting;
        double opened = Stopwatch.GetElapsedTime(started).TotalSeconds;
        using RewardLedger ledger = await RewardLedger.OpenAsync(log, actors, TimeProvider.System, new FoldOptions(), isReadOnly: true, progress: new Stages(started));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Print($"replay: {log.Head:N0} events from the log to the closed window in {seconds:F2} s (opening {opened:F2} s) = {log.Head / seconds / 1e6:F2} M events/s; peak memory {PeakMiB():N0} MiB; {Environment.ProcessorCount} cores");
        await actors.Terminate();
        ReadColumns(log);
    }

    /// <summary>From the log to columns alone, on one thread, the second time: its rate and what it allocates.</summary>
    private static void ReadColumns(EmbeddedEventLog log)
    {
        for (int run = 0; run < 2; run++)
        {
            long started = Stopwatch.GetTimestamp();
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long events = 0;
            foreach (LogBlock block in log.ReadBlocks(0, log.Head, new BlockRequest(Rows: false, Columns: true))) events += block.Activity.Count;
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (run > 0) Print($"  log to columns, one thread: {events / seconds / 1e6:F1} M events/s, {allocated / 1024.0 / (events / 1e6):F0} KiB allocated per million events");
        }
    }

    /// <summary>Prints when each stage of the close began.</summary>
    private sealed class Stages(long started) : IProgress<LedgerProgress>
    {
        private string _stage = "";

        public void Report(LedgerProgress value)
        {
            if (value.Stage == _stage && value.Thousandths < 1000) return;
            _stage = value.Stage;
            Print($"  {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s: {value.Stage} {value.Thousandths / 10} %");
        }
    }

    internal static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

    internal static long PeakMiB()
    {
        string peak = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    internal static void Child(params string[] args)
    {
        using Process child = Process.Start(new ProcessStartInfo("dotnet", [typeof(ReplayBench).Assembly.Location, .. args]))!;
        child.WaitForExit();
        if (child.ExitCode != 0) throw new InvalidOperationException($"{args[0]} ended with {child.ExitCode}");
    }
}
