using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Core.Identity;

/// <summary>A producer's 128-bit name for one event; sending the same id again is the same event, for ever.</summary>
/// <remarks>Written as a UUID (RFC 9562), most significant byte first, which is also its order. The default is the nil UUID and is refused at ingest.</remarks>
public readonly record struct EventId(UInt128 Value) : IComparable<EventId>
{
    /// <summary>Size of the binary form.</summary>
    public const int SizeBytes = 16;

    /// <summary>Reads 16 bytes, most significant first.</summary>
    public static EventId FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>
    /// Makes the id of an event that has no id of its own from where it came: a version 8 UUID holding the first 128 bits of
    /// SHA-256(<paramref name="source"/>, U+001F, <paramref name="key"/>).
    /// </summary>
    public static EventId Derive(string source, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{source}\u001f{key}"), hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return FromBytes(hash);
    }

    /// <summary>Reads the UUID text form (8-4-4-4-12 hexadecimal digits).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EventId id)
    {
        bool ok = Guid.TryParseExact(text, "D", out Guid guid);
        Span<byte> bytes = stackalloc byte[SizeBytes];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        id = FromBytes(bytes);
        return ok;
    }

    /// <summary>Reads the UUID text form as ASCII: two digits a byte, in either case, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out EventId id)
    {
        const int TextBytes = 36;
        id = default;
        if (text.Length != TextBytes || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
        Span<byte> digits = stackalloc byte[2 * SizeBytes];
        text[..8].CopyTo(digits);
        text[9..13].CopyTo(digits[8..]);
        text[14..18].CopyTo(digits[12..]);
        text[19..23].CopyTo(digits[16..]);
        text[24..].CopyTo(digits[20..]);
        Span<byte> bytes = stackalloc byte[SizeBytes];
        if (Convert.FromHexString(digits, bytes, out _, out _) != OperationStatus.Done) return false;
        id = FromBytes(bytes);
        return true;
    }

    /// <summary>Writes 16 bytes, most significant first.</summary>
    public void WriteTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <inheritdoc/>
    public int CompareTo(EventId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        WriteTo(bytes);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
