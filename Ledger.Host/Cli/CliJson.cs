using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Core.Validity;

namespace Ledger.Host.Cli;

/// <summary>How answers look with <c>--json</c>: amounts as strings of base units, ratios as decimal strings, days and times as ISO 8601, names in camelCase.</summary>
internal static class CliJson
{
    /// <summary>The forms; the API shares them.</summary>
    internal static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
        Converters =
        {
            new TextConverter<TokenAmount>(a => a.ToString()),
            new TextConverter<Q32>(q => q.ToString()),
            new TextConverter<Day>(d => d.ToString()),
            new TextConverter<UnixMs>(t => t.ToString()),
            new TextConverter<Digest>(d => d.ToString()),
            new TextConverter<EventId>(e => e.ToString()),
            new TextConverter<BasisPoints>(b => b.ToString()),
            new TextConverter<EventKind>(EventCatalogue.Name),
            new TextConverter<Verdict>(v => v.Code()),
        },
    };

    /// <summary>One document, with a line feed behind it.</summary>
    public static string Text(object answer) => JsonSerializer.Serialize(answer, Options) + "\n";

    private sealed class TextConverter<T>(Func<T, string> text) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("answers are only written");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(text(value));

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(text(value));
    }
}
