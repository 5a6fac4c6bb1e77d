using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;

namespace Ledger.Projections.Audit;

/// <summary>Answers a person: what counted, what did not and why, and how it became points, rank and tokens.</summary>
public static class Explainer
{
    /// <summary>An account's window.</summary>
    /// <exception cref="KeyNotFoundException"><c>unknown-account</c> or <c>unknown-window</c>.</exception>
    public static Task<AccountExplanation> AccountAsync(RewardLedger ledger, AccountId account, Day window, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>One event's verdict and its actor's window.</summary>
    /// <exception cref="KeyNotFoundException"><c>unknown-event</c>.</exception>
    public static Task<EventExplanation> EventAsync(RewardLedger ledger, EventId id, CancellationToken cancel = default) => throw new NotSupportedException();
}
