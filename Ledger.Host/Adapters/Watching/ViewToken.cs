using System.Buffers.Binary;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Host.Security;

namespace Ledger.Host.Adapters.Watching;

/// <summary>The right to say that an account watches a video, for a time: made by the ledger for a player, which cannot change it.</summary>
/// <remarks>
/// A token of <see cref="TokenSigner"/> with this body:
/// <code>
/// offset size field
///      0    1 layout, 1
///      1   16 view id
///     17    8 issued, Unix milliseconds
///     25    8 expires, Unix milliseconds
///     33    4 length of the video, seconds
///     37    … account, content: a length byte and UTF-8 each
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
    private const byte Layout = 1;
    private const int HeadBytes = 37;
    private const int BodyBytesMax = HeadBytes + (2 * (1 + IdText.BytesMax));

    /// <summary>What signs view tokens with a key.</summary>
    public static TokenSigner Signer(byte[] key) => new(key, "weledger-view");

    /// <summary>The token's text.</summary>
    public string Sign(TokenSigner signer)
    {
        Span<byte> bytes = stackalloc byte[BodyBytesMax];
        bytes[0] = Layout;
        View.WriteTo(bytes[1..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[17..], IssuedMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes[25..], ExpiresMs);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[33..], LengthSeconds);
        return signer.Sign(bytes[..Write(bytes, Write(bytes, HeadBytes, Account.Value), Content.Value)]);
    }

    /// <summary>Reads a token; null for anything that was not signed as one. Nothing is believed before the signature.</summary>
    public static ViewToken? Verify(ReadOnlySpan<char> text, TokenSigner signer)
    {
        if (!signer.TryRead(text, out byte[]? body) || body[0] != Layout) return null;
        ReadOnlySpan<byte> bytes = body;
        int at = HeadBytes;
        (AccountId account, ContentId content) = (new AccountId(Read(bytes, ref at)), new ContentId(Read(bytes, ref at)));
        return new ViewToken(
            EventId.FromBytes(bytes[1..17]), BinaryPrimitives.ReadInt64BigEndian(bytes[17..]), BinaryPrimitives.ReadInt64BigEndian(bytes[25..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[33..]), account, content);
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
