using System.Text.Json;
using System.Text.Unicode;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>Why a file is no proof.</summary>
/// <param name="Code">Stable, kebab-case; the list is in <c>specs/proofs.md</c>.</param>
/// <param name="Path">Where, as a JSON path from <c>$</c>.</param>
/// <param name="Message">What was expected, for a person.</param>
public sealed record ProofFileError(string Code, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code} at {Path}: {Message}";
}

/// <summary>A file that was read: a proof, or why it is none.</summary>
public readonly record struct ProofReading(Proof? Proof, ProofFileError? Error);

/// <summary>Proofs as JSON: one spelling of every value, so that no change to a file goes unnoticed.</summary>
/// <remarks>
/// White space between tokens and the way a text is escaped are free; names, their order, numbers, hexadecimal and Base64 are exactly as
/// <see cref="Write"/> gives them.
/// </remarks>
public static class ProofFile
{
    /// <summary>Larger files are refused unread.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    private const int DepthMax = 8;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = DepthMax, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    /// <summary>The file of a proof: indented UTF-8 that ends with a line feed.</summary>
    public static byte[] Write(Proof proof) => ProofJsonWriter.Write(proof);

    /// <summary>Reads a proof. That it can be read says nothing of whether it holds: see <see cref="ProofVerifier"/>.</summary>
    public static ProofReading Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > BytesMax) return Refused("too-large", $"{utf8.Length} bytes; at most {BytesMax}");
        if (!Utf8.IsValid(utf8.Span)) return Refused("invalid-utf8", "the file is not UTF-8");
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Strict);
            Proof proof = ProofJsonReader.Read(document.RootElement);
            return FirstDifference(Write(proof), utf8.Span) is { } offset
                ? Refused("not-canonical", $"byte {offset} begins a name or value that is not written in the one way it can be written")
                : new ProofReading(proof, null);
        }
        catch (JsonException e)
        {
            return Refused("not-json", $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} is not well-formed JSON");
        }
        catch (ProofFormatException e)
        {
            return new ProofReading(null, e.Error);
        }
    }

    private static ProofReading Refused(string code, string message) => new(null, new ProofFileError(code, "$", message));

    /// <summary>Where <paramref name="found"/> has another token than <paramref name="canonical"/>; null when it never has.</summary>
    private static long? FirstDifference(ReadOnlySpan<byte> canonical, ReadOnlySpan<byte> found)
    {
        Utf8JsonReader expected = new(canonical), actual = new(found);
        while (expected.Read())
        {
            bool same = actual.Read() && actual.TokenType == expected.TokenType;
            if (same && expected.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) same = actual.ValueTextEquals(expected.GetString());
            else if (same) same = actual.ValueSpan.SequenceEqual(expected.ValueSpan);
            if (!same) return actual.TokenStartIndex;
        }

        return null;
    }
}
