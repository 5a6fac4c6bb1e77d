using System.Diagnostics;
using System.Globalization;
using Ledger.Benchmarks.EventLog;
using Ledger.Core.Events;
using Ledger.Projections.EventLog.Embedded;

namespace Ledger.Benchmarks.Ingest;

/// <summary>Durable appends to the embedded log from callers of this process; the first round, in which the code is still being compiled, does not count.</summary>
internal static class EmbeddedPart
{
    private const int Events = 2_000_000;
    private const int Callers = 8;
    private const int Singles = 100_000;
    private const int SingleCallers = 64;
    private const int Rounds = 3;

    public static async Task BatchesAsync()
    {
        NewEvent[][] batches = [.. AppendBench.Batches(Events)];
        await MeasureAsync("embedded", $"batches of {batches[0].Length:N0}, {Callers} callers", Events, log => SendAsync(log, batches, Callers));
    }

    public static async Task SinglesAsync()
    {
        NewEvent[][] singles = [.. AppendBench.Batches(Singles).SelectMany(batch => batch).Select(e => new[] { e })];
        await MeasureAsync("embedded-single", $"one event each, {SingleCallers} callers", Singles, log => SendAsync(log, singles, SingleCallers));
    }

    private static async Task MeasureAsync(string figure, string label, int events, Func<EmbeddedEventLog, Task> send)
    {
        List<double> rates = [];
        double nanoseconds = 0;
        for (int round = 0; round <= Rounds; round++)
        {
            string folder = Directory.CreateTempSubdirectory("bench-log-").FullName;
            await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(folder))
            {
                Stopwatch watch = Stopwatch.StartNew();
                TimeSpan used = Environment.CpuUsage.TotalTime;
                await send(log);
                rates.Add(events / watch.Elapsed.TotalSeconds);
                nanoseconds = (Environment.CpuUsage.TotalTime - used).TotalNanoseconds / events;
            }

            Directory.Delete(folder, recursive: true);
        }

        rates.RemoveAt(0);
        Figures.Record(figure, Figures.Median(rates));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {label}: {string.Join(", ", rates.Select(rate => rate.ToString("N0", CultureInfo.InvariantCulture)))} a second; {nanoseconds:N0} ns of processor time per event, all threads"));
    }

    private static Task SendAsync(EmbeddedEventLog log, NewEvent[][] appends, int callers)
    {
        int next = -1;
        return Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref next); i < appends.Length; i = Interlocked.Increment(ref next)) await log.AppendAsync(appends[i]);
        })));
    }
}
