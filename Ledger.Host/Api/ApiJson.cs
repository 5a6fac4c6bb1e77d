using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Host.Cli;

namespace Ledger.Host.Api;

/// <summary>How the API writes JSON: the same forms as the command line's <c>--json</c>, without white space.</summary>
internal static class ApiJson
{
    /// <summary>For everything that is answered.</summary>
    public static JsonSerializerOptions Answers { get; } = new(CliJson.Options) { WriteIndented = false };

    /// <summary>Gives the framework's own writing the same forms.</summary>
    public static void CopyTo(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = Answers.PropertyNamingPolicy;
        options.Encoder = Answers.Encoder;
        foreach (JsonConverter converter in Answers.Converters) options.Converters.Add(converter);
    }
}
