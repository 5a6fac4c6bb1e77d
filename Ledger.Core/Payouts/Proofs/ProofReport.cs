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

/// <summary>What a verified proof says, and the two values to compare with what others publish.</summary>
/// <param name="Window">The window that was closed.</param>
/// <param name="Account">Whose proof it is.</param>
/// <param name="Wallet">Who may claim, or null.</param>
/// <param name="Cumulative">All that the payee had earned at the close.</param>
/// <param name="Lines">The account's lines of the window; null when the proof leaves the statement out.</param>
/// <param name="RewardRoot">Compare with the root that the distributor contract holds.</param>
/// <param name="Checkpoint">Compare its id with any that others keep of the log.</param>
public sealed record ProofFacts(
    Day Window, string Account, string? Wallet, TokenAmount Cumulative, IReadOnlyList<StatedLine>? Lines, Digest RewardRoot, LogCheckpoint Checkpoint);
