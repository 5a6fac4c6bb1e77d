using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.Settlement;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Projections.DayWindows;

namespace Ledger.Host.Adapters.Chain;

/// <summary>What a settlement publishes, out of the ledger's state and, for the gate, out of another replay of the log.</summary>
internal static class SettlementContents
{
    /// <summary>From the state at hand.</summary>
    public static SettlementContent Of(RewardLedger ledger, OpenSettlement open) => Of(open, ledger.Records[open.Reserved.Window].Closed, ledger.Records[open.Reserved.Window].Statement);

    /// <summary>From nothing but the log: a state of its own, every window folded again.</summary>
    public static async Task<SettlementContent> RecomputeAsync(RewardLedger ledger, OpenSettlement open, Akka.Actor.IActorRefFactory actors, IProgress<LedgerProgress>? progress, CancellationToken cancel)
    {
        LedgerState state = new(ledger.Log.Names);
        ClosedWindow? closed = null;
        await new WindowCloser(new WindowFold(actors, ledger.Log, new FoldOptions()), ledger.Log).AdvanceAsync(state, open.Position + 1, c => closed = c.Window == open.Reserved.Window ? c : closed, null, progress, cancel);
        if (state.Books.Settlements.Open is not { } again || closed is null)
            throw new Projections.EventLog.LogFaultException("settlement-differs", $"a replay of the log has no settlement {open.Reserved.Batch} at {open.Position}; run an audit and send nothing");
        return Of(again, closed.Facts, closed.Statement(default));
    }

    private static SettlementContent Of(OpenSettlement open, WindowClosed closed, StatementIssued statement)
    {
        SettlementPlanned publication = open.Publication();
        RootProposal proposal = new(open.Reserved.Window, publication.CumulativeTotal, publication.RewardRoot, closed.LogRoot, statement.StatementDigest, closed.RulesetHash);
        return new SettlementContent(open.Reserved.Batch, open.Reserved.ChainId, open.Reserved.Distributor, open.Reserved.Token, proposal, open.Sums.Leaves(), open.PreviousLeaves(), open.Pushes());
    }
}
