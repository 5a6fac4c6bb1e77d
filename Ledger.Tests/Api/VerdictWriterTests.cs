using System.Buffers;
using System.Text.Json;
using Ledger.Host.Api.Ingest;
using Ledger.Projections.Ingest;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>Verdicts are written side by side, and read as JSON they are the outcomes, each in its place.</summary>
public sealed class VerdictWriterTests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(2, 1_000)]
    [InlineData(3, 3_000)]
    public void What_is_read_is_what_became_of_each(int seed, int items)
    {
        Random random = new(seed);
        IntakeOutcome[] outcomes = [.. Enumerable.Range(0, items).Select(_ => Outcome(random))];
        foreach (IBufferWriter<byte> output in (IBufferWriter<byte>[])[new ArrayBufferWriter<byte>(), new Narrow()])
        {
            VerdictWriter.Write(output, outcomes, VerdictWriter.Count(outcomes), isDryRun: seed == 2);
            using JsonDocument document = JsonDocument.Parse(output is Narrow narrow ? narrow.Written : ((ArrayBufferWriter<byte>)output).WrittenMemory);
            JsonElement root = document.RootElement;
            Assert.Equal(seed == 2, root.GetProperty("dryRun").GetBoolean());
            string[] names = ["accepted", "carriedForward", "duplicates", "refused"];
            for (int status = 0; status < names.Length; status++)
                Assert.Equal(outcomes.Count(o => (int)o.Status == status), root.GetProperty(names[status]).GetInt32());
            Assert.Equal(outcomes.Select(Text), root.GetProperty("items").EnumerateArray().Select(Text));
        }
    }

    private static IntakeOutcome Outcome(Random random) => random.Next(6) switch
    {
        0 => new IntakeOutcome(IntakeStatus.Refused, -1, new Refusal("field-unknown", random.Next(2) == 0 ? null : "\"\\\n<é라\ud83d", $"{new string('x', random.Next(300))}\ud800\u0001")),
        1 => new IntakeOutcome(IntakeStatus.Duplicate, random.NextInt64()),
        2 => new IntakeOutcome(IntakeStatus.CarriedForward, long.MaxValue),
        3 => new IntakeOutcome(IntakeStatus.Accepted, -1),
        _ => new IntakeOutcome(IntakeStatus.Accepted, random.Next(2_000)),
    };

    private static string Text(IntakeOutcome outcome)
    {
        string status = outcome.Status switch { IntakeStatus.CarriedForward => "carried-forward", var other => other.ToString().ToLowerInvariant() };
        return $"{status} {outcome.Position} {outcome.Refusal?.Code} {outcome.Refusal?.Field} {outcome.Refusal?.Detail}".Replace('\ud83d', '\ufffd').Replace('\ud800', '\ufffd');
    }

    private static string Text(JsonElement item)
    {
        string? text(string name) => item.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
        long position = item.TryGetProperty("position", out JsonElement at) ? at.GetInt64() : -1;
        return $"{text("status")} {position} {text("code")} {text("field")} {text("detail")}";
    }

    /// <summary>Gives exactly the room that is asked for, as a full segment does.</summary>
    private sealed class Narrow : IBufferWriter<byte>
    {
        private readonly ArrayBufferWriter<byte> _written = new();
        private byte[] _room = [];

        public ReadOnlyMemory<byte> Written => _written.WrittenMemory;

        public void Advance(int count) => _written.Write(_room.AsSpan(0, count));

        public Memory<byte> GetMemory(int sizeHint = 0) => _room = new byte[Math.Max(1, sizeHint)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
