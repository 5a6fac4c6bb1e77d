using Ledger.ChainBridge.Signing;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Nethereum.Signer;
using Nethereum.Signer.EIP712;
using Xunit;

namespace Ledger.Tests.Signing;

/// <summary>Guaranteed: what is signed here is what wallets sign for the same words and the same typed data; who signed is found, and a changed bit finds nobody or somebody else.</summary>
public sealed class WalletLinkTests
{
    private static readonly EthECKey Key = new("0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318");
    private static readonly WalletAddress Holder = WalletAddress.TryParse(Key.GetPublicAddress(), out WalletAddress address) ? address : throw new FormatException();

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Text_and_typed_data_are_what_an_independent_wallet_signs(int seed)
    {
        WalletLink link = Link(seed);
        Assert.True(WalletSignature.TryRecover(link.Eip191Digest, new EthereumMessageSigner().EncodeUTF8AndSign(link.Text, Key), out WalletAddress signer));
        Assert.Equal(Holder, signer);
        string typed = new Eip712TypedDataSigner().SignTypedDataV4(link.TypedData().ToJsonString(), Key);
        Assert.True(WalletSignature.TryRecover(link.Eip712Digest, typed, out signer));
        Assert.Equal(Holder, signer);
    }

    [Fact]
    public void Every_part_of_a_link_is_signed()
    {
        WalletLink link = Link(1);
        WalletLink[] others =
        [
            link with { Account = new AccountId("somebody else") },
            link with { Wallet = new WalletAddress(1, 2) },
            link with { Nonce = EventId.Derive("other", "nonce") },
            link with { Expires = link.Expires.PlusMs(1_000) },
            link with { Domain = link.Domain with { Ledger = LogHash.Leaf([9]) } },
            link with { Domain = link.Domain with { ChainId = 2 } },
            link with { Domain = link.Domain with { Distributor = new WalletAddress(3, 4) } },
        ];
        Assert.Equal(others.Length + 1, others.Append(link).Select(l => l.Eip191Digest).Distinct().Count());
        Assert.Equal(others.Length + 1, others.Append(link).Select(l => l.Eip712Digest).Distinct().Count());
    }

    [Fact]
    public void A_changed_bit_finds_nobody_or_somebody_else_and_the_other_form_of_s_finds_nobody()
    {
        WalletLink link = Link(2);
        byte[] good = Convert.FromHexString(new EthereumMessageSigner().EncodeUTF8AndSign(link.Text, Key)[2..]);
        for (int bit = 0; bit < 8 * good.Length; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(WalletSignature.TryRecover(link.Eip191Digest, Text(bad), out WalletAddress signer) && signer == Holder, $"bit {bit}");
        }

        Org.BouncyCastle.Math.BigInteger order = new("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", 16);
        byte[] high = order.Subtract(new Org.BouncyCastle.Math.BigInteger(1, good[32..64])).ToByteArrayUnsigned();
        byte[] twin = [.. good[..32], .. new byte[32 - high.Length], .. high, (byte)(good[64] == 27 ? 28 : 27)];
        Assert.False(WalletSignature.TryRecover(link.Eip191Digest, Text(twin), out _));
        Assert.True(WalletSignature.TryRecover(link.Eip191Digest, Text([.. good[..64], (byte)(good[64] - 27)]), out _)); // v as some wallets give it
        foreach (string text in new[] { "", "0x", Text(good)[..^2], Text(good) + "00", Text(good)[2..], Text(new byte[65]), "0x" + new string('g', 130) })
            Assert.False(WalletSignature.TryRecover(link.Eip191Digest, text, out _), text);
    }

    private static string Text(byte[] bytes) => "0x" + Convert.ToHexStringLower(bytes);

    private static WalletLink Link(int seed)
    {
        Random random = new(seed);
        WalletLinkDomain domain = new(LogHash.Leaf([(byte)seed]), (ulong)random.NextInt64(), new WalletAddress((UInt128)(ulong)random.NextInt64(), (uint)random.Next()));
        return new WalletLink(domain, new AccountId($"account {seed} é 라이브"), Holder, EventId.Derive("nonce", $"{seed}"), UnixMs.From(random.NextInt64(4_000_000_000) * 1000));
    }
}
