using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.Ingest;
using Ledger.Projections.Simulation;

namespace Ledger.Benchmarks.Ingest;

/// <summary>Rates of the way in: making a community, reading and writing NDJSON, the intake over an embedded log; one thread each.</summary>
public static class IngestBench
{
    public static async Task RunAsync()
    {
        CommunitySettings settings = new() { FirstDay = Day.FromNumber(20_770) };
        int events = 0;
        foreach (string label in (string[])["community (cold)", "community"])
        {
            events = 0;
            Measure(label, () =>
            {
                CommunityRun run = new Community(settings).Begin();
                while (run.HasNext) events += run.NextDay().Count();
                return events;
            });
        }

        SubmittedEvent[] day = [.. new Community(settings).Begin().NextDay()];
        ArrayBufferWriter<byte> json = new(1 << 26);
        using JsonEventWriter writer = new(json);
        foreach (string label in (string[])["ndjson write (cold)", "ndjson write"])
        {
            json.ResetWrittenCount();
            Measure(label, () =>
            {
                foreach (SubmittedEvent e in day) writer.Write(e);
                return day.Length;
            });
        }

        JsonEventReader reader = new();
        foreach (string label in (string[])["ndjson read (cold)", "ndjson read", "ndjson read"])
        {
            Measure(label, () =>
            {
                ReadOnlyMemory<byte> rest = json.WrittenMemory;
                int lines = 0;
                for (; !rest.IsEmpty; lines++)
                {
                    int end = rest.Span.IndexOf((byte)'\n');
                    reader.Read(rest[..end]);
                    rest = rest[(end + 1)..];
                }

                return lines;
            });
        }

        string folder = Directory.CreateTempSubdirectory("ingest-bench-").FullName;
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(folder))
        {
            await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
            EventIntake intake = EventIntake.Open(log, TimeProvider.System);
            Stopwatch watch = Stopwatch.StartNew();
            CommunityRun run = new Community(settings).Begin();
            int taken = 0;
            while (run.HasNext)
            {
                foreach (SubmittedEvent[] group in run.NextDay().Chunk(EventIntake.GroupSizeDefault)) taken += (await intake.SubmitAsync(group)).Length;
            }

            Print("community to embedded log, durable", taken, watch.Elapsed);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static void Measure(string label, Func<int> run)
    {
        Stopwatch watch = Stopwatch.StartNew();
        int count = run();
        Print(label, count, watch.Elapsed);
    }

    private static void Print(string label, int count, TimeSpan elapsed) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label}: {count:N0} in {elapsed.TotalSeconds:F2} s, {count / elapsed.TotalSeconds:N0}/s"));
}
