using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ledger.Core.Merkle;

namespace Ledger.Core.Rulesets;

/// <summary>The JSON form of a ruleset: read strictly, written canonically, named by its hash.</summary>
/// <remarks>
/// Canonical means RFC 8785: no white space, fields in byte order of their names, plain integers; ratios and amounts are decimal strings.
/// So any JSON canonicalizer reproduces the bytes, and SHA-256 of them is the hash.
/// </remarks>
public static class RulesetDocument
{
    /// <summary>Larger documents are refused unread.</summary>
    public const int BytesMax = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    /// <summary>Reads a document. The ruleset is there exactly when the list of errors is empty.</summary>
    public static (Ruleset? Ruleset, IReadOnlyList<RulesetError> Errors) Parse(ReadOnlyMemory<byte> utf8)
    {
        if (Unreadable(utf8.Span) is { } reason) return (null, [new RulesetError("not-json", "$", reason)]);
        List<RulesetError> errors = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Strict);
            Ruleset ruleset = new RulesetReader(errors).Read(document.RootElement);
            if (errors.Count == 0) errors.AddRange(RulesetChecks.Find(ruleset));
            return (errors.Count == 0 ? ruleset : null, errors);
        }
        catch (JsonException e)
        {
            return (null, [new RulesetError("not-json", "$", $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} is not well-formed JSON")]);
        }
    }

    /// <summary>The canonical document.</summary>
    public static byte[] Canonical(Ruleset ruleset)
    {
        StringBuilder json = new(4096);
        Write(RulesetLister.List(ruleset), json);
        return Encoding.ASCII.GetBytes(json.ToString());
    }

    /// <summary>SHA-256 of a document's bytes: the name of a ruleset when the bytes are canonical.</summary>
    public static Digest HashOf(ReadOnlySpan<byte> document)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(document, hash);
        return Digest.FromBytes(hash);
    }

    private static string? Unreadable(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > BytesMax) return $"{utf8.Length} bytes; at most {BytesMax}";
        if (!Utf8.IsValid(utf8)) return "invalid UTF-8";
        return utf8.Contains((byte)'\\') ? "a backslash: no text of a ruleset needs an escape" : null;
    }

    private static void Write(SortedDictionary<string, object> fields, StringBuilder json)
    {
        char separator = '{';
        foreach ((string name, object value) in fields)
        {
            json.Append(separator).Append('"').Append(name).Append("\":");
            if (value is SortedDictionary<string, object> section) Write(section, json);
            else json.Append((string)value);
            separator = ',';
        }

        json.Append('}');
    }
}
