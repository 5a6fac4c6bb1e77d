using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ledger.Tests.Support;

namespace Ledger.Benchmarks.Ingest;

/// <summary>One round of requests.</summary>
/// <param name="Events">Sent and accepted.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Ms">From request to answer, each, in order of size.</param>
/// <param name="ServerTime">Processor time of the server.</param>
/// <param name="OwnTime">Processor time of this process.</param>
internal sealed record HttpRound(long Events, TimeSpan Elapsed, double[] Ms, TimeSpan ServerTime, TimeSpan OwnTime)
{
    public double Rate => Events / Elapsed.TotalSeconds;

    public double P99 => Ms[Ms.Length * 99 / 100];
}

/// <summary>A <c>weledger serve</c> in a process of its own over a new log, and callers; this process makes the load.</summary>
internal sealed class HttpLoad : IDisposable
{
    private readonly ServerProcess _server;
    private readonly HttpConnection[] _callers;
    private readonly string _key;
    private readonly string _folder;

    private HttpLoad(ServerProcess server, HttpConnection[] callers, string key, string folder) => (_server, _callers, _key, _folder) = (server, callers, key, folder);

    public static async Task<HttpLoad> StartAsync(int callers)
    {
        string folder = Directory.CreateTempSubdirectory("http-bench-").FullName;
        string key = ServerProcess.NewKey(folder, "load", "activity:write");
        ServerProcess server = await ServerProcess.StartAsync(folder);
        return new HttpLoad(server, await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => HttpConnection.OpenAsync(server.Http))), key, folder);
    }

    /// <summary>Sends every body in a request; requests are encoded before the clock runs, answers are read and checked while it does.</summary>
    /// <param name="bodies">NDJSON of new events.</param>
    /// <param name="eventsEach">How many are in each.</param>
    public async Task<HttpRound> RoundAsync(IEnumerable<byte[]> bodies, int eventsEach)
    {
        SentBytes sent = new();
        ReadOnlyMemory<byte>[] requests = [.. bodies.Select(body => sent.Keep(HttpConnection.Request(_server.Http, _key, body)))];
        byte[] expected = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"accepted\":{eventsEach},"));
        double[] ms = new double[requests.Length];
        int next = -1;
        (TimeSpan server, TimeSpan own) = (_server.ProcessorTime, Environment.CpuUsage.TotalTime);
        Stopwatch watch = Stopwatch.StartNew();
        await Task.WhenAll(_callers.Select(caller => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref next); i < requests.Length; i = Interlocked.Increment(ref next))
            {
                long asked = Stopwatch.GetTimestamp();
                await caller.AskAsync(requests[i], expected);
                ms[i] = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
            }
        })));
        TimeSpan elapsed = watch.Elapsed;
        Array.Sort(ms);
        return new HttpRound((long)requests.Length * eventsEach, elapsed, ms, _server.ProcessorTime - server, Environment.CpuUsage.TotalTime - own);
    }

    public void Dispose()
    {
        foreach (HttpConnection caller in _callers) caller.Dispose();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
