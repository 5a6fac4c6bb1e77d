using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Host.Security;

/// <summary>Signs short statements that are handed out and come back: tokens, links, cookies. Nothing is stored for them.</summary>
/// <remarks>
/// A token is Base64url of the body and HMAC-SHA256 over the purpose, U+001F and the body. The purpose keeps a token of one use from being one of
/// another under the same key. Signatures are compared in constant time, and a token has one text: other texts of the same bytes are refused.
/// </remarks>
internal sealed class TokenSigner
{
    /// <summary>Size of a key.</summary>
    public const int KeyBytes = 32;

    /// <summary>Longest text worth reading.</summary>
    public const int TextLengthMax = 512;

    private readonly byte[] _key;
    private readonly byte[] _purpose;
    private readonly int _macBytes;

    /// <param name="key">The secret, <see cref="KeyBytes"/> bytes.</param>
    /// <param name="purpose">What the tokens are for.</param>
    /// <param name="macBytes">Bytes of the signature that are kept, 16 to 32: fewer make shorter texts.</param>
    public TokenSigner(byte[] key, string purpose, int macBytes = HMACSHA256.HashSizeInBytes)
    {
        if (key.Length != KeyBytes) throw new ArgumentException($"a key has {KeyBytes} bytes", nameof(key));
        ArgumentOutOfRangeException.ThrowIfLessThan(macBytes, 16);
        (_key, _purpose, _macBytes) = (key, Encoding.UTF8.GetBytes($"{purpose}\u001f"), macBytes);
    }

    /// <summary>Makes a key.</summary>
    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <summary>The token of a body.</summary>
    public string Sign(ReadOnlySpan<byte> body) => Base64Url.EncodeToString([.. body, .. Mac(body)]);

    /// <summary>Reads a token's body; false when it is none of this purpose and key.</summary>
    public bool TryRead(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? body)
    {
        body = null;
        if (text.IsEmpty || text.Length > TextLengthMax || !Base64Url.IsValid(text)) return false;
        byte[] bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length < _macBytes || !text.SequenceEqual(Base64Url.EncodeToString(bytes))) return false;
        byte[] signed = bytes[..^_macBytes];
        if (!CryptographicOperations.FixedTimeEquals(Mac(signed), bytes.AsSpan(signed.Length))) return false;
        body = signed;
        return true;
    }

    private byte[] Mac(ReadOnlySpan<byte> body)
    {
        using IncrementalHash hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(_purpose);
        hmac.AppendData(body);
        return hmac.GetHashAndReset()[.._macBytes];
    }
}
