using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.ChainBridge.Signing;

/// <summary>Which ledger a wallet is linked in: a signature for one is none for another.</summary>
/// <param name="Ledger">Names the ledger: the root of its log's first event.</param>
/// <param name="ChainId">The chain that it settles on.</param>
/// <param name="Distributor">The contract that pays there; zero until there is one.</param>
public sealed record WalletLinkDomain(Digest Ledger, ulong ChainId, WalletAddress Distributor);

/// <summary>What the holder of a wallet signs so that an account's payouts go there (specs/api.md).</summary>
/// <param name="Domain">For which ledger.</param>
/// <param name="Account">Whose payouts.</param>
/// <param name="Wallet">The wallet that signs and will be paid.</param>
/// <param name="Nonce">Never used before; the event's id follows from it, so that a signature links once.</param>
/// <param name="Expires">The last moment at which it is accepted; whole seconds.</param>
public sealed record WalletLink(WalletLinkDomain Domain, AccountId Account, WalletAddress Wallet, EventId Nonce, UnixMs Expires)
{
    private const int WordBytes = 32;
    private const string DomainType = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)";
    private const string LinkType = "LinkWallet(string account,address wallet,string nonce,uint256 expires)";

    /// <summary>The words of EIP-191 personal_sign. No id holds a line break, so one text says one thing.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"weledger: pay this account's earnings to this wallet.\n\nAccount: {Account}\nWallet: {Wallet}\nLedger: {Domain.Ledger}\nChain: {Domain.ChainId}\nDistributor: {Domain.Distributor}\nNonce: {Nonce}\nExpires: {Expires}");

    /// <summary>What a wallet signs for <see cref="Text"/>: keccak256("\x19Ethereum Signed Message:\n" ‖ length ‖ text).</summary>
    public Digest Eip191Digest
    {
        get
        {
            byte[] text = Encoding.UTF8.GetBytes(Text);
            return Keccak256.Hash([.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\u0019Ethereum Signed Message:\n{text.Length}")), .. text]);
        }
    }

    /// <summary>What a wallet signs for the typed data of EIP-712: keccak256(0x1901 ‖ domain ‖ message).</summary>
    public Digest Eip712Digest
    {
        get
        {
            Digest domain = Struct(DomainType, Hash("weledger"), Hash("1"), Number(Domain.ChainId), Address(Domain.Distributor), Bytes(Domain.Ledger));
            Digest message = Struct(LinkType, Hash(Account.Value), Address(Wallet), Hash(Nonce.ToString()), Number((ulong)(Expires.Value / 1000)));
            return Keccak256.Hash([0x19, 0x01, .. Bytes(domain), .. Bytes(message)]);
        }
    }

    /// <summary>The document that wallets take for eth_signTypedData_v4.</summary>
    public JsonObject TypedData() => new()
    {
        ["types"] = new JsonObject { ["EIP712Domain"] = Members(DomainType), ["LinkWallet"] = Members(LinkType) },
        ["primaryType"] = "LinkWallet",
        ["domain"] = new JsonObject { ["name"] = "weledger", ["version"] = "1", ["chainId"] = Domain.ChainId, ["verifyingContract"] = Domain.Distributor.ToString(), ["salt"] = Domain.Ledger.ToString() },
        ["message"] = new JsonObject { ["account"] = Account.Value, ["wallet"] = Wallet.ToString(), ["nonce"] = Nonce.ToString(), ["expires"] = Expires.Value / 1000 },
    };

    /// <summary>The members that a type's own text lists.</summary>
    private static JsonArray Members(string type)
    {
        string list = type[(type.IndexOf('(', StringComparison.Ordinal) + 1)..^1];
        return [.. list.Split(',').Select(member => member.Split(' ')).Select(parts => (JsonNode)new JsonObject { ["name"] = parts[1], ["type"] = parts[0] })];
    }

    private static Digest Struct(string type, params byte[][] words) => Keccak256.Hash([.. Hash(type), .. words.SelectMany(w => w)]);

    private static byte[] Hash(string text) => Bytes(Keccak256.Hash(Encoding.UTF8.GetBytes(text)));

    private static byte[] Bytes(Digest digest)
    {
        byte[] word = new byte[WordBytes];
        digest.WriteTo(word);
        return word;
    }

    private static byte[] Number(ulong value)
    {
        byte[] word = new byte[WordBytes];
        BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(WordBytes - 8), value);
        return word;
    }

    private static byte[] Address(WalletAddress address)
    {
        byte[] word = new byte[WordBytes];
        address.WriteTo(word.AsSpan(WordBytes - WalletAddress.SizeBytes));
        return word;
    }
}
