using System.Diagnostics;
using System.Globalization;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;

namespace Ledger.Benchmarks.EventLog;

/// <summary>The log in a cluster of EventStoreDB: opening it, which reads everything into its index, and reading it into columns; rates and what this process allocates.</summary>
/// <remarks>
/// The node is a process of its own on the same machine that sends bytes encoded beforehand. The same bytes are also read by the HTTP client alone and thrown
/// away: what that takes and allocates is not the log's.
/// </remarks>
internal static class EventStoreLogBench
{
    private const int Events = 300_000;
    private const int Rounds = 3;

    public static async Task RunAsync()
    {
        using Process server = Process.Start(new ProcessStartInfo("dotnet", [typeof(EventStoreLogBench).Assembly.Location, "encoded-log", Events.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        int port = int.Parse((await server.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        for (int round = 0; round < Rounds; round++)
        {
            using HttpClient http = new();
            await Reading.MeasureAsync(Events, "bytes alone, thrown away", () => DiscardAsync(http, port));
        }

        for (int round = 0; round < Rounds; round++)
        {
            EventStoreDbLog? log = null;
            await Reading.MeasureAsync(Events, "opened", async () =>
            {
                log = await EventStoreDbLog.OpenReadOnlyAsync($"esdb://localhost:{port}?tls=false");
                return log.Head;
            });
            await Reading.MeasureAsync(Events, "read as columns", () => Task.FromResult(log!.ReadBlocks(0, log.Head, new BlockRequest(Rows: false, Columns: true)).Sum(block => (long)block.Activity.Count)));
            await log!.DisposeAsync();
        }

        server.StandardInput.Close();
        await server.WaitForExitAsync();
    }

    private static async Task<long> DiscardAsync(HttpClient http, int port)
    {
        ReadOptions everything = new() { Stream = new ReadOptions.Types.OneStream { Stream = StreamIdentifier.Of(EventStoreDbLog.LogStream), Start = new Empty() }, Count = Events };
        using HttpRequestMessage request = ReadCall.Request(new Uri($"http://localhost:{port}"), [], everything);
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[1 << 16];
        while (await body.ReadAsync(buffer) > 0)
        {
        }

        return Events;
    }
}
