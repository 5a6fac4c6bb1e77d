using System.Buffers;
using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Events;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Events;

/// <summary>Canonical bytes, JSON and record are three forms of one event, for every kind and any value; damage is a named fault, never a crash.</summary>
public sealed class EventRoundTripTests
{
    [Property(MaxTest = 200)]
    public void Canonical_bytes_read_back_to_the_same_bytes(ulong seed) => ForEveryKind(seed, e =>
        Assert.Equal(CanonicalBytes.Of(e), CanonicalBytes.Of(CanonicalBytes.Read(CanonicalBytes.Of(e)))));

    [Property(MaxTest = 200)]
    public void Json_reads_back_to_the_same_event(ulong seed)
    {
        JsonEventReader reader = new();
        ForEveryKind(seed, e =>
        {
            JsonEvent read = reader.Read(Json(e));
            Assert.Equal(CanonicalBytes.Of(e), CanonicalBytes.Of(new NewEvent(read.Event.Id, read.Event.OccurredAt, read.Log!.RecordedAt, read.Log.Window, read.Event.Payload)));
        });
    }

    [Property(MaxTest = 50)]
    public void Members_may_stand_in_any_order(ulong seed)
    {
        JsonEventReader reader = new();
        ForEveryKind(seed, e =>
        {
            System.Text.Json.Nodes.JsonObject node = System.Text.Json.Nodes.JsonNode.Parse(Json(e).Span)!.AsObject();
            System.Text.Json.Nodes.JsonObject reversed = [];
            foreach ((string name, System.Text.Json.Nodes.JsonNode? value) in node.Reverse()) reversed.Add(name, value!.DeepClone());
            JsonEvent read = reader.Read(System.Text.Encoding.UTF8.GetBytes(reversed.ToJsonString()));
            Assert.Equal(CanonicalBytes.Of(e), CanonicalBytes.Of(e with { Payload = read.Event.Payload }));
        });
    }

    [Property(MaxTest = 300)]
    public void Mutated_canonical_bytes_are_an_event_or_a_named_fault(ulong seed, PositiveInt at, byte flip, bool cut) => ForEveryKind(seed, e =>
    {
        byte[] bytes = CanonicalBytes.Of(e);
        int index = at.Get % bytes.Length;
        if (cut) bytes = bytes[..index];
        else bytes[index] ^= (byte)(flip | 1);
        try
        {
            Assert.Equal(bytes, CanonicalBytes.Of(CanonicalBytes.Read(bytes)));
        }
        catch (EventFormatException fault)
        {
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", fault.Code);
        }
    });

    [Property(MaxTest = 300)]
    public void Mutated_json_is_an_event_or_a_named_fault(ulong seed, PositiveInt at, byte to) => ForEveryKind(seed, e =>
    {
        byte[] json = Json(e).ToArray();
        json[at.Get % json.Length] = to;
        try
        {
            new JsonEventReader().Read(json);
        }
        catch (EventFormatException fault)
        {
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", fault.Code);
        }
    });

    [Fact]
    public void An_unknown_kind_layout_or_version_is_a_fault_of_its_own()
    {
        byte[] bytes = CanonicalBytes.Of(SampleFields.Event(EventKind.Liked));
        Assert.Equal("unknown-layout", Fault(bytes, 0, 2));
        Assert.Equal("unknown-kind", Fault(bytes, 1, 250));
        Assert.Equal("unknown-version", Fault(bytes, 3, 2));
        Assert.Equal("unknown-version", Fault(bytes, 3, 0));
        byte[] video = CanonicalBytes.Of(SampleFields.Event(EventKind.VideoPublished));
        Assert.Equal("event-trailing-bytes", Fault(video, 3, 1));
        Assert.Equal("unknown-version", Fault(video, 3, 3));
        Assert.Equal("cid-malformed", Fault(video, video.Length - Ledger.Core.Identity.Cid.SizeBytes, 0));
        Assert.Equal("event-trailing-bytes", Assert.Throws<EventFormatException>(() => CanonicalBytes.Read((byte[])[.. bytes, 0])).Code);
    }

    private static string Fault(byte[] bytes, int index, byte value)
    {
        byte[] changed = [.. bytes];
        changed[index] = value;
        return Assert.Throws<EventFormatException>(() => CanonicalBytes.Read(changed)).Code;
    }

    private static void ForEveryKind(ulong seed, Action<NewEvent> check)
    {
        foreach (EventKind kind in EventCatalogue.Kinds)
        {
            for (byte version = 1; version <= EventCatalogue.Version(kind); version++)
            {
                NewEvent e = SampleFields.Event(kind, version, seed | 1);
                Assert.Equal(version, e.Payload.Version);
                check(e);
            }
        }
    }

    private static ReadOnlyMemory<byte> Json(NewEvent e)
    {
        ArrayBufferWriter<byte> json = new();
        using JsonEventWriter writer = new(json);
        writer.Write(new RecordedEvent(long.MaxValue, 0, e));
        return json.WrittenMemory[..^1];
    }
}
