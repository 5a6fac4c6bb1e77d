using Ledger.ChainBridge.Abi;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.ChainBridge.Contracts;

/// <summary>What the ledger says of a window when it asks for a root (<c>specs/contracts.md</c>).</summary>
/// <param name="Window">The window.</param>
/// <param name="Total">Sum over the leaves.</param>
/// <param name="Root">Root of the settled tree.</param>
/// <param name="LogRoot">Root of the log when the window was sealed.</param>
/// <param name="StatementDigest">Digest of the window's statement.</param>
/// <param name="RulesetHash">The ruleset it closed under.</param>
public sealed record RootProposal(Day Window, TokenAmount Total, Digest Root, Digest LogRoot, Digest StatementDigest, Digest RulesetHash)
{
    /// <summary>What the contract keeps of an approved proposal.</summary>
    public Digest Commitment() => RootCommitment.Of(Window, Total, Root, LogRoot, StatementDigest, RulesetHash);

    internal Nethereum.ABI.ABIValue[] Arguments() =>
    [
        Calldata.Number("uint24", Window.Number), Calldata.Number("uint96", Total.BaseUnits), Calldata.Word(Root), Calldata.Word(LogRoot), Calldata.Word(StatementDigest), Calldata.Word(RulesetHash),
    ];
}
