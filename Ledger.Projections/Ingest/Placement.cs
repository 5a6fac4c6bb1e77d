using Ledger.Core.Time;

namespace Ledger.Projections.Ingest;

/// <summary>Where an event goes, or why it goes nowhere.</summary>
/// <param name="Window">The window it goes to, unless it is refused or in the log already.</param>
internal readonly record struct Placement(Day Window)
{
    public Refusal? Refusal { get; private init; }

    /// <summary>The window must be opened first, under this ruleset.</summary>
    public AdoptedRuleset? Opens { get; init; }

    /// <summary>Whether the window is not the one of its own day.</summary>
    public bool IsCarried { get; init; }

    /// <summary>Only the log can tell whether the event is new.</summary>
    public bool NeedsLog { get; init; }

    private long? DuplicateOf { get; init; }

    /// <summary>What becomes of the event if it goes into no window; null when it does.</summary>
    public IntakeOutcome? Settled => Refusal is not null
        ? new IntakeOutcome(IntakeStatus.Refused, -1, Refusal)
        : DuplicateOf is { } position ? new IntakeOutcome(IntakeStatus.Duplicate, position) : null;

    public static Placement Refused(Refusal refusal) => new(default(Day)) { Refusal = refusal };

    public static Placement Duplicate(long position) => new(default(Day)) { DuplicateOf = position };
}
