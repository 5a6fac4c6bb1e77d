using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using NBitcoin.Secp256k1;

namespace Ledger.ChainBridge.Signing;

/// <summary>An ECDSA signature over secp256k1 from which the signer's address follows.</summary>
/// <param name="R">r, big-endian.</param>
/// <param name="S">s, big-endian; only the lower half of the group's order is accepted (EIP-2).</param>
/// <param name="YParity">Whether the y coordinate of r's point is odd.</param>
public readonly record struct RecoverableSignature(Digest R, Digest S, bool YParity)
{
    private const int PublicKeyBytes = 65;
    private const int AddressOffset = 12;

    /// <summary>The address whose key signed a hash; null when no key did.</summary>
    public WalletAddress? Recover(Digest hash)
    {
        Span<byte> compact = stackalloc byte[2 * Digest.SizeBytes];
        R.WriteTo(compact);
        S.WriteTo(compact[Digest.SizeBytes..]);
        return SecpRecoverableECDSASignature.TryCreateFromCompact(compact, YParity ? 1 : 0, out SecpRecoverableECDSASignature? signature) && signature is not null
            && IsInRange(signature) && ECPubKey.TryRecover(Context.Instance, signature, hash.ToArray(), out ECPubKey? key) && key is not null
            ? AddressOf(key)
            : null;
    }

    /// <summary>A key's address: the last 20 bytes of Keccak-256 over its point.</summary>
    internal static WalletAddress AddressOf(ECPubKey key)
    {
        Span<byte> point = stackalloc byte[PublicKeyBytes], digest = stackalloc byte[Digest.SizeBytes];
        key.WriteToSpan(compressed: false, point, out _);
        Keccak256.Hash(point[1..], digest);
        return WalletAddress.FromBytes(digest[AddressOffset..]);
    }

    private static bool IsInRange(SecpRecoverableECDSASignature signature)
    {
        signature.Deconstruct(out Scalar r, out Scalar s, out int _);
        return !r.IsZero && !s.IsZero && !s.IsHigh;
    }
}
