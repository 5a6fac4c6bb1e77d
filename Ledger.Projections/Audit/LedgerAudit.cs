using Akka.Actor;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.Audit;

/// <summary>Recomputes everything from the log alone and compares every recorded number.</summary>
public static class LedgerAudit
{
    public static Task<AuditReport> RunAsync(
        IEventLog log, IActorRefFactory actors, FoldOptions options, IProgress<LedgerProgress>? progress = null, CancellationToken cancel = default) =>
        throw new NotSupportedException();
}

/// <summary>What an audit found.</summary>
/// <param name="Events">Events read.</param>
/// <param name="Windows">Closed windows recomputed.</param>
/// <param name="NumbersCompared">Recorded numbers that were compared.</param>
/// <param name="Differences">Where a recorded number is not the recomputed one.</param>
public sealed record AuditReport(long Events, IReadOnlyList<Day> Windows, long NumbersCompared, IReadOnlyList<AuditDifference> Differences);

/// <summary>A recorded number that a replay does not give.</summary>
/// <param name="Position">The event that records it.</param>
/// <param name="Event">That event's kind.</param>
/// <param name="Field">Which of its fields.</param>
/// <param name="Recorded">What it says.</param>
/// <param name="Recomputed">What the replay gives.</param>
public sealed record AuditDifference(long Position, string Event, string Field, string Recorded, string Recomputed);
