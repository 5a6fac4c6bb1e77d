using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>Reads fields from the members of a JSON object, whatever their order, strictly: a value is exactly of its type or refused.</summary>
public sealed class JsonFieldReader : IFieldReader
{
    /// <summary>An amount longer than this is refused unread: 2^256 − 1, the largest an EVM chain can hold, has 78 digits.</summary>
    private const int AmountDigitsMax = 78;

    private readonly JsonMembers _members;

    internal JsonFieldReader(JsonMembers members) => _members = members;

    public AccountId Account(string name) => new(Id(name));

    public SpaceId Space(string name) => new(Id(name));

    public ContentId Content(string name) => new(Id(name));

    public AppId App(string name) => new(Id(name));

    public string Text(string name)
    {
        string text = String(name);
        if (text.Contains('\0')) throw new EventFormatException("text-nul", name, "U+0000 is in no text");
        int size = Encoding.UTF8.GetByteCount(text);
        return size <= CanonicalFieldWriter.TextBytesMax
            ? text
            : throw new EventFormatException("text-too-long", name, $"{size} bytes; at most {CanonicalFieldWriter.TextBytesMax}");
    }

    public byte Byte(string name) => (byte)Integer(name, 0, byte.MaxValue);

    public uint UInt32(string name) => (uint)Integer(name, 0, uint.MaxValue);

    public long Int64(string name) => Integer(name, long.MinValue, long.MaxValue);

    public ulong UInt64(string name)
    {
        ReadOnlySpan<byte> digits = Digits(name, 20);
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : throw OutOfRange(name, digits);
    }

    public TokenAmount Amount(string name)
    {
        ReadOnlySpan<byte> digits = Digits(name, AmountDigitsMax);
        return UInt128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 value)
            ? TokenAmount.FromBaseUnits(value)
            : throw OutOfRange(name, digits);
    }

    public Digest Digest(string name)
    {
        ReadOnlySpan<byte> text = Raw(name);
        Span<byte> bytes = stackalloc byte[Merkle.Digest.SizeBytes];
        if (text.Length != 2 + (2 * bytes.Length) || !text.StartsWith("0x"u8)
            || Convert.FromHexString(text[2..], bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            throw new EventFormatException("digest-malformed", name, "0x and 64 hexadecimal digits");
        return Merkle.Digest.FromBytes(bytes);
    }

    public Cid Cid(string name) => Identity.Cid.TryParse(ShortText(name, stackalloc char[64]), out Cid cid)
        ? cid
        : throw new EventFormatException("cid-malformed", name, "a CIDv1 in base32 (bafkrei… or bafybei…) over SHA-256");

    public WalletAddress Wallet(string name) => WalletAddress.TryParse(ShortText(name, stackalloc char[64]), out WalletAddress wallet)
        ? wallet
        : throw new EventFormatException("wallet-malformed", name, "0x and 40 hexadecimal digits");

    public EventId Event(string name) => EventId.TryParse(ShortText(name, stackalloc char[64]), out EventId id)
        ? id
        : throw new EventFormatException("uuid-malformed", name, "a UUID: 8-4-4-4-12 hexadecimal digits");

    public Day Day(string name) => Time.Day.TryParse(ShortText(name, stackalloc char[64]), out Day day)
        ? day
        : throw new EventFormatException("day-malformed", name, "a UTC day such as 2026-11-22, from 1970 to 9999");

    public byte[] Bytes(string name)
    {
        ReadOnlySpan<byte> text = Raw(name);
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, bytes, out int used, out int size) != System.Buffers.OperationStatus.Done || used != text.Length)
            throw new EventFormatException("base64-malformed", name, "standard Base64 with padding");
        return size <= CanonicalFieldWriter.BytesMax
            ? bytes[..size]
            : throw new EventFormatException("bytes-too-long", name, $"{size} bytes; at most {CanonicalFieldWriter.BytesMax}");
    }

    internal UnixMs Instant(string name) => UnixMs.TryParse(ShortText(name, stackalloc char[64]), out UnixMs instant)
        ? instant
        : throw new EventFormatException("time-malformed", name, "an RFC 3339 time such as 2026-11-22T10:00:00.000Z, to the millisecond, from 1970 to 9999");

    /// <summary>The text of a string with its escapes resolved.</summary>
    internal string String(string name) => Encoding.UTF8.GetString(Raw(name));

    private static EventFormatException OutOfRange(string name, ReadOnlySpan<byte> found) =>
        new("out-of-range", name, $"{Encoding.UTF8.GetString(found[..Math.Min(found.Length, 80)])} is outside the field's range");

    private string Id(string name)
    {
        string text = String(name);
        return IdText.Fault(text) is { } fault
            ? throw new EventFormatException(fault, name, $"an id is 1 to {IdText.BytesMax} bytes of UTF-8 without control characters")
            : text;
    }

    private long Integer(string name, long min, long max)
    {
        ReadOnlySpan<byte> text = _members.Take(name, out JsonTokenType type).Span;
        if (type != JsonTokenType.Number) throw WrongType(name, "a JSON number", type);
        if (text.IndexOfAny(".eE"u8) >= 0) throw new EventFormatException("number-not-integer", name, "whole numbers only, without fraction or exponent");
        if (text.SequenceEqual("-0"u8)) throw new EventFormatException("number-not-canonical", name, "zero has no sign");
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max
            ? value
            : throw OutOfRange(name, text);
    }

    /// <summary>The digits of a whole number written as a string: no sign, no leading zero, nothing but digits.</summary>
    private ReadOnlySpan<byte> Digits(string name, int digitsMax)
    {
        ReadOnlySpan<byte> text = Raw(name);
        if (text.Length > digitsMax) throw new EventFormatException("number-too-long", name, $"{text.Length} digits; at most {digitsMax}");
        bool canonical = !text.IsEmpty && (text[0] != '0' || text.Length == 1) && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
        return canonical ? text : throw new EventFormatException("number-not-canonical", name, "decimal digits without sign, point or leading zero");
    }

    /// <summary>A string of few ASCII characters; empty when it is anything else, which no form that asks for it accepts.</summary>
    internal ReadOnlySpan<char> ShortText(string name, Span<char> chars)
    {
        ReadOnlySpan<byte> text = Raw(name);
        if (text.Length > chars.Length || !Ascii.IsValid(text)) return default;
        Ascii.ToUtf16(text, chars, out int length);
        return chars[..length];
    }

    /// <summary>A string's UTF-8 with its escapes resolved.</summary>
    private ReadOnlySpan<byte> Raw(string name)
    {
        ReadOnlySpan<byte> quoted = _members.Take(name, out JsonTokenType type).Span;
        if (type != JsonTokenType.String) throw WrongType(name, "a JSON string", type);
        return quoted.Contains((byte)'\\') ? Unescape(name, quoted) : quoted[1..^1];
    }

    private static byte[] Unescape(string name, ReadOnlySpan<byte> quoted)
    {
        Utf8JsonReader reader = new(quoted);
        reader.Read();
        byte[] text = new byte[quoted.Length];
        try
        {
            return text[..reader.CopyString(text)];
        }
        catch (InvalidOperationException)
        {
            throw new EventFormatException("text-lone-surrogate", name, "half of a surrogate pair is no character");
        }
    }

    private static EventFormatException WrongType(string name, string wanted, JsonTokenType type) =>
        new("wrong-type", name, $"{wanted} is expected, not {type}");
}
