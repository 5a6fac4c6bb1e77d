using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Merkle;

/// <summary>Writes little-endian canonical bytes and takes their SHA-256 on the way, keeping them only when asked to.</summary>
/// <remarks>An id is a length byte and its UTF-8, a text has a two-byte length, an amount is 16 bytes, a digest 32 and a wallet 20, most significant first.</remarks>
internal sealed class CanonicalBuffer(IBufferWriter<byte>? keep = null) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _used;

    public void Byte(byte value)
    {
        Room(1)[0] = value;
        _used += 1;
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);
        _used += 4;
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);
        _used += 8;
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);
        _used += 8;
    }

    public void Amount(UInt128 baseUnits)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(Room(16), baseUnits);
        _used += 16;
    }

    /// <summary>Two's complement.</summary>
    public void Signed(Int128 baseUnits) => Amount(unchecked((UInt128)baseUnits));

    public void Day(Day value) => Int32(value.Number);

    public void Event(EventId value)
    {
        value.WriteTo(Room(EventId.SizeBytes));
        _used += EventId.SizeBytes;
    }

    public void Digest(Digest value)
    {
        value.WriteTo(Room(Merkle.Digest.SizeBytes));
        _used += Merkle.Digest.SizeBytes;
    }

    public void Wallet(WalletAddress value)
    {
        value.WriteTo(Room(WalletAddress.SizeBytes));
        _used += WalletAddress.SizeBytes;
    }

    public void Id(ReadOnlySpan<byte> utf8)
    {
        Span<byte> room = Room(1 + utf8.Length);
        room[0] = (byte)utf8.Length;
        utf8.CopyTo(room[1..]);
        _used += 1 + utf8.Length;
    }

    public void Text(string text)
    {
        int size = Encoding.UTF8.GetByteCount(text);
        Span<byte> room = Room(2 + size);
        BinaryPrimitives.WriteUInt16LittleEndian(room, (ushort)size);
        Encoding.UTF8.GetBytes(text, room[2..]);
        _used += 2 + size;
    }

    /// <summary>The digest of everything written; the buffer is then spent.</summary>
    public Digest Finish()
    {
        Flush();
        Span<byte> digest = stackalloc byte[Merkle.Digest.SizeBytes];
        _hash.GetHashAndReset(digest);
        return Merkle.Digest.FromBytes(digest);
    }

    public void Dispose() => _hash.Dispose();

    private Span<byte> Room(int size)
    {
        if (_used + size > _buffer.Length) Flush();
        return _buffer.AsSpan(_used);
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _used);
        keep?.Write(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}
