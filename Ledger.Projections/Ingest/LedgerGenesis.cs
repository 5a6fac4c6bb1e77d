using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Ingest;

/// <summary>The first two events of every log: the supply's allocation (white paper section 8.3) and the first ruleset.</summary>
public static class LedgerGenesis
{
    /// <summary>The five allocations: 50 %, 30 %, 10 %, 5 % and 5 % of the supply.</summary>
    public static GenesisAllocated Allocations { get; } = new(
        TokenAmount.FromWe(625_000_000),
        TokenAmount.FromWe(375_000_000),
        TokenAmount.FromWe(125_000_000),
        TokenAmount.FromWe(62_500_000),
        TokenAmount.FromWe(62_500_000));

    /// <summary>
    /// Starts an empty log; a log that holds anything is left as it is. The ruleset holds from 1970-01-01 on, so that imported history has one too.
    /// </summary>
    /// <returns>Whether the log was empty.</returns>
    public static async ValueTask<bool> EnsureAsync(IEventLog log, Ruleset ruleset, TimeProvider clock, CancellationToken cancel = default)
    {
        if (log.Head > 0) return false;
        UnixMs now = UnixMs.From(clock.GetUtcNow().ToUnixTimeMilliseconds());
        byte[] document = RulesetDocument.Canonical(ruleset);
        Day first = default;
        await log.AppendAsync(
            [Event("allocated", Allocations), Event("ruleset", new RulesetAdopted(first, RulesetDocument.HashOf(document), document))],
            cancel);
        return true;

        NewEvent Event(string key, EventPayload payload) => new(EventId.Derive("genesis", key), now, now, Day.Of(now), payload);
    }
}
