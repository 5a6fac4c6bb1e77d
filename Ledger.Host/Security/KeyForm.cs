using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Host.Security;

/// <summary>The form of secrets that name their holder: <c>PREFIX_ID_SECRETCHECK</c>, lower-case Crockford Base32.</summary>
/// <remarks>
/// ID is 8 characters and no secret: lists and logs name a key by it. SECRET is 32 characters, 160 random bits. CHECK is 7 characters, the
/// CRC-32 of everything before it, so that a mistyped key is told from a wrong one without asking the store and leaks can be searched for.
/// </remarks>
/// <param name="prefix">Tells what it is; ends with <c>_</c>.</param>
internal sealed class KeyForm(string prefix)
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int IdLength = 8;
    private const int SecretLength = 32;
    private const int CheckLength = 7;

    /// <summary>Makes a public part.</summary>
    public static string NewId() => RandomNumberGenerator.GetString(Alphabet, IdLength);

    /// <summary>SHA-256 of a key: what is stored. A secret of 160 random bits needs no slow hash.</summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.ASCII.GetBytes(text));

    /// <summary>Makes a new key.</summary>
    public string Generate()
    {
        string body = $"{prefix}{NewId()}_{RandomNumberGenerator.GetString(Alphabet, SecretLength)}";
        return body + Check(body);
    }

    /// <summary>Whether a text has the form. Says nothing of whether anybody knows it.</summary>
    public bool IsKey(ReadOnlySpan<char> text) =>
        text.Length == prefix.Length + IdLength + 1 + SecretLength + CheckLength
        && text.StartsWith(prefix, StringComparison.Ordinal) && text[prefix.Length + IdLength] == '_'
        && !text[prefix.Length..^CheckLength].ContainsAnyExcept(Alphabet + "_")
        && text[^CheckLength..].SequenceEqual(Check(text[..^CheckLength]));

    /// <summary>The public part of a key.</summary>
    public string Id(string text) => text.Substring(prefix.Length, IdLength);

    /// <summary>What may be told of a key: a key must not get into a log.</summary>
    public string Told(string text) => $"{prefix}{Id(text)}_…";

    /// <summary>The last part, of what comes before it.</summary>
    internal static string Check(ReadOnlySpan<char> body)
    {
        Span<byte> ascii = stackalloc byte[body.Length];
        Encoding.ASCII.GetBytes(body, ascii);
        return string.Create(CheckLength, Crc32.HashToUInt32(ascii), static (chars, value) =>
        {
            for (int i = chars.Length - 1; i >= 0; i--, value >>= 5) chars[i] = Alphabet[(int)(value & 31)];
        });
    }
}
