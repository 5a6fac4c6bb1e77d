using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Adapters.Chat;

/// <summary>Lines that the server sends, encoded once for all who get them: UTF-8 JSON and a line feed.</summary>
internal static class ChatFrame
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Ping { get; } = Encode(json => json.WriteString("on", "ping"));

    public static byte[] Welcome(AccountId account, UnixMs expires) => Encode(json =>
    {
        json.WriteString("on", "welcome");
        json.WriteString("account", account.Value);
        json.WriteString("expires", expires.ToString());
    });

    /// <param name="room">Which room.</param>
    /// <param name="last">The last message before the first one that this connection is sent; 0 when there is none.</param>
    public static byte[] Joined(string room, long last) => Encode(json =>
    {
        json.WriteString("on", "joined");
        json.WriteString("room", room);
        json.WriteNumber("last", last);
    });

    public static byte[] Left(string room) => Encode(json =>
    {
        json.WriteString("on", "left");
        json.WriteString("room", room);
    });

    /// <summary>The acknowledgement: the message is durable, or was before.</summary>
    public static byte[] Said(string room, string id, long? number, EventId e, IntakeOutcome outcome) => Encode(json =>
    {
        json.WriteString("on", "said");
        json.WriteString("room", room);
        json.WriteString("id", id);
        if (number is { } n) json.WriteNumber("number", n);
        json.WriteString("event", e.ToString());
        json.WriteString("status", outcome.Status switch { IntakeStatus.Accepted => "accepted", IntakeStatus.CarriedForward => "carried-forward", _ => "duplicate" });
        if (outcome.Position >= 0) json.WriteNumber("position", outcome.Position);
    });

    public static byte[] Message(ChatMessage message) => Encode(json =>
    {
        json.WriteString("on", "message");
        Write(json, message);
    });

    public static byte[] History(string room, IReadOnlyList<ChatMessage> page, bool hasMore) => Encode(json =>
    {
        json.WriteString("on", "history");
        json.WriteString("room", room);
        json.WriteStartArray("messages");
        foreach (ChatMessage message in page)
        {
            json.WriteStartObject();
            Write(json, message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (hasMore) json.WriteNumber("next", page[^1].Number);
    });

    public static byte[] Removed(string room, long number) => Encode(json =>
    {
        json.WriteString("on", "removed");
        json.WriteString("room", room);
        json.WriteNumber("number", number);
    });

    public static byte[] Muted(string room, string account, UnixMs until) => Encode(json =>
    {
        json.WriteString("on", "muted");
        json.WriteString("room", room);
        json.WriteString("account", account);
        json.WriteString("until", until.ToString());
    });

    public static byte[] Unmuted(string room, string account) => Encode(json =>
    {
        json.WriteString("on", "unmuted");
        json.WriteString("room", room);
        json.WriteString("account", account);
    });

    /// <param name="fault">Why.</param>
    /// <param name="id">The message that was not taken, if it was one.</param>
    /// <param name="ends">Whether the connection ends with this line.</param>
    public static byte[] Error(ChatFault fault, string? id = null, bool ends = false) => Encode(json =>
    {
        json.WriteString("on", ends ? "end" : "error");
        json.WriteString("code", fault.Code);
        json.WriteString("detail", fault.Detail);
        if (id is not null) json.WriteString("id", id);
    });

    private static void Write(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteString("room", message.Room);
        json.WriteNumber("number", message.Number);
        json.WriteString("account", message.Account);
        json.WriteString("at", message.At.ToString());
        if (message.Text is { } text) json.WriteString("text", text);
        else json.WriteBoolean("removed", true);
    }

    private static byte[] Encode(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> bytes = new(256);
        using (Utf8JsonWriter json = new(bytes, Writing))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        bytes.GetSpan(1)[0] = (byte)'\n';
        bytes.Advance(1);
        return bytes.WrittenSpan.ToArray();
    }
}

/// <summary>A message of a room.</summary>
/// <param name="Number">Its place: messages of a room are in the order of their numbers, which are not without gaps.</param>
/// <param name="Room">The space.</param>
/// <param name="Account">Who said it.</param>
/// <param name="At">When the server got it.</param>
/// <param name="Text">What was said; null when it was removed.</param>
internal sealed record ChatMessage(long Number, string Room, string Account, UnixMs At, string? Text);
