using System.Diagnostics;
using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Benchmarks.EventLog;

/// <summary>Durable appends to the embedded log and the fold's read of it, as a whole process does them.</summary>
/// <remarks>
/// Measured: appends of 5,000 activity events, each acknowledged before the next but one is sent (two in flight, as ingest does); the size on disk;
/// <see cref="IEventLog.ReadBlocks"/> over everything, which verifies chain and checksums; opening. Sync speed is that of the machine at hand.
/// </remarks>
public static class AppendBench
{
    private const int BatchEvents = 5_000;

    /// <param name="args">How many events, 2,000,000 unless told; then the directory, a temporary one unless told.</param>
    public static async Task RunAsync(string[] args)
    {
        int events = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2_000_000;
        string directory = args.Length > 1 ? args[1] : Directory.CreateTempSubdirectory("bench-log-").FullName;
        NewEvent[][] batches = [.. Batches(events)];
        try
        {
            foreach (int inFlight in new[] { 2, 4 })
            {
                string path = Path.Combine(directory, $"in-flight-{inFlight}");
                await Append(batches, path, inFlight, events);
                await Read(path, events);
            }
        }
        finally
        {
            if (args.Length <= 1) Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task Append(NewEvent[][] batches, string path, int inFlight, int events)
    {
        Stopwatch watch = Stopwatch.StartNew();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(path))
        {
            Queue<Task<IReadOnlyList<AppendOutcome>>> sent = [];
            foreach (NewEvent[] batch in batches)
            {
                while (sent.Count >= inFlight) await sent.Dequeue();
                sent.Enqueue(Task.Run(async () => await log.AppendAsync(batch)));
            }

            while (sent.Count > 0) await sent.Dequeue();
            Report($"append, {inFlight} in flight", events, watch.Elapsed);
        }

        Console.WriteLine($"  {(Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds / events:0} ns of processor time per event, all threads");
        Console.WriteLine($"  {new FileInfo(Path.Combine(path, "log.db")).Length / (double)events:0.0} bytes per event on disk");
    }

    private static async Task Read(string path, int events)
    {
        Stopwatch watch = Stopwatch.StartNew();
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenReadOnlyAsync(path);
        Console.WriteLine($"  opened for reading in {watch.Elapsed.TotalMilliseconds:0} ms, {log.Names.Count} names");
        for (int round = 0; round < 3; round++)
        {
            watch.Restart();
            long seen = 0;
            foreach (LogBlock block in log.ReadBlocks(0, log.Head, new BlockRequest(Rows: true, Columns: true))) seen += block.Activity.Count + block.Rows.Count;
            if (seen != events) throw new InvalidOperationException($"{seen} events read of {events}");
            Report("read blocks, verified", events, watch.Elapsed);
        }
    }

    private static void Report(string what, int events, TimeSpan elapsed) =>
        Console.WriteLine($"  {what}: {events / elapsed.TotalSeconds:#,0} events/s ({elapsed.TotalSeconds:0.00} s)");

    // 60 % views, 25 % likes, 5 % comments, the rest follows, shares and presence; one day in order of time.
    internal static IEnumerable<NewEvent[]> Batches(int events)
    {
        Random random = new(1);
        AccountId[] accounts = [.. Enumerable.Range(0, 10_000).Select(i => new AccountId($"user-{i:000000}"))];
        ContentId[] contents = [.. Enumerable.Range(0, 200_000).Select(i => new ContentId($"video-{i:0000000}"))];
        Day day = Day.FromNumber(20_700);
        long startMs = day.Start.Value;
        for (int first = 0; first < events; first += BatchEvents)
        {
            NewEvent[] batch = new NewEvent[Math.Min(BatchEvents, events - first)];
            for (int i = 0; i < batch.Length; i++)
            {
                UnixMs at = UnixMs.From(startMs + ((long)(first + i) * 86_000_000 / events));
                EventId id = new(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()));
                batch[i] = new NewEvent(id, at, at.PlusMs(random.Next(3_000)), day, Payload(random, accounts, contents));
            }

            yield return batch;
        }
    }

    private static EventPayload Payload(Random random, AccountId[] accounts, ContentId[] contents)
    {
        AccountId account = accounts[Skewed(random, accounts.Length)];
        ContentId content = contents[Skewed(random, contents.Length)];
        return random.Next(100) switch
        {
            < 60 => new Viewed(account, content, (uint)random.Next(1, 600)),
            < 85 => new Liked(account, content),
            < 90 => new Commented(account, content, (byte)random.Next(200), (ulong)random.NextInt64(1L << 56)),
            < 94 => new Followed(account, accounts[Skewed(random, accounts.Length)]),
            < 97 => new Shared(account, content, 1),
            _ => new PresenceMinute(account, new SpaceId("space"), 29_000_000 + random.Next(1440)),
        };
    }

    private static int Skewed(Random random, int count)
    {
        double u = random.NextDouble();
        return (int)(count * u * u * u);
    }
}
