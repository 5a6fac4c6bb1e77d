using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Time;

namespace Ledger.Projections.DayWindows;

/// <summary>A window's close in full: what the log records of it, and how it came about.</summary>
/// <param name="Window">The UTC day.</param>
/// <param name="Open">How it was opened: ruleset and teams.</param>
/// <param name="Context">The facts its activity was judged by.</param>
/// <param name="Sheet">Its contributions.</param>
/// <param name="Facts">The numbers that the closing event records.</param>
/// <param name="Result">The rules' result.</param>
/// <param name="RewardRoot">Root of the reward tree over everything ever earned.</param>
public sealed record ClosedWindow(
    Day Window, OpenWindow Open, FoldContext Context, ContributionSheet Sheet, WindowClosed Facts, WindowResult Result, Digest RewardRoot)
{
    /// <summary>The statement event of this close, recorded at a time.</summary>
    public StatementIssued Statement(UnixMs recordedAt) => new(
        Window,
        (ulong)Result.Statement.Count,
        (ulong)Result.Statement.AccountCount,
        Result.Statement.Total,
        Result.Statement.Digest,
        (ulong)Result.Next.Payees.Count,
        Result.Next.Payees.Total(),
        RewardRoot,
        recordedAt.Value + (Open.Ruleset.Windows.HoldHours * 3_600_000L));
}

/// <summary>A window recomputed from the log.</summary>
/// <param name="IsFinal">False when the window is still open and this is what it would come to if it were sealed now.</param>
/// <param name="Close">The close.</param>
public sealed record WindowReplay(bool IsFinal, ClosedWindow Close);

/// <summary>How far a long operation is.</summary>
/// <param name="Stage">What is being done, for a person: "fold", "rules", "verify log" …</param>
/// <param name="Window">Which window, if one.</param>
/// <param name="Thousandths">0 to 1000.</param>
public readonly record struct LedgerProgress(string Stage, Day? Window, int Thousandths);
