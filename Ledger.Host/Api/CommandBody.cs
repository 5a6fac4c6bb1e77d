using System.Buffers;
using System.Text.Json;
using Ledger.Core.Events;
using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Api;

/// <summary>Reads the body of a command strictly: one JSON object, each member once.</summary>
internal static class CommandBody
{
    /// <summary>Bytes of a command at most; a ruleset has up to 64 KiB.</summary>
    public const int BytesMax = 128 << 10;

    private const int DepthMax = 12;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = DepthMax, AllowDuplicateProperties = false };

    /// <exception cref="ApiProblemException"><c>body-too-large</c> or <c>json-malformed</c>.</exception>
    public static async Task<JsonElement> ReadAsync(HttpContext context)
    {
        ArrayBufferWriter<byte> bytes = new(1024);
        for (int read = -1; read != 0;)
        {
            read = await context.Request.Body.ReadAsync(bytes.GetMemory(1024), context.RequestAborted);
            bytes.Advance(read);
            if (bytes.WrittenCount > BytesMax) throw new ApiProblemException(Problems.BodyTooLarge(BytesMax));
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes.WrittenMemory, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw Malformed("it is no object");
        }
        catch (JsonException e)
        {
            throw Malformed(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}"));
        }
    }

    /// <summary>The event that a command states: the body's members, those that the address gives, an id and a time where the body has none.</summary>
    /// <exception cref="ApiProblemException">A code of specs/events.md.</exception>
    public static SubmittedEvent Event(JsonElement body, EventKind kind, IReadOnlyList<(string Name, string Value)> address, string? id, string occurredAt)
    {
        ArrayBufferWriter<byte> bytes = new(512);
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("kind", EventCatalogue.Name(kind));
            json.WriteNumber("v", 1);
            foreach ((string name, string value) in address) json.WriteString(name, value);
            if (id is not null) json.WriteString("id", id);
            if (!body.TryGetProperty("occurredAt", out _)) json.WriteString("occurredAt", occurredAt);
            foreach (JsonProperty member in body.EnumerateObject()) member.WriteTo(json);
            json.WriteEndObject();
        }

        try
        {
            return new JsonEventReader().Read(bytes.WrittenMemory).Event;
        }
        catch (EventFormatException e)
        {
            throw new ApiProblemException(Problems.Malformed(e.Code, e.Message));
        }
    }

    private static ApiProblemException Malformed(string found) => new(Problems.Malformed("json-malformed", $"the body is no JSON object with each member once ({found})"));
}
