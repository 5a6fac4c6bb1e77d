using Ledger.ChainBridge.Contracts;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;

namespace Ledger.ChainBridge.Settlement;

/// <summary>What a settlement publishes and sends, computed from the log.</summary>
/// <param name="Name">The settlement's name.</param>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Distributor">The contract.</param>
/// <param name="Token">The token it pays.</param>
/// <param name="Proposal">What is proposed to the contract.</param>
/// <param name="Leaves">The settled tree's leaves, by wallet.</param>
/// <param name="Previous">The leaves of the settlement before, by wallet; none before the first.</param>
/// <param name="Pushes">Wallets that are sent their tokens, with all that they earned.</param>
public sealed record SettlementContent(
    string Name, ulong ChainId, WalletAddress Distributor, WalletAddress Token, RootProposal Proposal, RewardLeaf[] Leaves, RewardLeaf[] Previous, IReadOnlyList<(WalletAddress Wallet, TokenAmount Cumulative)> Pushes)
{
    /// <summary>The pushes in batches of what the contract takes at once.</summary>
    public IEnumerable<IReadOnlyList<(WalletAddress Wallet, TokenAmount Cumulative)>> Batches => Pushes.Chunk(DistributorContract.BatchSizeMax);
}
