using Ledger.ChainBridge.Abi;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Nethereum.ABI;

namespace Ledger.ChainBridge.Contracts;

/// <summary>Who is who on a local development chain, whose accounts everybody knows: for trying out, never for tokens that are worth anything.</summary>
public static class LocalAccounts
{
    private const uint CapWe = 1_000_000;

    private static readonly TokenAmount Funding = TokenAmount.FromWe(125_000_000);

    /// <summary>Deploys, is every allocation's holder and the distributor's admin.</summary>
    public static WalletAddress Deployer { get; } = Known("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");

    public static WalletAddress Proposer { get; } = Known("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");

    public static WalletAddress Approver { get; } = Known("0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc");

    public static WalletAddress Pauser { get; } = Known("0x90f79bf6eb2c4f870365e785982e1f101e93b906");

    /// <summary>Where the deployer's first contract comes to stand.</summary>
    public static WalletAddress Token { get; } = Created(Deployer, 0);

    /// <summary>Where its second does.</summary>
    public static WalletAddress Distributor { get; } = Created(Deployer, 1);

    /// <summary>The address of a contract: the last 20 bytes of keccak256(rlp([deployer, nonce])).</summary>
    public static WalletAddress Created(WalletAddress deployer, ulong nonce)
    {
        byte[] address = new byte[WalletAddress.SizeBytes];
        deployer.WriteTo(address);
        return WalletAddress.FromBytes(Keccak256.Hash(new RlpWriter().Bytes(address).Number(nonce).ToList([])).ToArray().AsSpan(PayeeNames.AddressOffset));
    }

    /// <summary>The token's creation code.</summary>
    public static byte[] TokenCreation() =>
        [.. ContractArtifact.Token.Bytecode.Span, .. Encoded([.. Enumerable.Repeat(Calldata.Address(Deployer), 5), Calldata.Address(Distributor)])];

    /// <summary>The distributor's creation code.</summary>
    public static byte[] DistributorCreation(int vetoDelaySeconds, Day firstWindow) =>
    [
        .. ContractArtifact.Distributor.Bytecode.Span,
        .. Encoded(
        [
            Calldata.Address(Token), Calldata.Address(Deployer), Calldata.Number("uint48", 0), Calldata.Address(Proposer), Calldata.Address(Approver), Calldata.Address(Pauser),
            Calldata.Number("uint256", vetoDelaySeconds), Calldata.Number("uint32", CapWe), Calldata.Number("uint24", firstWindow.Number),
        ]),
    ];

    /// <summary>The two calls that fund the distributor with the incentive allocation: the token's, then the distributor's.</summary>
    public static IReadOnlyList<byte[]> FundingCalls() =>
    [
        Calldata.Of("approve(address,uint256)", Calldata.Address(Distributor), Calldata.Number("uint256", Funding.BaseUnits)),
        Calldata.Of("fund(uint96)", Calldata.Number("uint96", Funding.BaseUnits)),
    ];

    private static byte[] Encoded(ABIValue[] values) => new ABIEncode().GetABIEncoded(values);

    private static WalletAddress Known(string text) => WalletAddress.TryParse(text, out WalletAddress address) ? address : throw new FormatException(text);
}
