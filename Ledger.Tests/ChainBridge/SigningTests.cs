using System.Numerics;
using System.Text.Json;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Signing;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Xunit;

namespace Ledger.Tests.ChainBridge;

/// <summary>Guaranteed: a signature is RFC 6979's, a sender is recovered before anything is handed on, and no signer is believed.</summary>
public sealed class SigningTests
{
    internal static readonly FeeMarketTransaction Sample = new()
    {
        ChainId = 31_337,
        Nonce = 7,
        MaxPriorityFeePerGas = 1_000_000_000,
        MaxFeePerGas = 30_000_000_000,
        GasLimit = 90_000,
        To = new WalletAddress(0x1234, 5),
        Value = 3,
        Data = new byte[] { 1, 2, 3, 4 },
    };

    [Fact]
    public void Signatures_are_those_of_an_independent_implementation_of_rfc_6979()
    {
        Org.BouncyCastle.Asn1.X9.X9ECParameters curve = SecNamedCurves.GetByName("secp256k1");
        ECDomainParameters domain = new(curve);
        for (int i = 1; i <= 40; i++)
        {
            byte[] secret = Keccak256.Hash([(byte)i]).ToArray();
            Digest hash = Keccak256.Hash([(byte)i, 1]);
            using PrivateKey key = PrivateKey.FromBytes(secret);
            RecoverableSignature ours = key.Sign(hash);
            ECDsaSigner oracle = new(new HMacDsaKCalculator(new Sha256Digest()));
            oracle.Init(forSigning: true, new ECPrivateKeyParameters(new Org.BouncyCastle.Math.BigInteger(1, secret), domain));
            Org.BouncyCastle.Math.BigInteger[] rs = oracle.GenerateSignature(hash.ToArray());
            Org.BouncyCastle.Math.BigInteger low = rs[1].CompareTo(curve.N.ShiftRight(1)) > 0 ? curve.N.Subtract(rs[1]) : rs[1];
            Assert.Equal((Text(rs[0]), Text(low)), (ours.R.ToString(), ours.S.ToString()));
            Assert.Equal(key.Address, ours.Recover(hash));
            Assert.NotEqual(key.Address, (ours with { YParity = !ours.YParity }).Recover(hash));
        }

        static string Text(Org.BouncyCastle.Math.BigInteger n) => "0x" + n.ToString(16).PadLeft(64, '0');
    }

    [Fact]
    public async Task A_signed_transaction_reads_back_to_itself_and_to_its_sender()
    {
        using PrivateKey key = Key(1);
        SignedTransaction signed = await new KeySigner(key).SignAsync(Sample);
        SignedTransaction read = FeeMarketTransaction.Decode(signed.Raw.Span);
        Assert.Equal((key.Address, signed.Hash), (read.Sender, read.Hash));
        Assert.Equal(Sample.SigningHash(), read.Transaction.SigningHash());
        foreach (FeeMarketTransaction odd in (FeeMarketTransaction[])[Sample with { To = null }, Sample with { Nonce = 0, Value = 0, MaxPriorityFeePerGas = 0, Data = default }])
            Assert.Equal(key.Address, FeeMarketTransaction.Decode((await new KeySigner(key).SignAsync(odd)).Raw.Span).Sender);
    }

    [Fact]
    public async Task Every_changed_bit_of_a_signed_transaction_changes_its_sender_or_is_refused()
    {
        using PrivateKey key = Key(2);
        byte[] raw = (await new KeySigner(key).SignAsync(Sample)).Raw.ToArray();
        for (int bit = 0; bit < raw.Length * 8; bit++)
        {
            byte[] changed = [.. raw];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.NotEqual(key.Address, FeeMarketTransaction.Decode(changed).Sender);
            }
            catch (FormatException)
            {
                // refused is right too
            }
        }
    }

    [Fact]
    public async Task A_transaction_that_no_node_takes_is_not_signed()
    {
        using PrivateKey key = Key(3);
        KeySigner signer = new(key);
        await Assert.ThrowsAsync<FormatException>(() => signer.SignAsync(Sample with { MaxPriorityFeePerGas = Sample.MaxFeePerGas + 1 }));
        await Assert.ThrowsAsync<FormatException>(() => signer.SignAsync(Sample with { MaxFeePerGas = BigInteger.One << 250 }));
        await Assert.ThrowsAsync<FormatException>(() => signer.SignAsync(Sample with { Nonce = ulong.MaxValue }));
    }

    [Fact]
    public async Task A_remote_signer_is_not_believed()
    {
        using PrivateKey key = Key(4), other = Key(5);
        byte[] right = Sample.Encode(key.Sign(Sample.SigningHash()));
        Assert.Equal(key.Address, (await Remote(key.Address, Hex(right)).SignAsync(Sample)).Sender);
        Assert.Equal(key.Address, (await Remote(key.Address, $"{{\"raw\":{Hex(right)},\"tx\":{{}}}}").SignAsync(Sample)).Sender);

        FeeMarketTransaction dearer = Sample with { Value = 4 };
        Assert.Equal("signer-differs", await CodeAsync(Hex(Sample.Encode(other.Sign(Sample.SigningHash())))));
        Assert.Equal("signer-differs", await CodeAsync(Hex(dearer.Encode(key.Sign(dearer.SigningHash())))));
        Assert.Equal("signer-differs", await CodeAsync("\"0x1234\""));

        async Task<string> CodeAsync(string result) => (await Assert.ThrowsAsync<SignerException>(() => Remote(key.Address, result).SignAsync(Sample))).Code;
        static string Hex(byte[] bytes) => $"\"0x{Convert.ToHexStringLower(bytes)}\"";
    }

    [Fact]
    public void A_key_file_opens_again_and_says_when_the_password_is_wrong()
    {
        using PrivateKey key = Key(6);
        string file = Keystore.Seal(Keccak256.Hash([6]).ToArray(), key.Address, "correct horse", rounds: 2);
        using PrivateKey opened = Keystore.Open(file, "correct horse");
        Assert.Equal(key.Address, opened.Address);
        Assert.Equal("keystore-password", Assert.Throws<SignerException>(() => Keystore.Open(file, "battery staple")).Code);
        Assert.Equal("keystore-malformed", Assert.Throws<SignerException>(() => Keystore.Open("{}", "x")).Code);
        Assert.DoesNotContain(Convert.ToHexStringLower(Keccak256.Hash([6]).ToArray()), key.ToString(), StringComparison.Ordinal);
    }

    private static PrivateKey Key(byte seed) => PrivateKey.FromBytes(Keccak256.Hash([seed]).ToArray());

    private static RemoteSigner Remote(WalletAddress address, string result) => new(new Fixed(result), address);

    private sealed class Fixed(string result) : INodeRpc
    {
        public Task<IReadOnlyList<RpcReply>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel = default) =>
            Task.FromResult<IReadOnlyList<RpcReply>>([new RpcReply(JsonDocument.Parse(result).RootElement, null)]);
    }
}
