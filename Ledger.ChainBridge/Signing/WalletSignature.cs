using System.Buffers;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.ChainBridge.Signing;

/// <summary>Signatures as wallets give them: 0x and 65 bytes r, s, v, where v is 27 or 28, or 0 or 1 as some write it.</summary>
public static class WalletSignature
{
    private const int SizeBytes = 65;
    private const int LegacyOffset = 27;

    /// <summary>Finds who signed a digest; false when the text is no signature of anybody.</summary>
    public static bool TryRecover(Digest digest, string signature, out WalletAddress signer)
    {
        signer = default;
        byte[] bytes = new byte[SizeBytes];
        if (signature.Length != 2 + (2 * SizeBytes) || !signature.StartsWith("0x", StringComparison.Ordinal)
            || Convert.FromHexString(signature.AsSpan(2), bytes, out _, out _) != OperationStatus.Done) return false;
        int parity = bytes[^1] >= LegacyOffset ? bytes[^1] - LegacyOffset : bytes[^1];
        if (parity is not (0 or 1)) return false;
        RecoverableSignature recoverable = new(Digest.FromBytes(bytes.AsSpan(0, Digest.SizeBytes)), Digest.FromBytes(bytes.AsSpan(Digest.SizeBytes, Digest.SizeBytes)), parity == 1);
        if (recoverable.Recover(digest) is not { } found) return false;
        signer = found;
        return true;
    }
}
