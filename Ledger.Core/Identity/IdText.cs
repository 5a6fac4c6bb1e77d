using System.Text;

namespace Ledger.Core.Identity;

/// <summary>The one rule for the text of every identifier: 1 to 64 bytes of well-formed UTF-8 without control characters.</summary>
/// <remarks>
/// Identifiers are opaque: they are compared and ordered by their UTF-8 bytes, never by culture, and never normalised,
/// because two producers that disagree on normalisation must not be merged silently.
/// </remarks>
public static class IdText
{
    /// <summary>Largest identifier, in UTF-8 bytes.</summary>
    public const int BytesMax = 64;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Says why <paramref name="text"/> is not an identifier, as a stable code, or null when it is one.</summary>
    public static string? Fault(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "id-empty";
        if (text.Length > BytesMax) return "id-too-long";
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return null; // nearly all of them
        foreach (char c in text)
        {
            if (c < ' ' || c == '\u007f') return "id-control-character";
        }

        try
        {
            return Strict.GetByteCount(text) > BytesMax ? "id-too-long" : null;
        }
        catch (EncoderFallbackException)
        {
            return "id-not-utf8";
        }
    }

    /// <summary>Returns <paramref name="text"/> when it is an identifier.</summary>
    /// <exception cref="FormatException">It is not; the message carries the code of <see cref="Fault"/>.</exception>
    public static string Require(string? text) =>
        Fault(text) is { } fault ? throw new FormatException($"{fault}: an id is 1 to {BytesMax} bytes of UTF-8 without control characters") : text!;
}
