using System.Buffers.Binary;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Core.Merkle;

/// <summary>Reads what <see cref="CanonicalBuffer"/> wrote. Bytes that end early or hold a count they cannot fill are a fault.</summary>
internal ref struct CanonicalReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal readonly bool AtEnd => _rest.IsEmpty;

    internal byte Byte() => Take(1)[0];

    internal int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    internal long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    internal ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    internal UInt128 Amount() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    /// <summary>A signed amount, as <see cref="CanonicalBuffer.Signed"/> wrote it.</summary>
    internal Int128 Signed() => unchecked((Int128)Amount());

    internal Day Day() => Time.Day.TryFromNumber(Int32(), out Day day) ? day : throw Damaged();

    internal EventId Event() => EventId.FromBytes(Take(EventId.SizeBytes));

    internal Digest Digest() => Merkle.Digest.FromBytes(Take(Merkle.Digest.SizeBytes));

    internal WalletAddress Wallet() => WalletAddress.FromBytes(Take(WalletAddress.SizeBytes));

    internal ReadOnlySpan<byte> Id() => Take(Byte());

    internal string Text() => Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt16LittleEndian(Take(2))));

    /// <summary>A number of rows; each has at least one byte, so a number above what is left is no number of rows.</summary>
    internal int Count() => Int32() is var count && (uint)count <= (uint)_rest.Length ? count : throw Damaged();

    /// <summary>Fails when bytes are left that nothing used.</summary>
    internal readonly void RequireEnd()
    {
        if (!AtEnd) throw Damaged();
    }

    internal static FormatException Damaged() => new("state-damaged: these bytes are no state of a ledger; replay the log instead");

    private ReadOnlySpan<byte> Take(int size)
    {
        if (_rest.Length < size) throw Damaged();
        ReadOnlySpan<byte> taken = _rest[..size];
        _rest = _rest[size..];
        return taken;
    }
}
