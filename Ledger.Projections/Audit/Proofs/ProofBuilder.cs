using System.Buffers;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Payouts.Proofs;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Audit.Proofs;

/// <summary>Makes proof files from the log and a replay of the window (<c>specs/proofs.md</c>).</summary>
/// <param name="log">The log.</param>
/// <param name="replay">Recomputes a closed window.</param>
/// <param name="settled">What was settled last; null when nothing was.</param>
public sealed class ProofBuilder(IEventLog log, Func<Day, CancellationToken, Task<PaidWindow>> replay, SettledTree? settled)
{
    /// <summary>A builder over a ledger.</summary>
    public static ProofBuilder Over(RewardLedger ledger) =>
        new(ledger.Log, async (window, cancel) => PaidWindow.Of(await ledger.ReplayAsync(window, cancel: cancel)), SettledTree.Of(ledger));

    /// <summary>Shows what an account had earned when a window closed.</summary>
    /// <param name="account">Whose earnings.</param>
    /// <param name="window">Up to the close of which window.</param>
    /// <param name="wholeStatement">Whether the file holds the window's statement, about 25 bytes a line, so that it shows the account's own lines too.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <returns>A <see cref="PayoutProof"/>, or <c>not-closed</c>, <c>unknown-account</c>, <c>no-leaf</c>.</returns>
    public async Task<ProofAnswer> AccountAsync(AccountId account, Day window, bool wholeStatement, CancellationToken cancel = default)
    {
        if (await WindowEnd.FindAsync(log, window, cancel) is not { } end) return NotClosed(window);
        return await PayoutAsync(account, end, wholeStatement, await LogProofs.AtHeadAsync(log, cancel), cancel);
    }

    /// <summary>Shows what an account's wallet may claim on the chain since the last settlement, and from which statement that follows.</summary>
    /// <param name="account">Whose wallet.</param>
    /// <param name="wholeStatement">As for <see cref="AccountAsync"/>.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <returns>A <see cref="SettlementProof"/>, or <c>nothing-settled</c>, <c>unknown-account</c>, <c>no-leaf</c>, <c>no-wallet</c>, <c>not-settled</c>.</returns>
    public async Task<ProofAnswer> SettlementAsync(AccountId account, bool wholeStatement, CancellationToken cancel = default)
    {
        if (settled is null || await WindowEnd.FindAsync(log, settled.Window, cancel) is not { } end) return ProofAnswer.Refused("nothing-settled", "nothing was settled on a chain yet");
        LogProofs proofs = await LogProofs.AtHeadAsync(log, cancel);
        ProofAnswer payout = await PayoutAsync(account, end, wholeStatement, proofs, cancel);
        if (payout.Proof is not PayoutProof proof) return payout;
        if (proof.Wallet is not { } wallet) return ProofAnswer.Refused("no-wallet", $"{account} had no wallet when {settled.Window} was sealed; what it earned is settled when it has one");
        if (SettledClaim(proof.Reward, wallet, settled) is not { } claim) return ProofAnswer.Refused("not-settled", $"nothing of what {account} earned is settled for {wallet} yet: it waits, or was spent");

        RecordedEvent plan = await settled.PlanAsync(log, cancel);
        SettlementPlanned planned = (SettlementPlanned)plan.Payload;
        if (planned.RewardRoot != claim.Root)
            throw new InvalidOperationException($"settled-root-differs: the log states {planned.RewardRoot} for {settled.Window}, the books give {claim.Root}; run an audit");
        return ProofAnswer.Of(new SettlementProof
        {
            Payout = proof,
            Ruleset = await proofs.EventAsync(await RulesetAsync(end.Close, cancel), cancel),
            Plan = await proofs.EventAsync(plan, cancel),
            Settled = claim,
            Commitment = RootCommitment.Of(settled.Window, planned.CumulativeTotal, planned.RewardRoot, end.Close.LogRoot, end.Statement.StatementDigest, end.Close.RulesetHash),
        });
    }

    /// <summary>Shows that an activity event was in the log when its window was sealed, and what its actor then had.</summary>
    /// <param name="id">The event.</param>
    /// <param name="wholeStatement">As for <see cref="AccountAsync"/>.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <returns>An <see cref="ActivityProof"/>, or <c>unknown-event</c>, <c>not-activity</c>, <c>not-closed</c>, <c>after-seal</c>, <c>unknown-account</c>, <c>no-leaf</c>.</returns>
    public async Task<ProofAnswer> EventAsync(EventId id, bool wholeStatement, CancellationToken cancel = default)
    {
        if (await log.FindAsync(id, cancel) is not { } found) return ProofAnswer.Refused("unknown-event", $"the log has no event {id}");
        if (found.Payload is not ActivityPayload activity)
            return ProofAnswer.Refused("not-activity", $"{EventCatalogue.Name(found.Payload.Kind)} is not something that earns; prove a payout instead");
        if (await WindowEnd.FindAsync(log, found.Event.Window, cancel) is not { } end) return NotClosed(found.Event.Window);
        if (found.Position >= end.Close.SealedAt)
            return ProofAnswer.Refused("after-seal", $"the event stands at {found.Position}, behind the seal at {end.Close.SealedAt}, and counts nowhere");

        ProofAnswer payout = await PayoutAsync(activity.Actor, end, wholeStatement, await LogProofs.AtHeadAsync(log, cancel), cancel);
        if (payout.Proof is not PayoutProof proof) return payout;
        return ProofAnswer.Of(new ActivityProof { Activity = await LogProofs.EventAsync(log, found, end.Close.SealedAt, cancel), Payout = proof });
    }

