using System.Security.Cryptography;

namespace Ledger.Core.Merkle;

/// <summary>
/// The hashes of the log tree: SHA-256 with a leading byte that tells a leaf from a node (RFC 9162, section 2.1.1;
/// the same as RFC 6962's).
/// </summary>
public static class LogHash
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;
    private const int StackBytesMax = 512;

    /// <summary>The root of a log without leaves: SHA-256 of nothing.</summary>
    public static Digest EmptyRoot { get; } = Digest.FromBytes(SHA256.HashData([]));

    /// <summary>The hash of a leaf with this content: SHA-256(0x00 ‖ content).</summary>
    public static Digest Leaf(ReadOnlySpan<byte> content)
    {
        var length = 1 + content.Length;
        var message = length <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[length];
        message[0] = LeafPrefix;
        content.CopyTo(message[1..]);
        return Sha256(message[..length]);
    }

    /// <summary>The hash of a node over its two children: SHA-256(0x01 ‖ left ‖ right).</summary>
    public static Digest Node(in Digest left, in Digest right)
    {
        Span<byte> message = stackalloc byte[1 + (2 * Digest.SizeBytes)];
        message[0] = NodePrefix;
        left.WriteTo(message[1..]);
        right.WriteTo(message[(1 + Digest.SizeBytes)..]);
        return Sha256(message);
    }

    private static Digest Sha256(ReadOnlySpan<byte> message)
    {
        Span<byte> digest = stackalloc byte[Digest.SizeBytes];
        SHA256.HashData(message, digest);
        return Digest.FromBytes(digest);
    }
}
