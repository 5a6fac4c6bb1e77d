using System.Buffers.Binary;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>Reads fields in the layout of <see cref="CanonicalBytes"/>.</summary>
public sealed class CanonicalFieldReader(ReadOnlyMemory<byte> bytes) : IFieldReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlyMemory<byte> _rest = bytes;

    /// <summary>Fails when bytes are left that no field used.</summary>
    public void RequireEnd()
    {
        if (!_rest.IsEmpty) throw new EventFormatException("event-trailing-bytes", null, $"{_rest.Length} bytes after the last field");
    }

    public AccountId Account(string name) => Checked(name, Id(name), text => new AccountId(text));

    public SpaceId Space(string name) => Checked(name, Id(name), text => new SpaceId(text));

    public ContentId Content(string name) => Checked(name, Id(name), text => new ContentId(text));

    public AppId App(string name) => Checked(name, Id(name), text => new AppId(text));

    public string Text(string name)
    {
        int size = BinaryPrimitives.ReadUInt16LittleEndian(Take(name, 2));
        if (size > CanonicalFieldWriter.TextBytesMax) throw new EventFormatException("text-too-long", name, $"{size} bytes");
        string text = Utf8(name, Take(name, size));
        return text.Contains('\0') ? throw new EventFormatException("text-nul", name, "U+0000 is in no text") : text;
    }

    public byte Byte(string name) => Take(name, 1)[0];

    public uint UInt32(string name) => BinaryPrimitives.ReadUInt32LittleEndian(Take(name, 4));

    public long Int64(string name) => BinaryPrimitives.ReadInt64LittleEndian(Take(name, 8));

    public ulong UInt64(string name) => BinaryPrimitives.ReadUInt64LittleEndian(Take(name, 8));

    public TokenAmount Amount(string name) => TokenAmount.FromBaseUnits(BinaryPrimitives.ReadUInt128LittleEndian(Take(name, 16)));

    public Digest Digest(string name) => Merkle.Digest.FromBytes(Take(name, Merkle.Digest.SizeBytes));

    public Cid Cid(string name) => Identity.Cid.TryFromBytes(Take(name, Identity.Cid.SizeBytes), out Cid cid)
        ? cid
        : throw new EventFormatException("cid-malformed", name, "version 1, codec raw or dag-pb, SHA-256");

    public WalletAddress Wallet(string name) => WalletAddress.FromBytes(Take(name, WalletAddress.SizeBytes));

    public EventId Event(string name) => EventId.FromBytes(Take(name, EventId.SizeBytes));

    public Day Day(string name) => ToDay(name, BinaryPrimitives.ReadInt32LittleEndian(Take(name, 4)));

    public byte[] Bytes(string name)
    {
        int size = BinaryPrimitives.ReadInt32LittleEndian(Take(name, 4));
        if (size is < 0 or > CanonicalFieldWriter.BytesMax) throw new EventFormatException("bytes-too-long", name, $"{size} bytes");
        return Take(name, size).ToArray();
    }

    internal static Day ToDay(string name, int number) =>
        Time.Day.TryFromNumber(number, out Day day) ? day : throw new EventFormatException("out-of-range", name, $"{number} is no day");

    private static T Checked<T>(string name, string text, Func<string, T> make)
    {
        try
        {
            return make(text);
        }
        catch (FormatException e)
        {
            throw new EventFormatException("id-malformed", name, e.Message);
        }
    }

    private static string Utf8(string name, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new EventFormatException("text-not-utf8", name, "invalid UTF-8");
        }
    }

    private string Id(string name) => Utf8(name, Take(name, Take(name, 1)[0]));

    private ReadOnlySpan<byte> Take(string name, int size)
    {
        if (_rest.Length < size) throw new EventFormatException("event-truncated", name, $"needs {size} bytes, {_rest.Length} left");
        ReadOnlySpan<byte> taken = _rest.Span[..size];
        _rest = _rest[size..];
        return taken;
    }
}
