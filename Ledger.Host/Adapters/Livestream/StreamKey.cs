using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>A secret that a broadcaster's software sends: <c>wesk_ID_SECRET</c>, lower-case Crockford Base32; ID names it in lists and is no secret, SECRET is 160 random bits.</summary>
internal sealed record StreamKey
{
    private const string Prefix = "wesk_";
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int IdLength = 8;
    private const int SecretLength = 32;
    private const int Length = 5 + IdLength + 1 + SecretLength;

    private StreamKey(string text) => Text = text;

    /// <summary>The whole key: shown once, never stored.</summary>
    public string Text { get; }

    /// <summary>The public part.</summary>
    public string Id => Text.Substring(Prefix.Length, IdLength);

    public static StreamKey Generate() => new($"{Prefix}{RandomNumberGenerator.GetString(Alphabet, IdLength)}_{RandomNumberGenerator.GetString(Alphabet, SecretLength)}");

    /// <summary>Reads a key; false when it has not the form of one. Says nothing of whether anybody knows it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out StreamKey? key)
    {
        bool isKey = text is not null && text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text[Prefix.Length + IdLength] == '_'
            && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet + "_");
        key = isKey ? new StreamKey(text!) : null;
        return isKey;
    }

    /// <summary>SHA-256 of the key: what is stored. A secret of 160 random bits needs no slow hash.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>Only the public part: a key must not get into a log.</summary>
    public override string ToString() => $"{Prefix}{Id}_…";
}
