using Ledger.Core.Accounting;
using Ledger.Core.Events;

namespace Ledger.Projections.DayWindows;

/// <summary>Follows a ledger as it advances along the log: what read models are made of.</summary>
/// <remarks>Called in log order while the ledger holds its turn. What stands before <see cref="NextPosition"/> may come again and must change nothing.</remarks>
public interface ILedgerObserver
{
    /// <summary>The first position whose effects it has not kept yet.</summary>
    long NextPosition { get; }

    /// <summary>An event that is not columnar was applied.</summary>
    /// <param name="e">The event.</param>
    /// <param name="money">What became of its tokens.</param>
    /// <param name="state">The state right behind the event.</param>
    void Applied(RecordedEvent e, MoneyOutcome money, LedgerState state);

    /// <summary>A sealed window was closed; nothing behind its seal is applied yet.</summary>
    void Closed(ClosedWindow closed, LedgerState state);

    /// <summary>Everything before a position has been told; a window whose seal waits at that position is not closed yet.</summary>
    void CaughtUp(long position);
}
