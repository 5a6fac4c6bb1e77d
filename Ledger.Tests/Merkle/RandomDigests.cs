using Ledger.Core.Merkle;

namespace Ledger.Tests.Merkle;

/// <summary>Digests, and single-bit damage to them, from a seeded source.</summary>
internal static class RandomDigests
{
    public static Digest NextDigest(this Random random)
    {
        var bytes = new byte[Digest.SizeBytes];
        random.NextBytes(bytes);
        return Digest.FromBytes(bytes);
    }

    public static Digest FlipBit(this Random random, Digest digest) => FlipBit(digest, random.Next(8 * Digest.SizeBytes));

    public static Digest FlipBit(Digest digest, int bit)
    {
        var bytes = digest.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return Digest.FromBytes(bytes);
    }
}
