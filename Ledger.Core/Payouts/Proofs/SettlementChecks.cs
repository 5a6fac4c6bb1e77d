using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Rulesets;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>The checks of a settlement proof behind those of its payout, in the order of <c>specs/proofs.md</c>.</summary>
internal static class SettlementChecks
{
    /// <summary>Makes all checks; null when the plan cannot be read or there is no wallet, so that nothing else can be said.</summary>
    /// <param name="checks">Where to.</param>
    /// <param name="proof">The proof.</param>
    /// <param name="events">What its payout rests on.</param>
    public static SettledFacts? Run(CheckList checks, SettlementProof proof, PayoutEvents events)
    {
        CheckRuleset(checks, proof, events.Close);
        if (checks.Event<SettlementPlanned>("plan-event", "the event says what was to be published on the chain", "settlement-planned", proof.Plan)?.Payload is not SettlementPlanned plan) return null;
        PayoutProof payout = proof.Payout;
        RewardClaim settled = proof.Settled;
        checks.Equal("plan-window", "it settles the window that was paid", payout.Window, plan.Window);
        checks.Equal("plan-chain", "it is for the chain of the leaf", settled.ChainId, plan.ChainId);
        checks.Holds("plan-order", "it stands behind the statement", payout.Statement.Position < proof.Plan.Position, $"behind {payout.Statement.Position}", $"{proof.Plan.Position}");
        PayoutChecks.CheckInclusion(checks, "plan-inclusion", "it is in the log", proof.Plan, payout.Checkpoint);

        checks.Equal("settled-wallet", "a wallet is what can claim", true, payout.Wallet is not null);
        if (payout.Wallet is not { } wallet) return null;
        PayoutChecks.CheckClaim(checks, "settled", payout, settled);
        checks.Equal("settled-root", "the plan publishes this settled tree", plan.RewardRoot, settled.Root);
        checks.Holds("settled-total", "the leaf is a part of everything that was settled", settled.Leaf.Cumulative <= plan.CumulativeTotal, $"at most {plan.CumulativeTotal}", $"{settled.Leaf.Cumulative}");
        checks.Equal("settled-place", "it is settled where it was earned for", payout.Reward.Leaf.Domain, settled.Leaf.Domain);
        checks.Holds(
            "settled-earned", "no more is settled than was earned", settled.Leaf.Cumulative <= payout.Reward.Leaf.Cumulative,
            $"at most {payout.Reward.Leaf.Cumulative}", $"{settled.Leaf.Cumulative}");
        Digest commitment = RootCommitment.Of(payout.Window, plan.CumulativeTotal, plan.RewardRoot, events.Close.LogRoot, events.Statement.StatementDigest, events.Close.RulesetHash);
        checks.Equal("commitment", "the commitment is over window, total, settled root, log root, statement and ruleset", commitment, proof.Commitment);
        return new SettledFacts(
            wallet, settled.ChainId, settled.Distributor, settled.Token, settled.Leaf.Cumulative, plan.CumulativeTotal, settled.Root, events.Close.LogRoot, events.Statement.StatementDigest, events.Close.RulesetHash, commitment);
    }

    private static void CheckRuleset(CheckList checks, SettlementProof proof, WindowClosed close)
    {
        if (checks.Event<RulesetAdopted>("ruleset-event", "the event puts a ruleset in force", "ruleset-adopted", proof.Ruleset)?.Payload is not RulesetAdopted adopted) return;
        checks.Equal("ruleset-hash", "its document has the hash that the window closed under", close.RulesetHash, RulesetDocument.HashOf(adopted.Document));
        checks.Holds("ruleset-order", "it was adopted before the window was sealed", proof.Ruleset.Position < close.SealedAt, $"before {close.SealedAt}", $"{proof.Ruleset.Position}");
        PayoutChecks.CheckInclusion(checks, "ruleset-inclusion", "it is in the log", proof.Ruleset, proof.Payout.Checkpoint);
        (Ruleset? ruleset, IReadOnlyList<RulesetError> errors) = RulesetDocument.Parse(adopted.Document);
        checks.Equal(
            "ruleset-domain", "it settles at this chain, contract and token",
            ruleset is null ? errors[0].Code : PayeeNames.Domain(ruleset.Settlement).ToString(), proof.Settled.Domain().ToString());
    }
}
