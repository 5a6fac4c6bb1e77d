using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ledger.Tests.Support;

namespace Ledger.Benchmarks.Ingest;

/// <summary>Requests to <c>weledger serve</c> in a process of its own; this process makes the load. Requests are encoded before the clock runs, answers are read and checked while it does.</summary>
internal static class HttpPart
{
    private const int WarmUpRequests = 400;

    public static Task BatchesAsync() => RunAsync("http", requests: 3_000, eventsEach: 1_000, callers: 8, rounds: 3);

    public static Task SinglesAsync() => RunAsync("http-single", requests: 40_000, eventsEach: 1, callers: 64, rounds: 3);

    private static async Task RunAsync(string figure, int requests, int eventsEach, int callers, int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("http-bench-").FullName;
        string key = ServerProcess.NewKey(folder, "load", "activity:write");
        using (ServerProcess server = await ServerProcess.StartAsync(folder))
        {
            HttpConnection[] connections = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => HttpConnection.OpenAsync(server.Http)));
            Random random = new(1);
            List<(double Rate, double P99)> measured = [];
            await SendAsync(connections, Requests(WarmUpRequests), eventsEach, new double[WarmUpRequests]);
            for (int round = 0; round < rounds; round++)
            {
                ReadOnlyMemory<byte>[] encoded = Requests(requests);
                double[] ms = new double[requests];
                (TimeSpan server0, TimeSpan own0) = (server.ProcessorTime, Environment.CpuUsage.TotalTime);
                Stopwatch watch = Stopwatch.StartNew();
                await SendAsync(connections, encoded, eventsEach, ms);
                TimeSpan elapsed = watch.Elapsed;
                long events = (long)requests * eventsEach;
                IngestBench.Print($"{callers} callers, events", events, elapsed);
                Array.Sort(ms);
                measured.Add((events / elapsed.TotalSeconds, ms[requests * 99 / 100]));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"    {requests / elapsed.TotalSeconds:N0} requests/s; answered in p50 {ms[requests / 2]:F1} ms, p99 {ms[requests * 99 / 100]:F1} ms, max {ms[^1]:F1} ms; processor per event: server {(server.ProcessorTime - server0).TotalMicroseconds / events:F2} µs, load {(Environment.CpuUsage.TotalTime - own0).TotalMicroseconds / events:F2} µs"));
            }

            (double rate, double p99) = measured.OrderBy(round => round.Rate).ElementAt(rounds / 2);
            Figures.Record(figure, rate);
            Figures.Record(figure + "-p99", p99);
            foreach (HttpConnection connection in connections) connection.Dispose();

            ReadOnlyMemory<byte>[] Requests(int count)
            {
                SentBytes sent = new();
                return [.. Bodies(random, count, eventsEach).Select(body => sent.Keep(HttpConnection.Request(server.Http, key, body)))];
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private static Task SendAsync(HttpConnection[] connections, ReadOnlyMemory<byte>[] requests, int eventsEach, double[] ms)
    {
        int next = -1;
        byte[] expected = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"accepted\":{eventsEach},"));
        return Task.WhenAll(connections.Select(connection => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref next); i < requests.Length; i = Interlocked.Increment(ref next))
            {
                long sent = Stopwatch.GetTimestamp();
                await connection.AskAsync(requests[i], expected);
                ms[i] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            }
        })));
    }

    /// <summary>60 % views, 25 % likes, the rest follows and shares, of the last hour.</summary>
    public static IEnumerable<byte[]> Bodies(Random random, int requests, int eventsEach)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        StringBuilder text = new();
        for (int i = 0; i < requests; i++)
        {
            text.Clear();
            for (int e = 0; e < eventsEach; e++)
            {
                string at = now.AddMilliseconds(-random.Next(3_600_000)).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
                (string kind, string rest) = random.Next(100) switch
                {
                    < 60 => ("viewed", string.Create(CultureInfo.InvariantCulture, $"\"content\":\"video-{Skewed(random, 200_000):D7}\",\"watchSeconds\":{random.Next(1, 600)}")),
                    < 85 => ("liked", string.Create(CultureInfo.InvariantCulture, $"\"content\":\"video-{Skewed(random, 200_000):D7}\"")),
                    < 95 => ("followed", string.Create(CultureInfo.InvariantCulture, $"\"followee\":\"user-{Skewed(random, 10_000):D6}\"")),
                    _ => ("shared", string.Create(CultureInfo.InvariantCulture, $"\"content\":\"video-{Skewed(random, 200_000):D7}\",\"platform\":1")),
                };
                text.Append(CultureInfo.InvariantCulture, $"{{\"id\":\"{Guid.NewGuid():D}\",\"kind\":\"{kind}\",\"v\":1,\"occurredAt\":\"{at}\",\"account\":\"user-{Skewed(random, 10_000):D6}\",{rest}}}\n");
            }

            yield return Encoding.UTF8.GetBytes(text.ToString());
        }
    }

    private static int Skewed(Random random, int count)
    {
        double u = random.NextDouble();
        return (int)(count * u * u * u);
    }
}
