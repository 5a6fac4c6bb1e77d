using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.ChainBridge.Contracts;

/// <summary>
/// The claims in <c>Vectors/reward-claims.json</c> are those that the ledger's tree makes; the contract's tests pay each of them and
/// refuse it with any bit changed. Written anew by <c>WRITE_VECTORS=1 dotnet test --filter RewardClaimVectorTests</c>.
/// </summary>
public sealed class RewardClaimVectorTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Where forge's test contract deploys the two.</summary>
    private static readonly SettlementRules Settlement = new()
    {
        MinPayout = TokenAmount.Zero,
        ChainId = 31_337,
        Distributor = Address("0x2e234dae75c793f67a35089c9d99245e1c58470b"),
        Token = Address("0x5615deb798bb3e4dfa0139dfa1b3d433cc23b72f"),
    };

    [Fact]
    public void The_claims_on_file_are_those_of_the_ledgers_tree()
    {
        WalletPayee[] wallets =
        [
            new(Address("0x00000000000000000000000000000000000000c1"), 1),
            new(Address("0x1d96f2f6bef1202e4ce1ff6dad0c2cb002861d3e"), UInt128.Parse("1234567890123456789012")),
            new(Address("0x5c9ed0f2d8ff5fa3bd9e0d1b4d25b1e1ff0c7c11"), 999_999_999_999_999_999),
            new(Address("0x8000000000000000000000000000000000000001"), TokenAmount.FromWe(250_000).BaseUnits),
            new(Address("0xffffffffffffffffffffffffffffffffffffffff"), TokenAmount.FromWe(10).BaseUnits),
        ];
        Payees payees = new([new UnlinkedPayee(0, PayeeNames.OfAccount("ann"u8), TokenAmount.FromWe(5).BaseUnits)], wallets);
        Digest domain = PayeeNames.Domain(Settlement);
        RewardLeaf[] leaves = payees.Leaves(domain);
        RewardTree tree = RewardTree.Build(leaves);
        int first = leaves.Length - wallets.Length;

        VectorFile.Match("reward-claims.json", JsonSerializer.Serialize(new
        {
            chainId = Settlement.ChainId,
            distributor = Settlement.Distributor.ToString(),
            token = Settlement.Token.ToString(),
            domain = domain.ToString(),
            root = tree.Root.ToString(),
            total = payees.Total().BaseUnits.ToString(),
            accounts = wallets.Select(payee => payee.Wallet.ToString()),
            claims = wallets.Select((payee, i) => new
            {
                account = payee.Wallet.ToString(),
                cumulative = payee.Cumulative.ToString(),
                leafHash = leaves[first + i].Hash().ToString(),
                proof = tree.ProofFor(first + i).Select(digest => digest.ToString()),
            }),
        }, Indented) + "\n");
    }

    private static WalletAddress Address(string text) => WalletAddress.TryParse(text, out WalletAddress wallet) ? wallet : throw new FormatException(text);
}
