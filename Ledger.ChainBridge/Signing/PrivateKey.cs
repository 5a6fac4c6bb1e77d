using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using NBitcoin.Secp256k1;

namespace Ledger.ChainBridge.Signing;

/// <summary>A secp256k1 key in this process's memory. Never printed; wiped when disposed.</summary>
public sealed class PrivateKey : IDisposable
{
    private readonly ECPrivKey _key;

    private PrivateKey(ECPrivKey key)
    {
        _key = key;
        Address = RecoverableSignature.AddressOf(key.CreatePubKey());
    }

    /// <summary>The key's address.</summary>
    public WalletAddress Address { get; }

    /// <summary>Takes 32 bytes, big-endian.</summary>
    /// <exception cref="FormatException"><c>key-invalid</c>: zero, or not below the group's order.</exception>
    public static PrivateKey FromBytes(ReadOnlySpan<byte> bytes) => ECPrivKey.TryCreate(bytes, out ECPrivKey? key)
        ? new PrivateKey(key)
        : throw new FormatException("key-invalid: a private key is 32 bytes between 1 and the order of secp256k1; make another");

    /// <summary>Signs a hash; the same hash gets the same signature (RFC 6979), with s in the lower half.</summary>
    public RecoverableSignature Sign(Digest hash)
    {
        if (!_key.TrySignRecoverable(hash.ToArray(), out SecpRecoverableECDSASignature? signature) || signature is null)
            throw new InvalidOperationException("signing-failed: the curve library refused to sign; the key is damaged");
        signature.Deconstruct(out Scalar r, out Scalar s, out int recoveryId);
        return new RecoverableSignature(Digest.FromBytes(r.ToBytes()), Digest.FromBytes(s.ToBytes()), (recoveryId & 1) == 1);
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"key of {Address}";
}
