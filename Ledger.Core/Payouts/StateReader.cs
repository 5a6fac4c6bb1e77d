using System.Buffers.Binary;
using System.Text;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Core.Payouts;

/// <summary>Reads what <see cref="CanonicalBuffer"/> wrote. Bytes that end early or hold a count they cannot fill are a fault.</summary>
internal ref struct StateReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal readonly bool AtEnd => _rest.IsEmpty;

    internal byte Byte() => Take(1)[0];

    internal int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    internal long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    internal ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    internal UInt128 Amount() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    internal WalletAddress Wallet() => WalletAddress.FromBytes(Take(WalletAddress.SizeBytes));

    internal ReadOnlySpan<byte> Id() => Take(Byte());

    internal string Text() => Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt16LittleEndian(Take(2))));

    /// <summary>A number of rows; each has at least one byte, so a number above what is left is no number of rows.</summary>
    internal int Count() => Int32() is var count && (uint)count <= (uint)_rest.Length ? count : throw Damaged();

    internal static FormatException Damaged() => new("payout-state-damaged: these bytes are no payout state; replay the log instead");

    private ReadOnlySpan<byte> Take(int size)
    {
        if (_rest.Length < size) throw Damaged();
        ReadOnlySpan<byte> taken = _rest[..size];
        _rest = _rest[size..];
        return taken;
    }
}
