using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Google.Protobuf;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Host.Api.EventStore;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;
using Ledger.Projections.Ingest;
using Ledger.Tests.Peers.EventStore;
using Ledger.Tests.Support;

namespace Ledger.Benchmarks.Ingest;

/// <summary>The EventStoreDB face under the official Node client, batches of 500, client and server on the same machine.</summary>
/// <remarks>
/// Measured twice in one run: over an embedded log, durable, through the intake; and over a store that keeps nothing and answers at once, which
/// shows what the client itself can do here. The peer's figures are a real EventStoreDB 23.10.8 under the same client on two cores.
/// </remarks>
public static class EventStoreBench
{
    private const int Events = 200_000;
    private const int Batch = 500;
    private const int InFlight = 4;
    private const double PeerAppends = 36_900;
    private const double PeerReads = 44_500;
    private const string Folder = "Ledger.Tests/Peers/EventStore";

    public static async Task RunAsync()
    {
        if (MachineParts.Find("node") is not { } node || MachineParts.Find($"{Folder}:@kurrent/kurrentdb-client") is null)
        {
            Console.WriteLine("eventstore: node or its packages are missing; Ledger.Tests/Support/install-parts.sh installs them");
            return;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"EventStoreDB face, Node client, batches of {Batch}, {InFlight} in flight, {Events:N0} events"));
        string directory = Directory.CreateTempSubdirectory("bench-eventstore-").FullName;
        try
        {
            await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(directory);
            await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
            EventIntake intake = EventIntake.Open(log, TimeProvider.System);
            Report("eventstore", "weledger, embedded log", await LoadAsync(node, new LedgerStreams(log, intake)));
            Report("eventstore-limit", "answers at once, keeps nothing", await LoadAsync(node, new NothingKept()));
            Record("eventstore-peer", (PeerAppends, PeerReads));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(double Appends, double Reads)> LoadAsync(string node, IStreamStore store)
    {
        await using FaceHost host = await FaceHost.StartAsync(store);
        ProcessStartInfo start = new(node, ["load.mjs", $"kurrentdb://localhost:{host.Port}?tls=false", $"{Events}", $"{Batch}", $"{InFlight}"])
        {
            WorkingDirectory = Repository.PathOf(Folder),
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 || !output.TrimEnd().EndsWith('}'))
            throw new InvalidOperationException($"load.mjs ended with {process.ExitCode} and no figures; what it found wrong is above");
        using JsonDocument told = JsonDocument.Parse(output);
        return (told.RootElement.GetProperty("appendsPerSecond").GetDouble(), told.RootElement.GetProperty("readsPerSecond").GetDouble());
    }

    private static void Record(string figure, (double Appends, double Reads) rates)
    {
        Figures.Record(figure + "-appends", rates.Appends);
        Figures.Record(figure + "-reads", rates.Reads);
    }

    private static void Report(string figure, string label, (double Appends, double Reads) rates)
    {
        Record(figure, rates);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {label,-32} {rates.Appends,10:N0} appends/s ({rates.Appends / PeerAppends:0.00} × EventStoreDB 23.10), {rates.Reads,10:N0} reads/s ({rates.Reads / PeerReads:0.00} ×)"));
    }

    /// <summary>Answers every append as done and reads the same event again and again.</summary>
    private sealed class NothingKept : IStreamStore
    {
        private static readonly SameEvent Event = new();

        public ulong? LastPosition => Events;

        public bool IsRecord(ulong position) => true;

        public ValueTask<long> LastRevisionAsync(string stream, CancellationToken cancel) => ValueTask.FromResult((long)Events);

        public ValueTask<AppendAnswer> AppendAsync(string stream, ExpectedVersion expected, IReadOnlyList<Proposal> events, MayState mayState, CancellationToken cancel) =>
            ValueTask.FromResult<AppendAnswer>(new AppendAnswer.Done(-1, 1));

        public IAsyncEnumerable<StoredEvent> ReadStreamAsync(string stream, long from, ReadDirection direction, CancellationToken cancel) => ReadAllAsync(0, direction, cancel);

        public async IAsyncEnumerable<StoredEvent> ReadAllAsync(ulong from, ReadDirection direction, [EnumeratorCancellation] CancellationToken cancel)
        {
            await Task.CompletedTask;
            for (int i = 0; i < Events; i++) yield return Event;
        }

        public IAsyncEnumerable<StoredEvent> SubscribeAsync(ulong from, CancellationToken cancel) => ReadAllAsync(from, ReadDirection.Forwards, cancel);
    }

    private sealed class SameEvent : StoredEvent
    {
        private static readonly RecordedMessage Same = new()
        {
            Id = Uuid.TextOf(EventId.Derive("bench", "same")),
            Stream = StreamIdentifier.Of("activity-2026-11-22-07"),
            Metadata = { { "type", "liked" }, { "content-type", "application/json" }, { "created", "17953467411184885" } },
            CustomMetadata = ByteString.CopyFromUtf8("""{"recordedAt":"2026-11-22T09:00:00.000Z","window":"2026-11-22"}"""),
            Data = ByteString.CopyFromUtf8("""{"id":"6b4e2a30-35a5-4b1c-9f0e-000000000001","kind":"liked","v":1,"occurredAt":"2026-11-22T09:00:00.000Z","account":"user-1234","content":"video-123"}"""),
        };

        public override string Stream => "activity-2026-11-22-07";

        public override string Type => "liked";

        public override long Revision => 1;

        public override ulong Position => 1;

        public override RecordedMessage Message(bool structuredIds) => Same;
    }
}
