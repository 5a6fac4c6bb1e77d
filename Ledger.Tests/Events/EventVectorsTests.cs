using System.Buffers;
using System.Text;
using Ledger.Core.Events;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Events;

/// <summary>
/// One event of every kind and schema version has the canonical bytes and the JSON line that <c>Vectors/events.txt</c> holds: persisted contracts do not change by accident.
/// The file is written anew by <c>WRITE_VECTORS=1 dotnet test --filter EventVectorsTests</c>, and its diff is reviewed.
/// </summary>
public sealed class EventVectorsTests
{
    private static readonly string File = Repository.PathOf("Ledger.Tests/Vectors/events.txt");

    [Fact]
    public void Every_kind_keeps_its_canonical_bytes_and_its_json()
    {
        string actual = Render();
        if (Environment.GetEnvironmentVariable("WRITE_VECTORS") == "1") System.IO.File.WriteAllText(File, actual);
        Assert.Equal(System.IO.File.ReadAllText(File), actual);
    }

    [Fact]
    public void The_vectors_read_back_to_the_events_they_were_made_of()
    {
        string[] lines = System.IO.File.ReadAllLines(File);
        JsonEventReader reader = new();
        int kinds = 0;
        for (int i = 0; i < lines.Length; i += 3, kinds++)
        {
            NewEvent fromBytes = CanonicalBytes.Read(Convert.FromHexString(lines[i + 1]));
            JsonEvent fromJson = reader.Read(Encoding.UTF8.GetBytes(lines[i + 2]));
            Assert.Equal(lines[i], EventCatalogue.Name(fromBytes.Payload.Kind));
            Assert.Equal(CanonicalBytes.Of(fromBytes), CanonicalBytes.Of(fromBytes with { Payload = fromJson.Event.Payload }));
            Assert.Equal(fromBytes.Stream, fromJson.Log!.Stream);
            Assert.Equal((fromBytes.Id, fromBytes.OccurredAt), (fromJson.Event.Id, fromJson.Event.OccurredAt));
            Assert.Equal((fromBytes.RecordedAt, fromBytes.Window), (fromJson.Log.RecordedAt, fromJson.Log.Window));
        }

        Assert.Equal(EventCatalogue.Kinds.Sum(k => EventCatalogue.Version(k)), kinds);
    }

    private static string Render()
    {
        StringBuilder text = new();
        ArrayBufferWriter<byte> json = new();
        using JsonEventWriter writer = new(json);
        foreach (EventKind kind in EventCatalogue.Kinds)
        {
            for (byte version = 1; version <= EventCatalogue.Version(kind); version++)
            {
                NewEvent e = SampleFields.Event(kind, version, seed: 0);
                json.ResetWrittenCount();
                writer.Write(new RecordedEvent(7, 3, e));
                text.Append(EventCatalogue.Name(kind)).Append('\n').Append(Convert.ToHexStringLower(CanonicalBytes.Of(e))).Append('\n')
                    .Append(Encoding.UTF8.GetString(json.WrittenSpan));
            }
        }

        return text.ToString();
    }
}
