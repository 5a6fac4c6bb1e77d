using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ledger.Benchmarks.Ingest;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Core.Rulesets;
using Ledger.Core.Validity;
using Ledger.Projections.DayWindows;
using Directory = System.IO.Directory;

namespace Ledger.Benchmarks.Fold;

/// <summary>
/// The fold beside DuckDB and PostgreSQL on the same events, in the same run: distinct targets by account and kind, compared row by row.
/// The fold does its whole work meanwhile; its rules are set so that an account's points spell the counts that the others give.
/// The audit's count of events by account and kind, which drops no repeat, stands beside DuckDB's plain group-by.
/// Both run before, between and after the peers, since a shared machine's speed drifts: the median is over all of that.
/// </summary>
internal static class FoldPeers
{
    private const int RunsPerRound = 5;

    // Points of a kind, so far apart that the counts of four kinds are the digits of one number.
    private static readonly (EventKind Kind, long Weight)[] Digits =
        [(EventKind.Viewed, 1), (EventKind.Liked, 10_000), (EventKind.Commented, 100_000_000), (EventKind.Shared, 1_000_000_000_000)];

    public static void Run(long events)
    {
        ColumnWorkload workload = new(events, accounts: 100_000, videos: 200_000, Rules());
        ActivityColumns[] input = [.. workload.Batches().Select(batch => WithoutSelfActions(batch, workload))];
        string folder = Directory.CreateTempSubdirectory("weledger-peers-").FullName;
        try
        {
            Write(input, Path.Combine(folder, "activity.tsv"));
            int shards = WindowFold.ShardsFor(events, workload.Names.Count);
            Timed<ContributionSheet> fold = new(() => FoldBench.Fold(workload, input, shards));
            Timed<ControlCounts> count = new(() => Count(input, workload.Names.Count));
            List<string> rows = Rows(fold.Round());
            List<string> plainRows = Rows(count.Round(), workload.Names.Count);

            JsonElement duck = Peer.Run("@duckdb/node-api", "fold.mjs", folder);
            Compare(rows, Path.Combine(folder, "duckdb"));
            Compare(plainRows, Path.Combine(folder, "duckdb-plain"));
            fold.Round();
            count.Round();
            double postgresMs = Peer.RunPostgres("fold.sh", folder);
            Compare(rows, Path.Combine(folder, "postgres"));
            fold.Round();
            count.Round();

            Print($"fold: {events:N0} events, {fold}, {rows.Count:N0} rows of account and kind");
            Print($"count: the same events, {count}, {plainRows.Count:N0} rows of account and kind");
            (double distinctMs, double plainMs) = (duck.GetProperty("distinctMs").GetDouble(), duck.GetProperty("plainMs").GetDouble());
            Print($"DuckDB {duck.GetProperty("version")}, 2 threads, in memory: distinct group-by {distinctMs:0} ms, the same rows, {distinctMs / fold.MedianMs:0.0} times the fold; plain group-by {plainMs:0} ms, the same rows, {plainMs / count.MedianMs:0.0} times the count");
            Print($"PostgreSQL: distinct group-by {postgresMs:0} ms, the same rows, {postgresMs / fold.MedianMs:0.0} times the fold");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ControlCounts Count(ActivityColumns[] input, int names)
    {
        int cores = Environment.ProcessorCount;
        ControlCounts[] counts = [.. Enumerable.Range(0, cores).Select(_ => new ControlCounts(names))];
        AllCores.Pieces(cores, core =>
        {
            for (int i = core; i < input.Length; i += cores) counts[core].Count(input[i].Account.AsSpan(0, input[i].Count), input[i].Kind.AsSpan(0, input[i].Count));
        });
        for (int core = 1; core < cores; core++) counts[0].Add(counts[core]);
        return counts[0];
    }

    private static ValidityRules Rules() => Ruleset.Default.ForKernel() with
    {
        WeightMicro = [.. Enumerable.Range(0, EventKinds.ActivityCount).Select(kind => Digits.FirstOrDefault(d => (int)d.Kind == kind).Weight)],
        Cap = new uint[EventKinds.ActivityCount],
        MinIntervalMs = new long[EventKinds.ActivityCount],
        PairKneeMicro = 0,
        MinViewSeconds = 0,
        MinCommentLetters = 0,
    };

    // A query knows nothing of owners.
    private static ActivityColumns WithoutSelfActions(ActivityColumns batch, ColumnWorkload workload)
    {
        ActivityColumns copy = new(batch.Count);
        for (int i = 0; i < batch.Count; i++)
        {
            if (workload.OwnerOf(batch.Target[i]) != batch.Account[i]) copy.AddFrom(batch, i);
        }

        return copy;
    }

    private static void Write(ActivityColumns[] input, string file)
    {
        using StreamWriter writer = new(file);
        foreach (ActivityColumns batch in input)
        {
            for (int i = 0; i < batch.Count; i++) writer.Write(string.Create(CultureInfo.InvariantCulture, $"{batch.Account[i]}\t{batch.Kind[i]}\t{batch.Target[i]}\n"));
        }
    }

    private static List<string> Rows(ContributionSheet sheet)
    {
        List<string> rows = [];
        int[] order = [.. Enumerable.Range(0, sheet.Account.Length)];
        Array.Sort((int[])sheet.Account.Clone(), order);
        foreach (int row in order)
        {
            foreach ((EventKind kind, long weight) in Digits)
            {
                long units = sheet.PointsMicro[row] / weight % 10_000;
                if (units > 0) rows.Add(string.Create(CultureInfo.InvariantCulture, $"{sheet.Account[row]} {(int)kind} {units}"));
            }
        }

        return rows;
    }

    private static List<string> Rows(ControlCounts counts, int names)
    {
        List<string> rows = [];
        for (int account = 0; account < names; account++)
        {
            foreach ((EventKind kind, _) in Digits)
            {
                if (counts.Of(account, kind) is var events and > 0) rows.Add(string.Create(CultureInfo.InvariantCulture, $"{account} {(int)kind} {events}"));
            }
        }

        return rows;
    }

    private static void Compare(List<string> rows, string file)
    {
        int row = 0;
        foreach (string line in File.ReadLines(file))
        {
            if (row == rows.Count || rows[row] != line) throw new InvalidOperationException($"row {row} differs: '{line}', the fold has '{(row < rows.Count ? rows[row] : "nothing")}'");
            row++;
        }

        if (row != rows.Count) throw new InvalidOperationException($"{row} rows, the fold has {rows.Count}");
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

    /// <summary>Something measured in rounds; the first run of each, which compiles or finds its caches full of a peer's, is left out.</summary>
    private sealed class Timed<T>(Func<T> act)
    {
        private readonly List<double> _ms = [];

        public double MedianMs => Figures.Median(_ms);

        /// <summary>Runs a round and gives the result.</summary>
        public T Round()
        {
            T result = act();
            for (int run = 0; run < RunsPerRound; run++)
            {
                long started = Stopwatch.GetTimestamp();
                result = act();
                _ms.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return result;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"median {MedianMs:0} ms of {_ms.Count} runs ({_ms.Min():0}–{_ms.Max():0})");
    }
}
