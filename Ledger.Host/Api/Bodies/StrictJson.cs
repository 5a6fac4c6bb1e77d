using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Host.Api.Bodies;

/// <summary>JSON without what parsers disagree on: one meaning or none.</summary>
internal static class StrictJson
{
    private const int DepthMax = 8;

    /// <summary>A number of more digits is no quantity here, and costs time to read.</summary>
    private const int NumberBytesMax = 78;

    private static readonly JsonReaderOptions Reading = new() { MaxDepth = DepthMax, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    /// <summary>For reading what clients send: no member twice, none unknown, none missing, no nulls where none is expected.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        MaxDepth = DepthMax,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Refuses what the deserializer lets through: U+0000 in a text and endless numbers.</summary>
    /// <exception cref="ApiProblemException"><c>json-malformed</c>, <c>json-too-deep</c>, <c>text-nul</c>, <c>text-lone-surrogate</c> or <c>number-too-long</c>.</exception>
    public static void Check(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, Reading);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length > NumberBytesMax)
                    throw new ApiProblemException(Problems.Malformed("number-too-long", $"a number of {reader.ValueSpan.Length} characters; at most {NumberBytesMax}"));
                if (reader.ValueIsEscaped && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.GetString()!.Contains('\0'))
                    throw new ApiProblemException(Problems.Malformed("text-nul", "U+0000 is in no text"));
            }
        }
        catch (JsonException e)
        {
            throw new ApiProblemException(Problems.Malformed(reader.CurrentDepth >= DepthMax ? "json-too-deep" : "json-malformed", $"no JSON of at most {DepthMax} levels (line {e.LineNumber + 1}, byte {e.BytePositionInLine})"));
        }
        catch (InvalidOperationException)
        {
            throw new ApiProblemException(Problems.Malformed("text-lone-surrogate", "half of a surrogate pair is no character"));
        }
    }
}
