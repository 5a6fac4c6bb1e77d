using Ledger.Core.Events;
using Ledger.Core.Merkle;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>Recomputes everything that a proof claims, from the proof alone (<c>specs/proofs.md</c> lists the checks).</summary>
/// <remarks>
/// A proof is made of hashes that lead to values which others hold: the log's checkpoint, and, of a settlement, the root and the
/// commitment of the distributor contract. <see cref="ProofFacts"/> names them. Never throws on a proof that <see cref="ProofFile"/> has read.
/// </remarks>
public static class ProofVerifier
{
    /// <summary>Checks a proof of any kind.</summary>
    public static ProofReport Verify(Proof proof)
    {
        CheckList checks = new();
        switch (proof)
        {
            case ActivityProof activity:
                checks.Enter("payout.");
                PayoutEvents? events = PayoutChecks.Run(checks, activity.Payout);
                checks.Enter("");
                if (events is not null) CheckActivity(checks, activity, events.Close);
                return Report(checks, events, activity.Payout, [NoVerdict, .. PayoutChecks.NotShown(activity.Payout)]);
            case SettlementProof settlement:
                checks.Enter("payout.");
                PayoutEvents? paid = PayoutChecks.Run(checks, settlement.Payout);
                checks.Enter("");
                SettledFacts? settled = paid is null ? null : SettlementChecks.Run(checks, settlement, paid);
                return Report(checks, settled is null ? null : paid, settlement.Payout, [.. PayoutChecks.NotShown(settlement.Payout), SettlementProof.ChainNotShown], settled);
            case PayoutProof payout:
                return Report(checks, PayoutChecks.Run(checks, payout), payout, PayoutChecks.NotShown(payout));
            default:
                throw new ArgumentException($"unknown-kind: {proof.Kind} is no kind of proof that this build verifies", nameof(proof));
        }
    }

    private const string NoVerdict = "How the event was judged and how many points it earned: a replay of the log shows that.";

    private static void CheckActivity(CheckList checks, ActivityProof proof, WindowClosed close)
    {
        NewEvent? read = checks.Event<ActivityPayload>("activity-event", "the event is something that somebody did", "an activity event", proof.Activity);
        if (read is null) return;
        checks.Equal("activity-actor", "the account of the payout did it", proof.Payout.Account, ((ActivityPayload)read.Payload).Actor);
        checks.Equal("activity-window", "it counts in the window that was paid", proof.Payout.Window, read.Window);
        bool included = InclusionProof.Verify(close.LogRoot, close.SealedAt, proof.Activity.Position, LogHash.Leaf(proof.Activity.Bytes.Span), [.. proof.Activity.Path]);
        checks.Holds(
            "activity-inclusion", "it was in the log, at this position and in these bytes, when the window was sealed", included,
            $"a path from the event to the root {close.LogRoot} of {close.SealedAt} events", $"position {proof.Activity.Position}, {proof.Activity.Path.Count} hashes");
    }

    private static ProofReport Report(CheckList checks, PayoutEvents? events, PayoutProof payout, IReadOnlyList<string> notShown, SettledFacts? settled = null)
    {
        bool ok = events is not null && checks.AllOk;
        ProofFacts? facts = !ok ? null : new ProofFacts(
            payout.Window, payout.Account.Value, payout.Wallet?.ToString(), payout.Reward.Leaf.Cumulative, payout.Lines?.OfAccount, payout.Reward.Root, payout.Checkpoint, settled);
        return new ProofReport(checks.Checks, facts, notShown);
    }
}
