using System.Buffers;
using Google.Protobuf;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Host.Api.EventStore;
using Ledger.Projections.EventLog.EventStoreDb.Protocol;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>The face answers as a real EventStoreDB does; where it does not, specs/eventstore.md says what it answers and why.</summary>
public sealed class FaceAnswerTests
{
    /// <summary>Where a store of any events differs from the real server: it deletes nothing either, and has the same features list as the ledger.</summary>
    private static readonly string[] NotOfAnyStore = ["features", "batch without type", "read without uuid_option", "read $all forwards start 3", "subscribe $all filtered, nothing matches"];

    [Fact]
    public async Task The_ledger_answers_every_case_as_its_page_says()
    {
        ManualClock clock = new("2026-11-22T12:00:00Z");
        await using InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, clock);
        EventIntake intake = EventIntake.Open(log, clock);
        await intake.OpenAsync(Core.Time.Day.Of(clock.Now));
        await using FaceHost host = await FaceHost.StartAsync(new LedgerStreams(log, intake));
        using FaceCases cases = new(host.Address, "account-", LedgerEvent);
        IReadOnlyList<(string Case, string Answer)> answers = await cases.RunAsync();

        IEnumerable<string> wanted = Page().Select(row => $"{row["case"]}: {(row["weledger"] == "same" ? row["EventStoreDB 23.10.8"] : row["weledger"])}");
        Assert.Equal(string.Join('\n', wanted), string.Join('\n', answers.Select(a => $"{a.Case}: {a.Answer}")));
    }

    [Fact]
    public async Task A_store_of_any_events_behind_the_face_answers_as_the_real_server()
    {
        await using FaceHost host = await FaceHost.StartAsync(new GenericStreams());
        using FaceCases cases = new(host.Address, "", AnyEvent);
        Dictionary<string, string> answers = (await cases.RunAsync()).ToDictionary(a => a.Case, a => a.Answer);
        foreach (IReadOnlyDictionary<string, string> row in Page().TakeWhile(row => !row["case"].StartsWith("delete", StringComparison.Ordinal)).Where(row => !NotOfAnyStore.Contains(row["case"])))
            Assert.Equal((row["case"], row["EventStoreDB 23.10.8"]), (row["case"], answers[row["case"]]));
    }

    [Fact]
    public void Every_difference_has_its_reason() =>
        Assert.All(Page(), row => Assert.Equal(row["weledger"] == "same", row["why"].Length == 0));

    private static IReadOnlyList<IReadOnlyDictionary<string, string>> Page() => SpecTables.Read("eventstore.md", "Answers beside the real server's");

    private static ProposedMessage LedgerEvent(string stream, int n)
    {
        EventId id = EventId.Derive("face-case", $"{stream}/{n}");
        string account = stream["account-".Length..];
        SubmittedEvent e = new(id, Core.Time.UnixMs.From(1_795_348_800_000 + n), n % 3 == 0 ? new AccountOpened(new AccountId(account)) : new AccountSuspended(new AccountId(account), $"reason {n}"));
        return Message(id, EventCatalogue.Name(e.Payload.Kind), Json(e));
    }

    private static ProposedMessage AnyEvent(string stream, int n) => Message(EventId.Derive("face-case", $"{stream}/{n}"), "anything", "{}"u8);

    private static ProposedMessage Message(EventId id, string type, ReadOnlySpan<byte> data) =>
        new() { Id = Uuid.TextOf(id), Metadata = { { "type", type }, { "content-type", "application/json" } }, Data = ByteString.CopyFrom(data) };

    private static ReadOnlySpan<byte> Json(SubmittedEvent e)
    {
        ArrayBufferWriter<byte> output = new();
        using JsonEventWriter writer = new(output);
        writer.Write(e);
        return output.WrittenSpan[..^1];
    }
}
