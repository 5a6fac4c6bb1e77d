using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Payouts;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;

namespace Ledger.Projections.DayWindows;

/// <summary>A window's close: what the log records of it, and how it came about.</summary>
/// <param name="Window">The UTC day.</param>
/// <param name="Facts">The closing event.</param>
/// <param name="Issued">The statement event.</param>
/// <param name="Result">The rules' result in full.</param>
public sealed record ClosedWindow(Day Window, WindowClosed Facts, StatementIssued Issued, WindowResult Result);

/// <summary>A window recomputed: everything an explanation needs.</summary>
/// <param name="Window">The UTC day.</param>
/// <param name="IsClosed">False when the window is still open and this is provisional.</param>
/// <param name="OpenedAt">Position of its opening.</param>
/// <param name="Context">The facts its activity was judged by.</param>
/// <param name="Ruleset">The ruleset it closes under.</param>
/// <param name="Sheet">Its contributions.</param>
/// <param name="Result">Its rewards.</param>
public sealed record WindowReplay(
    Day Window, bool IsClosed, long OpenedAt, FoldContext Context, Ruleset Ruleset, ContributionSheet Sheet, WindowResult Result);

/// <summary>How far a long operation is.</summary>
/// <param name="Stage">What is being done, for a person: "fold", "rules", "statement", "verify log" …</param>
/// <param name="Window">Which window, if one.</param>
/// <param name="Thousandths">0 to 1000.</param>
public readonly record struct LedgerProgress(string Stage, Day? Window, int Thousandths);

/// <summary>How a ledger uses its machine.</summary>
public sealed record LedgerOptions
{
    /// <summary>How windows are folded.</summary>
    public FoldOptions Fold { get; init; } = new();

    /// <summary>A directory for state snapshots; null keeps none and replays from the start.</summary>
    public string? SnapshotDirectory { get; init; }
}
