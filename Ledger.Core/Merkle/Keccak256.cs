using System.Buffers.Binary;

namespace Ledger.Core.Merkle;

/// <summary>
/// Keccak-256 as Ethereum uses it: the sponge of FIPS 202 at a rate of 136 bytes with the original padding byte 0x01
/// (SHA3-256 pads with 0x06, so the digests differ).
/// </summary>
public static class Keccak256
{
    /// <summary>Length of a digest in bytes.</summary>
    public const int DigestBytes = 32;

    private const int RateBytes = 136;
    private const int LaneBytes = sizeof(ulong);

    /// <summary>Hashes <paramref name="message"/> in one go, without allocating.</summary>
    /// <param name="message">Any number of bytes, none included.</param>
    /// <param name="digest">Receives the digest in its first 32 bytes; it may overlap the message.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="digest"/> is shorter than 32 bytes.</exception>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digest.Length, DigestBytes, nameof(digest));
        Span<ulong> state = stackalloc ulong[KeccakScalar.LaneCount];
        Absorb(message, state);
        for (var lane = 0; lane < DigestBytes / LaneBytes; lane++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(digest[(lane * LaneBytes)..], state[lane]);
        }
    }

    /// <summary>Hashes <paramref name="message"/> in one go, without allocating.</summary>
    public static Digest Hash(ReadOnlySpan<byte> message)
    {
        Span<byte> digest = stackalloc byte[DigestBytes];
        Hash(message, digest);
        return Digest.FromBytes(digest);
    }

    /// <summary>Hashes the 64 bytes that two digests make, the left one first.</summary>
    internal static Digest HashPair(in Digest left, in Digest right)
    {
        Span<byte> pair = stackalloc byte[2 * DigestBytes];
        left.WriteTo(pair);
        right.WriteTo(pair[DigestBytes..]);
        return Hash(pair);
    }

    private static void Absorb(ReadOnlySpan<byte> message, Span<ulong> state)
    {
        for (; message.Length >= RateBytes; message = message[RateBytes..])
        {
            AddLanes(message[..RateBytes], state);
            KeccakScalar.Permute(state);
        }

        var wholeLaneBytes = message.Length / LaneBytes * LaneBytes;
        AddLanes(message[..wholeLaneBytes], state);

        // The lane in which the message ends takes the first padding bit right after it; the block's last bit is set too.
        Span<byte> lastLane = stackalloc byte[LaneBytes];
        message[wholeLaneBytes..].CopyTo(lastLane);
        lastLane[message.Length - wholeLaneBytes] = 0x01;
        state[wholeLaneBytes / LaneBytes] ^= BinaryPrimitives.ReadUInt64LittleEndian(lastLane);
        state[(RateBytes / LaneBytes) - 1] ^= 0x8000000000000000;
        KeccakScalar.Permute(state);
    }

    private static void AddLanes(ReadOnlySpan<byte> bytes, Span<ulong> state)
    {
        for (var lane = 0; bytes.Length >= LaneBytes; lane++, bytes = bytes[LaneBytes..])
        {
            state[lane] ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }
    }
}
