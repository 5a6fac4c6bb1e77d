using System.Diagnostics;
using System.Globalization;

namespace Ledger.Benchmarks.EventLog;

/// <summary>What reading a log costs.</summary>
internal static class Reading
{
    /// <summary>Reads once and prints its rate, its processor time and what this process allocated.</summary>
    /// <exception cref="InvalidOperationException">It read another number of events.</exception>
    public static async Task MeasureAsync(long expected, string what, Func<Task<long>> read)
    {
        GC.Collect();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        long events = await read();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        processor = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        if (events != expected) throw new InvalidOperationException($"{events} events of {expected}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what}: {events / seconds:N0} events/s, {processor.TotalNanoseconds / events:N0} ns of processor time an event, {allocated / 1024.0 / (events / 1e6):N0} KiB allocated per million events ({(double)allocated / events:N2} bytes an event)"));
    }
}
