using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Quantities;
using Ledger.Core.Time;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>One thing that was recomputed from a proof.</summary>
/// <param name="Name">Stable, kebab-case; those of an activity proof's payout begin with <c>payout.</c></param>
/// <param name="Shows">What follows when it holds, as a sentence.</param>
/// <param name="Ok">Whether it holds.</param>
/// <param name="Expected">What the rest of the proof demands.</param>
/// <param name="Found">What is there.</param>
public sealed record ProofCheck(string Name, string Shows, bool Ok, string Expected, string Found);

/// <summary>What a proof shows, check by check.</summary>
/// <param name="Checks">Every check that was made, in order; a failed one may leave out those that need it.</param>
/// <param name="Learned">What the holder knows; null unless every check holds.</param>
/// <param name="NotShown">What the file cannot show, a sentence each.</param>
public sealed record ProofReport(IReadOnlyList<ProofCheck> Checks, ProofFacts? Learned, IReadOnlyList<string> NotShown)
{
    /// <summary>The verdict: every check was made and holds.</summary>
    public bool Ok => Learned is not null;
}

/// <summary>What a verified proof says, and the values to compare with what others publish.</summary>
/// <param name="Window">The window that was closed.</param>
/// <param name="Account">Whose proof it is.</param>
/// <param name="Wallet">Who may claim, or null.</param>
/// <param name="Cumulative">All that the payee had earned at the close.</param>
/// <param name="Lines">The account's lines of the window; null when the proof leaves the statement out.</param>
/// <param name="RewardRoot">The root that the window's statement states.</param>
/// <param name="Checkpoint">Compare its id with any that others keep of the log.</param>
/// <param name="Settled">What was settled of it; null in a proof of another kind.</param>
public sealed record ProofFacts(
    Day Window, string Account, string? Wallet, TokenAmount Cumulative, IReadOnlyList<StatedLine>? Lines, Digest RewardRoot, LogCheckpoint Checkpoint, SettledFacts? Settled);

/// <summary>What a verified settlement proof says of the chain.</summary>
/// <param name="Wallet">Who may claim.</param>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Distributor">The contract that pays.</param>
/// <param name="Token">The token it pays.</param>
/// <param name="Cumulative">What the wallet may claim in all.</param>
/// <param name="Total">Sum over all leaves.</param>
/// <param name="Root">What the contract's <c>root()</c> must answer.</param>
/// <param name="LogRoot">The log's root at the seal, a part of the commitment.</param>
/// <param name="StatementDigest">The statement's digest, a part of it.</param>
/// <param name="RulesetHash">The ruleset's hash, a part of it.</param>
/// <param name="Commitment">What the contract's <c>commitment()</c> must answer.</param>
public sealed record SettledFacts(
    WalletAddress Wallet, ulong ChainId, WalletAddress Distributor, WalletAddress Token, TokenAmount Cumulative, TokenAmount Total, Digest Root, Digest LogRoot, Digest StatementDigest, Digest RulesetHash, Digest Commitment);
