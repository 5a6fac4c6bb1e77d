using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ledger.Benchmarks.EventLog;
using Ledger.Core.Events;

namespace Ledger.Benchmarks.Ingest;

/// <summary>Redis Streams and NATS JetStream under the payloads and batches of the embedded log and of the HTTP API.</summary>
/// <remarks>
/// Both are driven over sockets with everything encoded beforehand, a batch pipelined at a time on each of eight connections, as many as the ledger's callers.
/// A batch counts when all its answers are there. Redis syncs before it answers (appendfsync always). Debian's NATS (2.9) knows no <c>sync always</c>, which
/// came with 2.10: it answers when the message is written and syncs every two minutes, so its figure is without the durability of the others.
/// Beside the HTTP API the same lines go to both by turns, one server resting while the other is asked: a shared machine is not the same one a minute later.
/// </remarks>
internal static class PeersPart
{
    private const int Callers = 8;
    private const int Rounds = 3;
    private const int EmbeddedEvents = 500_000;
    private const int EmbeddedBatch = 5_000;
    private const int HttpTurns = 9;
    private const int HttpRequests = 600;
    private const int HttpBatch = 1_000;

    public static async Task RedisAsync()
    {
        using PeerServer? server = await PeerServer.StartAsync("redis-server", (port, folder) =>
            ["--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"]);
        if (server is null) return;
        await MeasureAsync(
            "redis",
            server.Port,
            static (_, payload, output) =>
            {
                output.Write("*5\r\n$4\r\nXADD\r\n$6\r\nevents\r\n$1\r\n*\r\n$1\r\ne\r\n"u8);
                Write(output, $"${payload.Length}\r\n");
                output.Write(payload);
                output.Write("\r\n"u8);
            },
            (_, _) => ValueTask.CompletedTask,
            "$");
    }

    public static async Task NatsAsync()
    {
        using PeerServer? server = await PeerServer.StartAsync("nats-server", (port, folder) => ["-a", "127.0.0.1", "-p", $"{port}", "-js", "-sd", folder]);
        if (server is null) return;
        using (PeerConnection connection = await PeerConnection.OpenAsync(server.Port))
        {
            const string Stream = """{"name":"E","subjects":["events"],"storage":"file","retention":"limits","discard":"old","num_replicas":1}""";
            await connection.SendAsync($"CONNECT {{\"verbose\":false}}\r\nSUB made 1\r\nPUB $JS.API.STREAM.CREATE.E made {Stream.Length}\r\n{Stream}\r\n");
            await connection.ReadAsync(1, "MSG made ");
            await connection.SendAsync("PING\r\n");
            await connection.ReadAsync(1, "PONG");
        }

        await MeasureAsync(
            "nats",
            server.Port,
            static (caller, payload, output) =>
            {
                Write(output, $"PUB events ack.{caller} {payload.Length}\r\n");
                output.Write(payload);
                output.Write("\r\n"u8);
            },
            static (caller, connection) => connection.SendAsync($"CONNECT {{\"verbose\":false}}\r\nSUB ack.{caller} 1\r\n"),
            "MSG ack.");
    }

    private static void Write(ArrayBufferWriter<byte> output, string text) => output.Write(Encoding.ASCII.GetBytes(text));

    private static async Task MeasureAsync(string name, int port, EntryWriter write, Func<int, PeerConnection, ValueTask> begin, string answer)
    {
        List<List<byte[]>> canonical = [];
        foreach (NewEvent[] batch in AppendBench.Batches(EmbeddedEvents))
        {
            List<byte[]> payloads = new(batch.Length);
            foreach (NewEvent e in batch) payloads.Add(CanonicalBytes.Of(e));
            canonical.Add(payloads);
        }

        List<double> rates = [];
        for (int round = 0; round < Rounds; round++) rates.Add(await RoundAsync(port, canonical, write, begin, answer));
        Figures.Record($"{name}-canonical", Figures.Median(rates));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  canonical bytes, batches of {EmbeddedBatch:N0}, {Callers} connections: {string.Join(", ", rates.Select(r => r.ToString("N0", CultureInfo.InvariantCulture)))} events/s"));

        using HttpLoad load = await HttpLoad.StartAsync(Callers);
        Random random = new(1);
        List<double> ratios = [];
        for (int turn = 0; turn <= HttpTurns; turn++)
        {
            byte[][] bodies = [.. HttpPart.Bodies(random, HttpRequests, HttpBatch)];
            List<List<byte[]>> lines = [.. bodies.Select(body => Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes).ToList())];
            bool peerFirst = turn % 2 == 0;
            double peer = peerFirst ? await RoundAsync(port, lines, write, begin, answer) : 0;
            double ours = (await load.RoundAsync(bodies, HttpBatch)).Rate;
            if (!peerFirst) peer = await RoundAsync(port, lines, write, begin, answer);
            if (turn == 0) continue; // the first compiles
            ratios.Add(ours / peer);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  JSON lines, batches of {HttpBatch:N0}, {Callers} connections, by turns: {peer:N0} events/s, POST /v1/events {ours:N0}, {ours / peer:N2} times"));
        }

        Figures.Record($"{name}-json", Figures.Median(ratios));
    }

    private static async Task<double> RoundAsync(int port, List<List<byte[]>> batches, EntryWriter write, Func<int, PeerConnection, ValueTask> begin, string answer)
    {
        SentBytes sent = new();
        List<ReadOnlyMemory<byte>> encoded = [];
        for (int i = 0; i < batches.Count; i++)
        {
            ArrayBufferWriter<byte> output = new();
            foreach (byte[] payload in batches[i]) write(i % Callers, payload, output);
            encoded.Add(sent.Keep(output.WrittenSpan));
        }

        PeerConnection[] connections = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => PeerConnection.OpenAsync(port)));
        for (int caller = 0; caller < Callers; caller++) await begin(caller, connections[caller]);
        Stopwatch watch = Stopwatch.StartNew();
        await Task.WhenAll(connections.Select((connection, caller) => Task.Run(async () =>
        {
            for (int i = caller; i < encoded.Count; i += Callers)
            {
                Task answers = connection.ReadAsync(batches[i].Count, answer); // while it is sent: neither side must wait for the other's buffer
                await connection.SendAsync(encoded[i]);
                await answers;
            }
        })));
        double rate = batches.Sum(batch => (long)batch.Count) / watch.Elapsed.TotalSeconds;
        foreach (PeerConnection connection in connections) connection.Dispose();
        return rate;
    }

    /// <summary>Puts one event as the peer's protocol wants it.</summary>
    /// <param name="caller">The connection it goes over.</param>
    /// <param name="payload">The event.</param>
    /// <param name="output">What is sent.</param>
    private delegate void EntryWriter(int caller, ReadOnlySpan<byte> payload, ArrayBufferWriter<byte> output);
}
