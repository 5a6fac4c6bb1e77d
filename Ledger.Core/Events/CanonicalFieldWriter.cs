using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Events;

/// <summary>Writes fields in the layout of <see cref="CanonicalBytes"/>; names are not written, order is what tells fields apart.</summary>
public sealed class CanonicalFieldWriter(IBufferWriter<byte> output) : IFieldWriter
{
    /// <summary>Largest text, in UTF-8 bytes.</summary>
    public const int TextBytesMax = 1024;

    /// <summary>Largest byte field.</summary>
    public const int BytesMax = 1 << 20;

    public void Account(string name, AccountId value) => Id(value.Value);

    public void Space(string name, SpaceId value) => Id(value.Value);

    public void Content(string name, ContentId value) => Id(value.Value);

    public void App(string name, AppId value) => Id(value.Value);

    public void Text(string name, string value)
    {
        if (value.Contains('\0')) throw new EventFormatException("text-nul", name, "U+0000 is in no text");
        int size = Encoding.UTF8.GetByteCount(value);
        if (size > TextBytesMax) throw new EventFormatException("text-too-long", name, $"{size} bytes; at most {TextBytesMax}");
        Span<byte> span = output.GetSpan(2 + size);
        BinaryPrimitives.WriteUInt16LittleEndian(span, (ushort)size);
        Encoding.UTF8.GetBytes(value, span[2..]);
        output.Advance(2 + size);
    }

    public void Byte(string name, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void UInt32(string name, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    public void Int64(string name, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public void UInt64(string name, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public void Amount(string name, TokenAmount value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(output.GetSpan(16), value.BaseUnits);
        output.Advance(16);
    }

    public void Digest(string name, Digest value)
    {
        value.WriteTo(output.GetSpan(Merkle.Digest.SizeBytes));
        output.Advance(Merkle.Digest.SizeBytes);
    }

    public void Cid(string name, Cid value)
    {
        value.WriteTo(output.GetSpan(Identity.Cid.SizeBytes));
        output.Advance(Identity.Cid.SizeBytes);
    }

    public void Wallet(string name, WalletAddress value)
    {
        value.WriteTo(output.GetSpan(WalletAddress.SizeBytes));
        output.Advance(WalletAddress.SizeBytes);
    }

    public void Event(string name, EventId value)
    {
        value.WriteTo(output.GetSpan(EventId.SizeBytes));
        output.Advance(EventId.SizeBytes);
    }

    public void Day(string name, Day value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value.Number);
        output.Advance(4);
    }

    public void Bytes(string name, ReadOnlySpan<byte> value)
    {
        if (value.Length > BytesMax) throw new EventFormatException("bytes-too-long", name, $"{value.Length} bytes; at most {BytesMax}");
        Span<byte> span = output.GetSpan(4 + value.Length);
        BinaryPrimitives.WriteInt32LittleEndian(span, value.Length);
        value.CopyTo(span[4..]);
        output.Advance(4 + value.Length);
    }

    private void Id(string value)
    {
        Span<byte> span = output.GetSpan(1 + IdText.BytesMax);
        int size = Encoding.UTF8.GetBytes(value, span[1..]);
        span[0] = (byte)size;
        output.Advance(1 + size);
    }
}
