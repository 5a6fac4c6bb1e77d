using System.Diagnostics;
using Ledger.Core.Events;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.Ingest;
using Ledger.Projections.Simulation;

namespace Ledger.Benchmarks.Ingest;

/// <summary>A community's days through the intake into an embedded log, each group durable before the next.</summary>
internal static class IntakePart
{
    public static async Task RunAsync()
    {
        SubmittedEvent[][] groups = [.. Groups()];
        string folder = Directory.CreateTempSubdirectory("ingest-bench-").FullName;
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(folder))
        {
            await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
            EventIntake intake = EventIntake.Open(log, TimeProvider.System);
            Stopwatch watch = Stopwatch.StartNew();
            int taken = 0;
            foreach (SubmittedEvent[] group in groups) taken += (await intake.SubmitAsync(group)).Length;
            IngestBench.Print("durable", taken, watch.Elapsed);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<SubmittedEvent[]> Groups()
    {
        CommunityRun run = new Community(new CommunitySettings { FirstDay = Day.FromNumber(20_770) }).Begin();
        while (run.HasNext)
        {
            foreach (SubmittedEvent[] group in run.NextDay().Chunk(EventIntake.GroupSizeDefault)) yield return group;
        }
    }
}
