using System.Globalization;

namespace Ledger.Benchmarks.Ingest;

/// <summary>What the parts of one run measured, put beside goals and peers at its end.</summary>
internal static class Figures
{
    private static readonly Dictionary<string, double> Measured = new(StringComparer.Ordinal);

    // Goal and, where the goal is a ratio and was not measured as one, what it is a ratio to. Ratios are below ten.
    private static readonly (string Label, string Figure, double Goal, string? Peer)[] Lines =
    [
        ("embedded append, batches of 5,000, events/s", "embedded", 1_500_000, null),
        ("embedded append, one event each, 64 callers, requests/s", "embedded-single", 5_000, null),
        ("POST /v1/events, batches of 1,000, events/s", "http", 300_000, null),
        ("the same, 99th percentile below, ms", "http-p99", 100, null),
        ("PostgreSQL store, events/s", "postgres", 200_000, null),
        ("the same, ratio to a bare COPY with a unique id", "postgres", 0.9, "postgres-bare"),
        ("gRPC face, appends, ratio to EventStoreDB 23.10", "eventstore-appends", 2, "eventstore-peer-appends"),
        ("the same, ratio to the client's own limit here", "eventstore-appends", 1, "eventstore-limit-appends"),
        ("gRPC face, reads, ratio to EventStoreDB 23.10", "eventstore-reads", 2, "eventstore-peer-reads"),
        ("the same, ratio to the client's own limit here", "eventstore-reads", 1, "eventstore-limit-reads"),
        ("embedded append, ratio to Redis Streams, same payloads", "embedded", 3, "redis-canonical"),
        ("POST /v1/events, ratio to Redis Streams, same payloads, by turns", "redis-json", 3, null),
        ("embedded append, ratio to NATS JetStream, same payloads", "embedded", 3, "nats-canonical"),
        ("POST /v1/events, ratio to NATS JetStream, same payloads, by turns", "nats-json", 3, null),
    ];

    /// <summary>Keeps a figure.</summary>
    public static void Record(string figure, double value) => Measured[figure] = value;

    /// <summary>The middle one of an odd number of measurements.</summary>
    public static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Prints what was measured beside its goal.</summary>
    public static void Print()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"figure",-66} {"goal",12} {"measured",12}"));
        foreach ((string label, string figure, double goal, string? peer) in Lines)
        {
            double peers = 1;
            if (!Measured.TryGetValue(figure, out double value) || (peer is not null && !Measured.TryGetValue(peer, out peers))) continue;
            string format = goal < 10 ? "N2" : "N0";
            Console.WriteLine($"{label,-66} {goal.ToString(format, CultureInfo.InvariantCulture),12} {(value / peers).ToString(format, CultureInfo.InvariantCulture),12}");
        }
    }
}
