using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ledger.Core.Identity;

namespace Ledger.Host.Adapters.Watching;

/// <summary>The right to say that an account watches a video, for a time: made by the ledger for a player, which cannot change it.</summary>
/// <remarks>
/// In base64url:
/// <code>
/// offset size field
///      0    1 layout, 1
///      1   16 view id
///     17    8 issued, Unix milliseconds
///     25    8 expires, Unix milliseconds
///     33    4 length of the video, seconds
///     37    … account, content: a length byte and UTF-8 each
///     -32  32 HMAC-SHA-256 over everything before
/// </code>
/// Numbers are big-endian.
/// </remarks>
/// <param name="View">Names the view; its event's id follows from it.</param>
/// <param name="IssuedMs">When watching may begin.</param>
/// <param name="ExpiresMs">When it must be over.</param>
/// <param name="LengthSeconds">How long the video is; nobody watches more of it.</param>
/// <param name="Account">Who watches.</param>
/// <param name="Content">What is watched.</param>
internal sealed record ViewToken(EventId View, long IssuedMs, long ExpiresMs, uint LengthSeconds, AccountId Account, ContentId Content)
{
    /// <summary>Longest text of a token.</summary>
    public const int LengthMax = ((HeadBytes + (2 * (1 + IdText.BytesMax)) + HMACSHA256.HashSizeInBytes) * 4 / 3) + 4;

    /// <summary>Bytes of the key.</summary>
    public const int KeyBytes = 32;

    private const byte Layout = 1;
    private const int HeadBytes = 37;

    /// <summary>The token's text.</summary>
    public string Sign(ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[LengthMax];
        bytes[0] = Layout;
        View.WriteTo(bytes[1..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[17..], IssuedMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes[25..], ExpiresMs);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[33..], LengthSeconds);
        int at = Write(bytes, Write(bytes, HeadBytes, Account.Value), Content.Value);
        HMACSHA256.HashData(key, bytes[..at], bytes[at..]);
        return Base64Url.EncodeToString(bytes[..(at + HMACSHA256.HashSizeInBytes)]);
    }

    /// <summary>Reads a token that this key signed; null for anything else. The signature is compared in constant time, before anything is believed.</summary>
    public static ViewToken? Verify(ReadOnlySpan<char> text, ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[LengthMax];
        if (text.Length is 0 or > LengthMax || Base64Url.DecodeFromChars(text, bytes, out _, out int size) != OperationStatus.Done || size < HeadBytes + HMACSHA256.HashSizeInBytes) return null;
        // One token has one text: the decoder would let spare bits and white space pass.
        Span<char> again = stackalloc char[LengthMax + 4];
        if (!Base64Url.TryEncodeToChars(bytes[..size], again, out int length) || !again[..length].SequenceEqual(text)) return null;
        ReadOnlySpan<byte> signed = bytes[..(size - HMACSHA256.HashSizeInBytes)];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[signed.Length..size]) || signed[0] != Layout) return null;
        int at = HeadBytes;
        (AccountId account, ContentId content) = (new AccountId(Read(signed, ref at)), new ContentId(Read(signed, ref at)));
        return new ViewToken(
            EventId.FromBytes(signed[1..17]), BinaryPrimitives.ReadInt64BigEndian(signed[17..]), BinaryPrimitives.ReadInt64BigEndian(signed[25..]),
            BinaryPrimitives.ReadUInt32BigEndian(signed[33..]), account, content);
    }

    private static int Write(Span<byte> bytes, int at, string id)
    {
        int size = Encoding.UTF8.GetBytes(id, bytes[(at + 1)..]);
        bytes[at] = (byte)size;
        return at + 1 + size;
    }

    private static string Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        string id = Encoding.UTF8.GetString(bytes.Slice(at + 1, bytes[at]));
        at += 1 + bytes[at];
        return id;
    }
}
