using System.Buffers;
using System.Security.Cryptography;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Host.Adapters.Video.Ipfs;

/// <summary>A part of a file as its parent links it: a chunk, or a node over chunks.</summary>
/// <param name="Cid">Its name.</param>
/// <param name="DataBytes">Bytes of the file under it.</param>
/// <param name="TreeBytes">Bytes of all its blocks: the data and the nodes over it.</param>
internal readonly record struct FileNode(Cid Cid, ulong DataBytes, ulong TreeBytes)
{
    private const ulong FileType = 2;

    /// <summary>A chunk, which is a block as it is.</summary>
    public static FileNode Leaf(Digest hash, int sizeBytes) => new(new Cid(CidCodec.Raw, hash), (ulong)sizeBytes, (ulong)sizeBytes);

    /// <summary>
    /// The node over its children: DAG-PB (links first, then data), its data a UnixFS message of type file.
    /// <code>
    /// block  = 0x12 length link, for every child; 0x0a length data
    /// link   = 0x0a 36 CID; 0x12 0 (no name); 0x18 TreeBytes
    /// data   = 0x08 2; 0x18 DataBytes in all; 0x20 DataBytes, for every child
    /// </code>
    /// </summary>
    public static FileNode Over(IReadOnlyList<FileNode> children)
    {
        ArrayBufferWriter<byte> data = new(16 + (children.Count * 10));
        ArrayBufferWriter<byte> block = new(64 + (children.Count * 64));
        (ulong dataBytes, ulong treeBytes) = (0, 0);
        foreach (FileNode child in children)
        {
            dataBytes += child.DataBytes;
            treeBytes += child.TreeBytes;
        }

        Varint(data, 0x08, FileType);
        Varint(data, 0x18, dataBytes);
        Span<byte> cid = stackalloc byte[Cid.SizeBytes];
        foreach (FileNode child in children)
        {
            Varint(data, 0x20, child.DataBytes);
            Varint(block, 0x12, 2 + Cid.SizeBytes + 2 + 1 + (ulong)VarintBytes(child.TreeBytes));
            Varint(block, 0x0a, Cid.SizeBytes);
            child.Cid.WriteTo(cid);
            block.Write(cid);
            Varint(block, 0x12, 0);
            Varint(block, 0x18, child.TreeBytes);
        }

        Varint(block, 0x0a, (ulong)data.WrittenCount);
        block.Write(data.WrittenSpan);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(block.WrittenSpan, hash);
        return new FileNode(new Cid(CidCodec.DagPb, Digest.FromBytes(hash)), dataBytes, treeBytes + (ulong)block.WrittenCount);
    }

    private static int VarintBytes(ulong value)
    {
        int size = 1;
        for (; value >= 0x80; value >>= 7) size++;
        return size;
    }

    private static void Varint(ArrayBufferWriter<byte> output, byte tag, ulong value)
    {
        Span<byte> span = output.GetSpan(11);
        span[0] = tag;
        int at = 1;
        for (; value >= 0x80; value >>= 7) span[at++] = (byte)(value & 0x7f | 0x80);
        span[at++] = (byte)value;
        output.Advance(at);
    }
}
