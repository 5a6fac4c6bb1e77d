using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Host.Security;

/// <summary>Signatures of the Standard Webhooks scheme, version 1: HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
internal static class WebhookSignature
{
    public const string SecretPrefix = "whsec_";

    /// <summary>How far a signed time may be from the clock, either way.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Version = "v1,";
    private const int TokensMax = 16;
    private const int HeaderLengthMax = 2_048;

    /// <summary>Makes a secret of 256 bits.</summary>
    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(32);

    /// <summary>A secret as people hand it on.</summary>
    public static string Text(byte[] secret) => SecretPrefix + Convert.ToBase64String(secret);

    /// <summary>Reads a secret, with or without its prefix and padding.</summary>
    public static bool TryParseSecret(string text, [NotNullWhen(true)] out byte[]? secret)
    {
        string base64 = (text.StartsWith(SecretPrefix, StringComparison.Ordinal) ? text[SecretPrefix.Length..] : text).TrimEnd('=');
        byte[] bytes = new byte[base64.Length];
        bool isBase64 = Convert.TryFromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='), bytes, out int size);
        secret = isBase64 && size > 0 ? bytes[..size] : null;
        return secret is not null;
    }

    /// <summary>The signature's header value.</summary>
    public static string Sign(byte[] secret, string id, string timestamp, ReadOnlySpan<byte> body) => Version + Convert.ToBase64String(Mac(secret, id, timestamp, body));

    /// <summary>Whether one of the header's signatures is made with one of the secrets, over exactly this, about now.</summary>
    public static bool Verify(IReadOnlyList<byte[]> secrets, string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signatures) || signatures.Length > HeaderLengthMax) return false;
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || timestamp != seconds.ToString(CultureInfo.InvariantCulture)) return false;
        if (Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) > (decimal)Tolerance.TotalSeconds) return false;
        string[] tokens = signatures.Split(' ', TokensMax + 1);
        if (tokens.Length > TokensMax) return false;

        // Texts are compared, not what they decode to: Base64 has several texts for the same bytes. Every pair is compared, whatever was found.
        bool isSigned = false;
        foreach (byte[] secret in secrets)
        {
            byte[] expected = Encoding.ASCII.GetBytes(Sign(secret, id, timestamp, body));
            foreach (string token in tokens) isSigned |= CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(token));
        }

        return isSigned;
    }

    private static byte[] Mac(byte[] secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using IncrementalHash hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