    private static ProofAnswer NotClosed(Day window) => ProofAnswer.Refused("not-closed", $"the window {window} is not closed; there is nothing to prove yet");

    private async Task<ProofAnswer> PayoutAsync(AccountId account, WindowEnd end, bool wholeStatement, LogProofs proofs, CancellationToken cancel)
    {
        Day window = end.Close.Window;
        if (await StandingAsync(account, end.Close.SealedAt, cancel) is not { } standing)
            return ProofAnswer.Refused("unknown-account", $"no account {account} was open when {window} was sealed");

        PaidWindow paid = await replay(window, cancel);
        if (Claim(account, standing.Wallet, paid, end.Statement) is not { } claim)
            return ProofAnswer.Refused("no-leaf", $"{account} had never earned anything when {window} closed");

        return ProofAnswer.Of(new PayoutProof
        {
            Window = window,
            Account = account,
            Wallet = standing.Wallet,
            WalletLink = standing.Link is { } link ? await proofs.EventAsync(link, cancel) : null,
            Reward = claim,
            Close = await proofs.EventAsync(end.Closed, cancel),
            Statement = await proofs.EventAsync(end.Issued, cancel),
            Lines = wholeStatement ? Lines(account, paid) : null,
            Checkpoint = proofs.Checkpoint,
            Consistency = await proofs.ConsistencyAsync(end.Close.SealedAt, cancel),
        });
    }

    private static RewardClaim? Claim(AccountId account, WalletAddress? wallet, PaidWindow paid, StatementIssued issued)
    {
        Digest payee = wallet is { } linked ? PayeeNames.Of(linked) : PayeeNames.OfAccount(Encoding.UTF8.GetBytes(account.Value));
        RewardLeaf[] leaves = paid.Payees.Leaves(PayeeNames.Domain(paid.Settlement));
        int index = Array.FindIndex(leaves, leaf => leaf.Payee == payee);
        if (index < 0) return null;

        RewardTree tree = RewardTree.Build(leaves);
        if (tree.Root != issued.RewardRoot)
            throw new InvalidOperationException($"reward-root-differs: the log states {issued.RewardRoot} for {paid.Window}, a replay gives {tree.Root}; run an audit");
        return new RewardClaim(
            paid.Settlement.ChainId, paid.Settlement.Distributor, paid.Settlement.Token, leaves[index], leaves[index].Hash(), tree.ProofFor(index), tree.Root);
    }

    private static RewardClaim? SettledClaim(RewardClaim reward, WalletAddress wallet, SettledTree settled)
    {
        Digest payee = PayeeNames.Of(wallet);
        int index = Array.FindIndex(settled.Leaves, leaf => leaf.Payee == payee);
        if (index < 0) return null;
        RewardTree tree = RewardTree.Build(settled.Leaves);
        return reward with { Leaf = settled.Leaves[index], LeafHash = settled.Leaves[index].Hash(), Path = tree.ProofFor(index), Root = tree.Root };
    }

    /// <summary>The event that put the ruleset in force under which a window closed.</summary>
    private async Task<RecordedEvent> RulesetAsync(WindowClosed close, CancellationToken cancel)
    {
        await foreach (RecordedEvent e in log.ReadStreamAsync(StreamName.Ruleset, 0, ReadDirection.Forwards, cancel))
        {
            if (e.Payload is RulesetAdopted adopted && adopted.Hash == close.RulesetHash) return e;
        }

        throw new LogFaultException("ruleset-missing", $"the log has no ruleset {close.RulesetHash}, under which {close.Window} closed; run an audit");
    }

    private static StatedLines Lines(AccountId account, PaidWindow paid)
    {
        int ordinal = paid.Names.Find(account.Value);
        List<StatedLine> ofAccount = [];
        for (int i = 0; i < paid.Statement.Count; i++)
        {
            if (paid.Statement.Account[i] == ordinal) ofAccount.Add(new StatedLine(paid.Statement.Rule[i], TokenAmount.FromBaseUnits(paid.Statement.Amount[i])));
        }

        ArrayBufferWriter<byte> bytes = new();
        paid.Statement.WriteTo(bytes);
        return new StatedLines(bytes.WrittenMemory, ofAccount);
    }

    /// <summary>The last link of the account before a position; null when the account was not open there.</summary>
    private async Task<Standing?> StandingAsync(AccountId account, long before, CancellationToken cancel)
    {
        bool isOpen = false;
        RecordedEvent? link = null;
        await foreach (RecordedEvent e in log.ReadStreamAsync(StreamName.Account(account), 0, ReadDirection.Forwards, cancel))
        {
            if (e.Position >= before) break;
            isOpen |= e.Payload is AccountOpened;
            if (e.Payload is WalletLinked) link = e;
        }

        return isOpen ? new Standing(link) : null;
    }

    /// <summary>How an account stood: the event that linked its wallet, if any.</summary>
    private readonly record struct Standing(RecordedEvent? Link)
    {
        public WalletAddress? Wallet => (Link?.Payload as WalletLinked)?.Wallet;
    }
}
