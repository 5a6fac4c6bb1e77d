using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Settlement;
using Ledger.ChainBridge.Signing;
using Ledger.Core.Identity;

namespace Ledger.Host.Adapters.Chain;

/// <summary>How a ledger reaches its chain: the file <c>chain.json</c> in its folder (specs/settlement.md).</summary>
/// <param name="Rpc">The node.</param>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Token">The token.</param>
/// <param name="Distributor">The distributor.</param>
/// <param name="Proposer">The first key: <c>node:ADDRESS</c>, <c>remote:ADDRESS@URL</c> or <c>keystore:FILE</c>.</param>
/// <param name="Approver">The second key.</param>
/// <param name="MaxFeeWei">Wei per gas that is never passed.</param>
/// <param name="TipWei">The first tip.</param>
/// <param name="ConfirmBlocks">Blocks before a transaction counts as confirmed.</param>
/// <param name="FinalBlocks">Blocks before it is final.</param>
/// <param name="UseFinalizedTag">Whether the node's <c>finalized</c> counts as well.</param>
internal sealed record ChainSettings(
    Uri Rpc, ulong ChainId, string Token, string Distributor, string Proposer, string Approver, long MaxFeeWei, long TipWei, int ConfirmBlocks, int FinalBlocks, bool UseFinalizedTag)
{
    private const string FileName = "chain.json";
    private const int FinalBlocksMax = 10_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true };

    [JsonIgnore]
    public WalletAddress TokenAddress => Address(Token);

    [JsonIgnore]
    public WalletAddress DistributorAddress => Address(Distributor);

    [JsonIgnore]
    public FeePolicy Fees => new() { Cap = new BigInteger(MaxFeeWei), Tip = new BigInteger(TipWei) };

    [JsonIgnore]
    public FinalityPolicy Finality => new(ConfirmBlocks, FinalBlocks, UseFinalizedTag);

    /// <summary>Reads the file of a folder.</summary>
    /// <exception cref="FormatException"><c>chain-file-missing</c> or <c>chain-file-malformed</c>.</exception>
    public static ChainSettings Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new FormatException($"chain-file-missing: there is no {path}; 'weledger chain up' writes one for a local chain, specs/settlement.md shows one for any other");
        try
        {
            ChainSettings settings = JsonSerializer.Deserialize<ChainSettings>(File.ReadAllBytes(path), Json)!;
            _ = (settings.TokenAddress, settings.DistributorAddress);
            return settings.FinalBlocks is > 0 and <= FinalBlocksMax && settings.ConfirmBlocks >= 0 && settings.TipWei >= 0 && settings.MaxFeeWei > settings.TipWei
                ? settings
                : throw new FormatException($"chain-file-malformed: finalBlocks is 1 to {FinalBlocksMax}, confirmBlocks and tipWei are not negative, maxFeeWei is above tipWei; correct {path}");
        }
        catch (JsonException e)
        {
            throw new FormatException($"chain-file-malformed: {e.Message}; correct {path}", e);
        }
    }

    /// <summary>Writes the file of a folder.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");
    }

    /// <summary>The signer that a text names.</summary>
    /// <param name="text">As in the file.</param>
    /// <param name="node">The chain's node, for keys that it holds itself.</param>
    /// <param name="folder">What a key file's path starts from.</param>
    /// <exception cref="FormatException"><c>signer-unknown</c>.</exception>
    public static ISigner SignerOf(string text, INodeRpc node, string folder)
    {
        string[] parts = text.Split(':', 2);
        if (parts is ["node", var own]) return new RemoteSigner(node, Address(own));
        if (parts is ["remote", var remote] && remote.Split('@', 2) is [var address, var url])
            return new RemoteSigner(ResilientNode.Connect(new Uri(url), new RpcPatience(), TimeProvider.System), Address(address));
        if (parts is ["keystore", var file])
        {
            string path = Path.GetFullPath(file, folder);
            string password = Environment.GetEnvironmentVariable("WELEDGER_KEY_PASSWORD")
                ?? throw new FormatException("keystore-password: WELEDGER_KEY_PASSWORD is not set; set it to what opens the key file");
            return new KeySigner(Keystore.Open(File.ReadAllText(path), password));
        }

        throw new FormatException($"signer-unknown: '{parts[0]}' is no way to a key; use node:ADDRESS, remote:ADDRESS@URL or keystore:FILE");
    }

    private static WalletAddress Address(string text) => WalletAddress.TryParse(text, out WalletAddress address) ? address : throw new FormatException($"address-malformed: '{text}' is no address; write 0x and 40 hexadecimal digits");
}
