using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>Where a log holds, or held, an event: the <c>log</c> member of an exported line.</summary>
/// <param name="Position">Its place in the total order.</param>
/// <param name="Revision">Its place in its stream.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="RecordedAt">When that log accepted it.</param>
/// <param name="Window">The window it counts in there.</param>
public sealed record LogPlace(long Position, long Revision, StreamName Stream, UnixMs RecordedAt, Day Window);

/// <summary>One line of the NDJSON event format: the event, and its place in the log it was exported from, if it was.</summary>
public readonly record struct JsonEvent(SubmittedEvent Event, LogPlace? Log);

/// <summary>The limits of the NDJSON event format (specs/events.md).</summary>
public static class JsonEvents
{
    /// <summary>Longest line, in bytes without the line feed: the largest field (1 MiB) in Base64 with room for the rest.</summary>
    public const int LineBytesMax = 1_500_000;
}

/// <summary>Reads events, a JSON object each. Not for several threads at once.</summary>
public sealed class JsonEventReader
{
    private static readonly Dictionary<string, EventKind>.AlternateLookup<ReadOnlySpan<char>> Kinds =
        EventCatalogue.Kinds.ToDictionary(EventCatalogue.Name, k => k, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly JsonMembers _members = new();
    private readonly JsonFieldReader _fields;
    private readonly JsonMembers _logMembers = new();
    private readonly JsonFieldReader _logFields;
    private readonly JsonMember[] _plain = new JsonMember[PlainActivityReader.MembersMax];

    public JsonEventReader()
    {
        _fields = new JsonFieldReader(_members);
        _logFields = new JsonFieldReader(_logMembers);
    }

    /// <summary>Reads one event.</summary>
    /// <exception cref="EventFormatException">The bytes are no event; code and field say why.</exception>
    public JsonEvent Read(ReadOnlyMemory<byte> json)
    {
        if (json.Length > JsonEvents.LineBytesMax) throw new EventFormatException("line-too-long", null, $"{json.Length} bytes; at most {JsonEvents.LineBytesMax}");
        _members.Load(json);
        EventId id = _fields.Event("id");
        EventKind kind = ReadKind();
        byte version = _fields.Byte("v");
        UnixMs occurredAt = _fields.Instant("occurredAt");
        EventPayload payload = EventCatalogue.Read(kind, version, _fields);
        LogPlace? log = _members.Has("log") ? ReadLog() : null;
        _members.RequireAllTaken();
        return new JsonEvent(new SubmittedEvent(id, occurredAt, payload), log);
    }

    /// <summary>Reads one event as <see cref="Read"/> does; activity that is written plainly stays in <paramref name="json"/>, which must not change while the event is in use.</summary>
    /// <exception cref="EventFormatException">As with <see cref="Read"/>.</exception>
    public SubmittedEvent ReadInPlace(ReadOnlyMemory<byte> json) =>
        PlainJson.Members(json.Span, _plain) is > 0 and var count && PlainActivityReader.TryRead(json, _plain.AsSpan(0, count), out SubmittedEvent e) ? e : Read(json).Event;

    private EventKind ReadKind()
    {
        Span<char> chars = stackalloc char[64];
        ReadOnlySpan<char> name = _fields.ShortText("kind", chars);
        return Kinds.TryGetValue(name, out EventKind kind)
            ? kind
            : throw new EventFormatException("unknown-kind", "kind", $"'{name}' is not in this build's catalogue");
    }

    private LogPlace ReadLog()
    {
        ReadOnlyMemory<byte> json = _members.Take("log", out JsonTokenType type);
        if (type != JsonTokenType.StartObject) throw new EventFormatException("wrong-type", "log", $"a JSON object is expected, not {type}");
        _logMembers.Load(json);
        LogPlace place = new(
            NotNegative("position"),
            NotNegative("revision"),
            ReadStream(),
            _logFields.Instant("recordedAt"),
            _logFields.Day("window"));
        _logMembers.RequireAllTaken();
        return place;
    }

    private long NotNegative(string name) => _logFields.Int64(name) is var value and >= 0
        ? value
        : throw new EventFormatException("out-of-range", name, "not below zero");

    private StreamName ReadStream()
    {
        string text = _logFields.Text("stream");
        return text.Length is > 0 and <= 80 ? StreamName.Parse(text) : throw new EventFormatException("stream-malformed", "stream", "1 to 80 characters");
    }
}

/// <summary>Writes events, a line each. Not for several threads at once.</summary>
public sealed class JsonEventWriter : IDisposable
{
    // Every character but quotes, backslashes and controls stays as it is: the output is a file for people and parsers, never a piece of HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly IBufferWriter<byte> _output;
    private readonly Utf8JsonWriter _json;
    private readonly JsonFieldWriter _fields;

    public JsonEventWriter(IBufferWriter<byte> output)
    {
        _output = output;
        _json = new Utf8JsonWriter(output, Options);
        _fields = new JsonFieldWriter(_json);
    }

    /// <summary>Writes an event as a producer submits it, and a line feed.</summary>
    public void Write(SubmittedEvent e)
    {
        WriteEvent(e);
        EndLine();
    }

    /// <summary>Writes an event with its place in the log, and a line feed.</summary>
    public void Write(RecordedEvent recorded)
    {
        NewEvent e = recorded.Event;
        WriteEvent(new SubmittedEvent(e.Id, e.OccurredAt, e.Payload));
        _json.WriteStartObject("log");
        _json.WriteNumber("position", recorded.Position);
        _json.WriteNumber("revision", recorded.Revision);
        _json.WriteString("stream", e.Stream.Value);
        _json.WriteString("recordedAt", e.RecordedAt.ToString());
        _json.WriteString("window", e.Window.ToString());
        _json.WriteEndObject();
        EndLine();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteEvent(SubmittedEvent e)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("id", e.Id.ToString());
        _json.WriteString("kind", EventCatalogue.Name(e.Payload.Kind));
        _json.WriteNumber("v", (uint)e.Payload.Version);
        _json.WriteString("occurredAt", e.OccurredAt.ToString());
        e.Payload.Write(_fields);
    }

    private void EndLine()
    {
        _json.WriteEndObject();
        _json.Flush();
        _output.Write("\n"u8);
    }
}
