using System.Diagnostics;
using Ledger.Benchmarks.Ingest;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Postgres;
using Ledger.Tests.Support;
using Npgsql;

namespace Ledger.Benchmarks.EventLog;

/// <summary>Durable appends to the PostgreSQL store beside a bare COPY of the same rows into the same table with a unique id, in the same run on the same server.</summary>
/// <remarks>
/// The peer sends rows that were encoded beforehand, does nothing else, and is measured twice: all rows in one transaction, its best, and a transaction for each 5,000.
/// The store gets batches of 5,000, made as they are sent, from several callers, and does everything: ids, revisions, names, hashes, tree, groups, indexes.
/// The server is private, with fsync on; sync speed is that of the machine at hand.
/// </remarks>
internal static class PostgresBench
{
    private const int Events = 2_000_000;
    private const int BatchEvents = 5_000;
    private const int InFlight = 16;
    private const int Rounds = 3;

    public static async Task RunAsync()
    {
        await using PrivatePostgres server = await PrivatePostgres.StartAsync();
        List<double> one = [];
        List<double> many = [];
        List<double> store = [];
        for (int round = 0; round < Rounds; round++)
        {
            one.Add(await BareAsync(server, Events));
            many.Add(await BareAsync(server, BatchEvents));
            store.Add(await StoreAsync(server, $"bench_{round}"));
            Console.WriteLine($"  round {round + 1}: bare COPY {one[^1]:#,0}/s in one transaction, {many[^1]:#,0}/s in transactions of {BatchEvents:#,0}; the store {store[^1]:#,0}/s");
        }

        double peer = Math.Max(Figures.Median(one), Figures.Median(many));
        Figures.Record("postgres", Figures.Median(store));
        Figures.Record("postgres-bare", peer);
        Console.WriteLine($"  medians: bare COPY with a unique id {Figures.Median(one):#,0}/s and {Figures.Median(many):#,0}/s, the store {Figures.Median(store):#,0}/s: {Figures.Median(store) / peer:0.00} times the better of them");
        await ReadAsync(server, "bench_0");
    }

    private static async Task<double> BareAsync(PrivatePostgres server, int transactionEvents)
    {
        await using NpgsqlConnection connection = await server.ConnectAsync();
        await PostgresSchema.RunAsync(
            connection,
            """
            DROP TABLE IF EXISTS bare;
            CREATE TABLE bare (position bigint NOT NULL, id uuid NOT NULL UNIQUE, occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL, value bigint NOT NULL,
              revision bigint NOT NULL, window_day date NOT NULL, account integer NOT NULL, target integer NOT NULL, kind smallint NOT NULL);
            CHECKPOINT
            """,
            CancellationToken.None);
        NameTable names = new();
        List<ReadOnlyMemory<byte>> transactions = [];
        CopyWriter rows = new();
        foreach ((NewEvent e, int position) in AppendBench.Batches(Events).SelectMany(batch => batch).Select((e, i) => (e, i)))
        {
            rows.Add(position, position, ColumnarForm.Of(e.Payload, names), e);
            if (rows.Count < transactionEvents) continue;
            transactions.Add(rows.Finish());
            rows = new CopyWriter();
        }

        Stopwatch watch = Stopwatch.StartNew();
        foreach (ReadOnlyMemory<byte> transaction in transactions)
        {
            await using NpgsqlRawCopyStream copy = await connection.BeginRawBinaryCopyAsync($"COPY bare ({CopyWriter.Columns}) FROM STDIN (FORMAT BINARY)");
            await copy.WriteAsync(transaction);
        }

        return Events / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> StoreAsync(PrivatePostgres server, string schema)
    {
        await server.SqlAsync("CHECKPOINT");
        await using PostgresEventLog log = await PostgresEventLog.OpenAsync(server.Address(schema));
        Stopwatch watch = Stopwatch.StartNew();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        Queue<Task> sent = [];
        foreach (NewEvent[] batch in AppendBench.Batches(Events))
        {
            while (sent.Count >= InFlight) await sent.Dequeue();
            sent.Enqueue(Task.Run(async () => await log.AppendAsync(batch)));
        }

        while (sent.Count > 0) await sent.Dequeue();
        TimeSpan elapsed = watch.Elapsed;
        double nanoseconds = (Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds / Events;
        while ((long)(await server.SqlAsync($"SELECT count(*) FROM {schema}.id_segment"))! < Events >> 20) await Task.Delay(20);
        Console.WriteLine($"  the store: {nanoseconds:0} ns of this process per event; with the last index of ids made {Events / watch.Elapsed.TotalSeconds:#,0}/s");
        return Events / elapsed.TotalSeconds;
    }

    private static async Task ReadAsync(PrivatePostgres server, string schema)
    {
        await using PostgresEventLog log = await PostgresEventLog.OpenReadOnlyAsync(server.Address(schema));
        for (int round = 0; round < 2; round++)
        {
            await Reading.MeasureAsync(Events, "read as columns", () => Task.FromResult(
                log.ReadBlocks(0, log.Head, new BlockRequest(Rows: true, Columns: true)).Sum(block => (long)block.Activity.Count + block.Rows.Count)));
        }
    }
}
