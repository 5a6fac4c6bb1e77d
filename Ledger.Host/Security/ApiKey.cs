using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Host.Security;

/// <summary>A secret that names its holder: <c>welk_ID_SECRETCHECK</c>, lower-case Crockford Base32.</summary>
/// <remarks>
/// ID is 8 characters and no secret: lists and logs name a key by it. SECRET is 32 characters, 160 random bits. CHECK is 7 characters, the
/// CRC-32 of everything before it, so that a mistyped key is told from a wrong one without asking the store and leaks can be searched for.
/// </remarks>
internal sealed record ApiKey
{
    public const string Prefix = "welk_";

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int IdLength = 8;
    private const int SecretLength = 32;
    private const int CheckLength = 7;
    private const int Length = 5 + IdLength + 1 + SecretLength + CheckLength;

    private ApiKey(string text) => Text = text;

    /// <summary>The whole key: shown once, never stored.</summary>
    public string Text { get; }

    /// <summary>The public part.</summary>
    public string Id => Text.Substring(Prefix.Length, IdLength);

    /// <summary>Makes a public part.</summary>
    public static string NewId() => RandomNumberGenerator.GetString(Alphabet, IdLength);

    /// <summary>Makes a new key.</summary>
    public static ApiKey Generate()
    {
        string body = $"{Prefix}{NewId()}_{RandomNumberGenerator.GetString(Alphabet, SecretLength)}";
        return new ApiKey(body + Check(body));
    }

    /// <summary>Reads a key; false when it has not the form of one. Says nothing of whether anybody knows it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ApiKey? key)
    {
        key = null;
        if (text.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_') return false;
        string body = text[..^CheckLength].ToString();
        if (body.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet + "_") || !text[^CheckLength..].SequenceEqual(Check(body))) return false;
        key = new ApiKey(text.ToString());
        return true;
    }

    /// <summary>SHA-256 of the key: what is stored. A secret of 160 random bits needs no slow hash.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>Only the public part: a key must not get into a log.</summary>
    public override string ToString() => $"{Prefix}{Id}_…";

    private static string Check(string body)
    {
        uint crc = Crc32.HashToUInt32(Encoding.ASCII.GetBytes(body));
        return string.Create(CheckLength, crc, static (chars, value) =>
        {
            for (int i = chars.Length - 1; i >= 0; i--, value >>= 5) chars[i] = Alphabet[(int)(value & 31)];
        });
    }
}
