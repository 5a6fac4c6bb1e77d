using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Host.Adapters.Files;

/// <summary>A mapping as it is written (specs/import.md); <see cref="ImportMapping"/> is what it means once checked.</summary>
internal sealed record MappingFile
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        MaxDepth = 8,
    };

    public required string Source { get; init; }

    public required FileFormat Format { get; init; }

    public required string[] Columns { get; init; }

    public required TimeColumn Time { get; init; }

    public Condition[] Skip { get; init; } = [];

    public ValueRule[] Values { get; init; } = [];

    public required EventRule[] Events { get; init; }

    public static MappingFile Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<MappingFile>(json, Strict) ?? throw new MappingException("$", "a mapping is a JSON object");
        }
        catch (JsonException e)
        {
            throw new MappingException(e.Path ?? "$", e.InnerException?.Message ?? e.Message);
        }
    }
}

/// <summary>How a file holds its rows.</summary>
public enum FileFormat
{
    /// <summary>Tab separated, a header line, no quoting.</summary>
    Tsv,

    /// <summary>Comma separated (RFC 4180 within a line), a header line.</summary>
    Csv,

    /// <summary>A flat JSON object a line.</summary>
    Ndjson,
}

internal enum TimeForm
{
    UnixMs,
    UnixS,
    Rfc3339,
}

internal enum Rounding
{
    Down,
    Up,
}

/// <summary>The column that tells when.</summary>
internal sealed record TimeColumn(string Column, TimeForm Form);

/// <summary>Holds when the column's text is one of these, or none of those.</summary>
internal sealed record Condition
{
    public required string Column { get; init; }

    public string[]? In { get; init; }

    public string[]? NotIn { get; init; }
}

/// <summary>A named value made of columns and earlier values by exactly one of its operators.</summary>
internal sealed record ValueRule
{
    public required string Name { get; init; }

    /// <summary>Operator: a template.</summary>
    public string? Text { get; init; }

    /// <summary>Operator: a template, shortened to an identifier's 64 bytes when it is longer.</summary>
    public string? Id { get; init; }

    /// <summary>Operator: 56 bits of a hash of a template, as a number.</summary>
    public string? DigestOf { get; init; }

    /// <summary>Operator: a number from 0 to <see cref="Buckets"/> − 1 by a hash of a template.</summary>
    public string? BucketOf { get; init; }

    public uint? Buckets { get; init; }

    /// <summary>Operator: a whole number, times and over these, rounded, and held within bounds.</summary>
    public string? Number { get; init; }

    public ulong? Multiply { get; init; }

    public ulong? Divide { get; init; }

    public Rounding? Round { get; init; }

    public ulong? Min { get; init; }

    public ulong? Max { get; init; }
}

/// <summary>An event that a row states, or states once for all rows.</summary>
internal sealed record EventRule
{
    public required string Kind { get; init; }

    public string? Key { get; init; }

    public string? Once { get; init; }

    public Condition[] When { get; init; } = [];

    public required Dictionary<string, string> Fields { get; init; }
}

/// <summary>A mapping file is wrong; the path says where.</summary>
public sealed class MappingException : FormatException
{
    public MappingException()
    {
    }

    public MappingException(string message)
        : base(message)
    {
    }

    public MappingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="path">JSON path of the fault.</param>
    /// <param name="detail">What is wrong there.</param>
    public MappingException(string path, string detail)
        : base($"mapping-invalid: {path}: {detail}") => Path = path;

    /// <summary>JSON path of the fault.</summary>
    public string Path { get; } = "$";
}
