using System.Numerics;
using Ledger.ChainBridge.Signing;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Tests.ChainBridge;

/// <summary>Transactions from before EIP-2718, so that the many public vectors of them try the RLP reader and the recovery.</summary>
internal static class LegacyTransaction
{
    public static (WalletAddress Sender, Digest Hash) Decode(byte[] raw)
    {
        RlpReader outer = new(raw);
        RlpReader fields = outer.List();
        if (!outer.AtEnd) throw new FormatException("bytes follow");
        RlpWriter signed = new();
        BigInteger nonce = Below64(fields.Number(8), "nonce"), price = fields.Number(32), gas = fields.Number(8);
        if ((price * gas).GetBitLength() > 256) throw new FormatException("fees");
        signed.Number(nonce).Number(price).Number(gas);
        ReadOnlySpan<byte> to = fields.Bytes();
        if (to.Length is not (0 or 20)) throw new FormatException("address");
        signed.Bytes(to).Number(fields.Number(32)).Bytes(fields.Bytes());
        BigInteger v = fields.Number(32);
        Digest r = Word(fields.Number(32)), s = Word(fields.Number(32));
        if (!fields.AtEnd) throw new FormatException("too many fields");
        if (v is { IsZero: false } && v >= 35)
        {
            if (v != 37 && v != 38) throw new FormatException("another chain");
            signed.Number(1).Number(0).Number(0); // EIP-155
            v -= 10;
        }

        if (v != 27 && v != 28) throw new FormatException("v");
        WalletAddress sender = new RecoverableSignature(r, s, v == 28).Recover(Keccak256.Hash(signed.ToList([]))) ?? throw new FormatException("signature");
        return (sender, Keccak256.Hash(raw));
    }

    private static BigInteger Below64(BigInteger value, string name) => value < ulong.MaxValue ? value : throw new FormatException(name);

    private static Digest Word(BigInteger number)
    {
        byte[] word = new byte[32], bytes = number.IsZero ? [] : number.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(word, word.Length - bytes.Length);
        return Digest.FromBytes(word);
    }
}
