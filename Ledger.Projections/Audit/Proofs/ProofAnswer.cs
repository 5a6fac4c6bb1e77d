using Ledger.Core.Payouts.Proofs;

namespace Ledger.Projections.Audit.Proofs;

/// <summary>A proof, or why there is none to give.</summary>
/// <remarks>
/// Codes, the first that applies: <c>unknown-event</c>, <c>not-activity</c>, <c>not-closed</c>, <c>after-seal</c>, <c>unknown-account</c>,
/// <c>no-leaf</c>; of a settlement <c>nothing-settled</c> before them, then <c>no-wallet</c>, <c>not-settled</c>.
/// </remarks>
public sealed record ProofAnswer
{
    /// <summary>The proof; null when refused.</summary>
    public Proof? Proof { get; private init; }

    /// <summary>Stable, kebab-case; null when there is a proof.</summary>
    public string? RefusalCode { get; private init; }

    /// <summary>What was asked for and what is there, for a person; null when there is a proof.</summary>
    public string? RefusalMessage { get; private init; }

    internal static ProofAnswer Of(Proof proof) => new() { Proof = proof };

    internal static ProofAnswer Refused(string code, string message) => new() { RefusalCode = code, RefusalMessage = message };
}
