using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Nethereum.Signer;

namespace Ledger.ChainBridge.Signing;

/// <summary>Signatures as wallets give them: 0x and 65 bytes r, s, v.</summary>
public static class WalletSignature
{
    private const int ScalarBytes = 32;
    private const int SizeBytes = 65;

    // n / 2 of secp256k1: of the two values of s that verify only the lower is taken (EIP-2), so that one signature has one form.
    private static readonly UInt128[] HalfOrder = [new(0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF), new(0x5D576E7357A4501D, 0xDFE92F46681B20A0)];

    /// <summary>Finds who signed a digest; false when the text is no signature of anybody.</summary>
    public static bool TryRecover(Digest digest, string signature, out WalletAddress signer)
    {
        signer = default;
        if (!TryParse(signature, out byte[] bytes) || !IsLow(bytes.AsSpan(ScalarBytes, ScalarBytes))) return false;
        int v = bytes[^1] is 0 or 1 ? bytes[^1] + 27 : bytes[^1];
        if (v is not (27 or 28)) return false;
        byte[] hash = new byte[Digest.SizeBytes];
        digest.WriteTo(hash);
        try
        {
            EthECKey key = EthECKey.RecoverFromSignature(EthECDSASignatureFactory.FromComponents(bytes[..ScalarBytes], bytes[ScalarBytes..^1], (byte)v), hash);
            return key is not null && WalletAddress.TryParse(key.GetPublicAddress(), out signer);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or ArithmeticException)
        {
            return false; // r is no point of the curve
        }
    }

    private static bool TryParse(string text, out byte[] bytes)
    {
        bytes = new byte[SizeBytes];
        return text.Length == 2 + (2 * SizeBytes) && text.StartsWith("0x", StringComparison.Ordinal)
            && Convert.FromHexString(text.AsSpan(2), bytes, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    private static bool IsLow(ReadOnlySpan<byte> s)
    {
        UInt128 high = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(s), low = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(s[16..]);
        return (high, low) != default && (high < HalfOrder[0] || (high == HalfOrder[0] && low <= HalfOrder[1]));
    }
}
