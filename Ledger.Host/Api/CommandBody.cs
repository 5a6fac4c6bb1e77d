using System.Buffers;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Host.Api.Bodies;
using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Api;

/// <summary>Reads the body of a command strictly: one JSON object, each member once.</summary>
internal static class CommandBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="ApiProblemException"><c>media-type-unsupported</c>, <c>json-malformed</c>, or as <see cref="RequestBodies.BodyAsync"/> and <see cref="StrictJson.Check"/>.</exception>
    public static async Task<JsonElement> ReadAsync(HttpContext context)
    {
        MediaTypes.Require(context, MediaTypes.Json);
        ReadOnlyMemory<byte> body = await context.BodyAsync();
        StrictJson.Check(body.Span);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw Malformed("it is no object");
        }
        catch (JsonException e)
        {
            throw Malformed(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}"));
        }
    }

    /// <summary>The event that a command states: the body's members, those that the address gives, an id, a time and version 1 where the body has none.</summary>
    /// <exception cref="ApiProblemException">A code of specs/events.md.</exception>
    public static SubmittedEvent Event(JsonElement body, EventKind kind, IReadOnlyList<(string Name, string Value)> address, string? id, string occurredAt)
    {
        ArrayBufferWriter<byte> bytes = new(512);
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("kind", EventCatalogue.Name(kind));
            if (!body.TryGetProperty("v", out _)) json.WriteNumber("v", 1);
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
