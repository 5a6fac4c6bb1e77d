namespace Ledger.Core.Events;

/// <summary>Who may state an event of a kind.</summary>
public enum EventOrigin
{
    /// <summary>Producers and operators: it comes through ingest.</summary>
    Submitted,

    /// <summary>The ledger alone: genesis, rulesets, windows, statements, settlement. Refused from anybody else.</summary>
    Ledger,
}

/// <summary>The origin of each kind.</summary>
public static class EventOrigins
{
    /// <summary>Who may state an event of <paramref name="kind"/>.</summary>
    public static EventOrigin Origin(this EventKind kind) =>
        kind == EventKind.GenesisAllocated || kind >= EventKind.RulesetAdopted ? EventOrigin.Ledger : EventOrigin.Submitted;
}
