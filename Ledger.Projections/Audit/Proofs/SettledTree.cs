using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Audit.Proofs;

/// <summary>What the last settlement published.</summary>
/// <param name="Window">The window that it settled.</param>
/// <param name="Leaves">Its tree's leaves.</param>
public sealed record SettledTree(Day Window, RewardLeaf[] Leaves)
{
    /// <summary>What a ledger settled last; null when it never did.</summary>
    public static SettledTree? Of(RewardLedger ledger)
    {
        SettlementBook book = ledger.State.Books.Settlements;
        if (book.LastSettled is not { } window) return null;
        SettlementRules rules = ledger.State.Windows.RulesetFor(window)!.Ruleset.Settlement;
        return new SettledTree(window, book.SettledLeaves(rules.ChainId, rules.Distributor, rules.Token));
    }

    /// <summary>The event that says what was to be published.</summary>
    internal async Task<RecordedEvent> PlanAsync(IEventLog log, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            RecordedEvent? planned = null;
            bool isSettled = false, isKnown = false;
            await foreach (RecordedEvent e in log.ReadStreamAsync(StreamName.Settlement(SettlementReserved.NameOf(Window, attempt)), 0, ReadDirection.Forwards, cancel))
            {
                isKnown = true;
                if (e.Payload is SettlementPlanned) planned = e;
                isSettled |= e.Payload is SettlementSettled;
            }

            if (!isKnown) throw new LogFaultException("settlement-missing", $"the books say that {Window} is settled and the log has no settlement of it; run an audit");
            if (isSettled && planned is not null) return planned;
        }
    }
}
