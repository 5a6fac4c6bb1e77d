using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Events;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Events;

/// <summary>The quick look at a plainly written event finds what a JSON reader finds, or leaves the line to it.</summary>
public sealed class PlainJsonTests
{
    private const int MembersMax = 128;

    [Property(MaxTest = 50)]
    public void What_producers_write_is_plain(ulong seed) => ForEveryLine(seed, (kind, line) =>
    {
        foreach (byte[] text in (byte[][])[line, Spaced(line)])
        {
            // What is escaped or nested is not, nor what is longer than any activity.
            if (text.Length <= 512 && !text.Contains((byte)'\\')) Assert.True(Plain(text) is not null, $"{kind}: {Encoding.UTF8.GetString(text)}");
        }
    });

    [Property(MaxTest = 300)]
    public void A_changed_line_has_the_same_members_for_both_or_is_left_alone(ulong seed, PositiveInt at, byte to, bool spaced, bool cut) => ForEveryLine(seed, (_, line) =>
    {
        byte[] changed = spaced ? Spaced(line) : line;
        foreach (byte with in (byte[])[to, (byte)'"', (byte)',', (byte)'}', (byte)' ', (byte)'0', (byte)'-', (byte)':', (byte)'.', 0x1f])
        {
            byte[] mutant = [.. changed];
            mutant[at.Get % mutant.Length] = with;
            Same(cut ? mutant[..(at.Get % mutant.Length)] : mutant);
        }
    });

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"a"}""")]
    [InlineData("""{"a":}""")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1}}""")]
    [InlineData("""{"a":1} """)]
    [InlineData("""{ "a":1}""")]
    [InlineData("""{"a" :1}""")]
    [InlineData("""{"a":  1}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":-}""")]
    [InlineData("""{"a":1.0}""")]
    [InlineData("""{"a":1e3}""")]
    [InlineData("""{"a":true}""")]
    [InlineData("""{"a":null}""")]
    [InlineData("""{"a":[]}""")]
    [InlineData("""{"a":{"b":1}}""")]
    [InlineData("""{"a":"b\n"}""")]
    [InlineData("{\"a\":\"b\n\"}")]
    [InlineData("""{"a":"b"c}""")]
    [InlineData("""{"a":"b","c}""")]
    public void Anything_else_is_left_alone(string line) => Assert.Null(Plain(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("""{"":""}""", 1)]
    [InlineData("""{"a":0}""", 1)]
    [InlineData("""{"a":-0,"b":"라"}""", 2)]
    [InlineData("""{"a": "x", "b": -12}""", 2)]
    public void Short_objects(string line, int members)
    {
        Assert.Equal(members, Plain(Encoding.UTF8.GetBytes(line))!.Count);
        Same(Encoding.UTF8.GetBytes(line));
    }

    [Fact]
    public void Lines_of_every_length_around_a_vector_border()
    {
        for (int size = 1; size < 600; size++)
        {
            byte[] line = Encoding.UTF8.GetBytes($$"""{"account":"{{new string('x', size)}}","n":7}""");
            Assert.Equal(line.Length <= 512, Plain(line) is not null);
            Same(line);
        }
    }

    [Fact]
    public void More_members_than_there_is_room_for_are_left_alone() =>
        Assert.Equal(-1, PlainJson.Members("""{"a":1,"b":2,"c":3}"""u8, new JsonMember[2]));

    private static void Same(byte[] line)
    {
        if (!System.Text.Unicode.Utf8.IsValid(line) || Plain(line) is not { } plain) return;
        List<(string, string, JsonTokenType)> read = [];
        Utf8JsonReader reader = new(line);
        Assert.True(reader.Read());
        Assert.Equal(JsonTokenType.StartObject, reader.TokenType);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Encoding.UTF8.GetString(reader.ValueSpan);
            reader.Read();
            read.Add((name, Encoding.UTF8.GetString(line[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]), reader.TokenType));
        }

        Assert.False(reader.Read());
        Assert.Equal(read, plain);
    }

    private static List<(string Name, string Value, JsonTokenType Type)>? Plain(byte[] line)
    {
        JsonMember[] members = new JsonMember[MembersMax];
        int count = PlainJson.Members(line, members);
        return count < 0 ? null : [.. members[..count].Select(m => (Text(m.NameStart, m.NameSize), Text(m.ValueStart, m.ValueSize), m.Type))];

        string Text(int start, int size) => Encoding.UTF8.GetString(line.AsSpan(start, size));
    }

    // As Python's json.dumps writes.
    private static byte[] Spaced(byte[] line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return Encoding.UTF8.GetBytes("{" + string.Join(", ", document.RootElement.EnumerateObject().Select(m => $"\"{m.Name}\": {m.Value.GetRawText()}")) + "}");
    }

    private static void ForEveryLine(ulong seed, Action<EventKind, byte[]> check)
    {
        foreach (EventKind kind in EventCatalogue.Kinds)
        {
            NewEvent e = SampleFields.Event(kind, EventCatalogue.Version(kind), seed | 1);
            ArrayBufferWriter<byte> json = new();
            using JsonEventWriter writer = new(json);
            writer.Write(new SubmittedEvent(e.Id, e.OccurredAt, e.Payload));
            check(kind, json.WrittenSpan[..^1].ToArray());
        }
    }
}
