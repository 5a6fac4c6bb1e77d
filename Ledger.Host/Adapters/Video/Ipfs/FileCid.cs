using System.Security.Cryptography;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Host.Adapters.Video.Ipfs;

/// <summary>
/// The CID of a file as npm <c>ipfs-unixfs-importer</c> gives it by default: chunks of 256 KiB as raw blocks, a balanced tree of 174 children,
/// SHA-256, version 1. Chunks are read and hashed on all cores; memory is bounded whatever the size.
/// </summary>
internal static class FileCid
{
    /// <summary>Bytes of a chunk.</summary>
    public const int ChunkBytes = 256 << 10;

    // Chunks between two meetings of the cores; their hashes are what is held.
    private const int RoundChunks = 16 * BalancedTree.ChildrenMax;

    /// <summary>The CID of a file that does not change meanwhile.</summary>
    /// <exception cref="IOException">It cannot be read, or became shorter.</exception>
    public static Cid Of(string path, CancellationToken cancel = default)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        return Of(file, RandomAccess.GetLength(file), ChunkBytes, cancel);
    }

    /// <summary>The same with chunks of another size, so that a deep tree can be tested with a small file.</summary>
    internal static Cid Of(SafeFileHandle file, long length, int chunkBytes, CancellationToken cancel)
    {
        long chunks = Math.Max(1, (length + chunkBytes - 1) / chunkBytes);
        BalancedTree tree = new();
        Digest[] hashes = new Digest[(int)Math.Min(chunks, RoundChunks)];
        ParallelOptions options = new() { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount };
        for (long first = 0; first < chunks; first += RoundChunks)
        {
            int count = (int)Math.Min(RoundChunks, chunks - first);
            long start = first;
            Parallel.For(
                0,
                count,
                options,
                () => new byte[(int)Math.Min(chunkBytes, Math.Max(1, length))],
                (i, _, buffer) =>
                {
                    hashes[i] = Hash(file, (start + i) * chunkBytes, buffer.AsSpan(0, SizeOf(start + i)));
                    return buffer;
                },
                _ => { });
            for (int i = 0; i < count; i++) tree.Add(FileNode.Leaf(hashes[i], SizeOf(first + i)));
        }

        return tree.Root().Cid;

        int SizeOf(long chunk) => (int)Math.Min(chunkBytes, length - (chunk * chunkBytes));
    }

    private static Digest Hash(SafeFileHandle file, long offset, Span<byte> buffer)
    {
        for (int at = 0; at < buffer.Length;)
        {
            int read = RandomAccess.Read(file, buffer[at..], offset + at);
            if (read == 0) throw new EndOfStreamException("the file became shorter while it was read");
            at += read;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer, hash);
        return Digest.FromBytes(hash);
    }
}
