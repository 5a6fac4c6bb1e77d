using System.Globalization;
using Ledger.Benchmarks.EventLog;

namespace Ledger.Benchmarks.Ingest;

/// <summary>One measurement of the way in.</summary>
/// <param name="Name">What it is asked for by.</param>
/// <param name="Shows">What it measures.</param>
/// <param name="RunAsync">Measures and prints.</param>
internal sealed record IngestPart(string Name, string Shows, Func<Task> RunAsync);

/// <summary>The figures of the way in, part by part.</summary>
internal static class IngestBench
{
    private static readonly IngestPart[] Parts =
    [
        new("json", "reading and writing NDJSON, one thread", JsonPart.RunAsync),
        new("intake", "the intake over the embedded log, groups of 5,000, one caller", IntakePart.RunAsync),
        new("embedded", "durable appends to the embedded log, in process", EmbeddedPart.BatchesAsync),
        new("embedded-single", "the same, one event an append", EmbeddedPart.SinglesAsync),
        new("http", "POST /v1/events to a server of its own, NDJSON in batches of 1,000, load generator included", HttpPart.BatchesAsync),
        new("http-single", "the same, one event a request, 64 callers", HttpPart.SinglesAsync),
        new("postgres", "the PostgreSQL store beside a bare COPY", PostgresBench.RunAsync),
        new("eventstore", "the EventStoreDB face with its official client beside a null server", EventStoreBench.RunAsync),
        new("eventstore-log", "the log in a cluster of EventStoreDB, opened and read into columns from prepared bytes", EventStoreLogBench.RunAsync),
        new("redis", "Redis Streams, appendfsync always", PeersPart.RedisAsync),
        new("nats", "NATS JetStream, file storage", PeersPart.NatsAsync),
    ];

    /// <param name="names">Which parts; all of them when none is named.</param>
    public static async Task<int> RunAsync(string[] names)
    {
        if (names.Except(Parts.Select(p => p.Name), StringComparer.Ordinal).Any())
        {
            foreach (IngestPart part in Parts) await Console.Error.WriteLineAsync($"{part.Name}: {part.Shows}");
            return 2;
        }

        foreach (IngestPart part in Parts.Where(p => names.Length == 0 || names.Contains(p.Name, StringComparer.Ordinal)))
        {
            Console.WriteLine($"{part.Name}: {part.Shows}");
            await part.RunAsync();
        }

        Figures.Print();

        return 0;
    }

    public static void Print(string label, long count, TimeSpan elapsed) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {label}: {count:N0} in {elapsed.TotalSeconds:F2} s, {count / elapsed.TotalSeconds:N0}/s"));
}
