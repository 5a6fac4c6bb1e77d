using System.Buffers.Binary;
using System.Security.Cryptography;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog.Embedded;

/// <summary>What a block is, in 272 bytes; its hash is the link that the next block carries, and the checksum of everything in the block.</summary>
/// <remarks>
/// Little-endian; also in specs/event-log.md:
/// <code>
/// offset size field
///      0    4 "LBK1"
///      4    4 events in the block
///      8    8 position of the first event
///     16    4 columnar events in the block
///     20    4 smallest window of the columnar events, days since 1970-01-01; 0 when there are none
///     24    4 largest window of the columnar events
///     28    4 new names
///     32    8 names before this block
///     40    8 bytes of the parts together
///     48   32 hash of the block before, zero for the first
///     80  192 SHA-256 of each part, in the order of BlockPart
/// </code>
/// The block's hash is SHA-256 over these bytes.
/// </remarks>
internal sealed record BlockHeader
{
    public const int SizeBytes = 80 + (PartCount * Digest.SizeBytes);
    public const int PartCount = 6;

    private const uint Magic = 0x314b424c; // "LBK1"

    public required long FirstPosition { get; init; }

    public required int Count { get; init; }

    public required int ColumnarCount { get; init; }

    public required int WindowMin { get; init; }

    public required int WindowMax { get; init; }

    public required int NewNames { get; init; }

    public required long NamesBefore { get; init; }

    public required long PartBytes { get; init; }

    public required Digest Previous { get; init; }

    public required Digest[] Parts { get; init; }

    /// <summary>Events that are not columnar.</summary>
    public int RowCount => Count - ColumnarCount;

    /// <summary>Position after the block's last event.</summary>
    public long End => FirstPosition + Count;

    /// <summary>Whether columnar events of this window may be in the block.</summary>
    public bool MayHold(int window) => ColumnarCount > 0 && WindowMin <= window && window <= WindowMax;

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[SizeBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), FirstPosition);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), ColumnarCount);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), WindowMin);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), WindowMax);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), NewNames);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), NamesBefore);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), PartBytes);
        Previous.WriteTo(bytes.AsSpan(48));
        for (int i = 0; i < PartCount; i++) Parts[i].WriteTo(bytes.AsSpan(80 + (i * Digest.SizeBytes)));
        return bytes;
    }

    /// <summary>Reads a header of the block at <paramref name="position"/> and checks it against its stored hash.</summary>
    /// <exception cref="LogFaultException"><c>block-checksum</c>, <c>unknown-format</c>.</exception>
    public static BlockHeader Verified(long position, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> hash)
    {
        if (bytes.Length != SizeBytes || !SHA256.HashData(bytes).AsSpan().SequenceEqual(hash))
            throw LogFaults.Checksum(position, "its header does not match its hash");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
            throw new LogFaultException("unknown-format", $"the block at position {position} has a layout that this build does not read; use a newer build");
        Digest[] parts = new Digest[PartCount];
        for (int i = 0; i < PartCount; i++) parts[i] = Digest.FromBytes(bytes.Slice(80 + (i * Digest.SizeBytes), Digest.SizeBytes));
        BlockHeader header = new()
        {
            Count = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            FirstPosition = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            ColumnarCount = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            WindowMin = BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
            WindowMax = BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]),
            NewNames = BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]),
            NamesBefore = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            PartBytes = BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            Previous = Digest.FromBytes(bytes.Slice(48, Digest.SizeBytes)),
            Parts = parts,
        };
        return header.FirstPosition == position ? header : throw LogFaults.Chain(position, $"the block stored there is that of position {header.FirstPosition}");
    }
}
