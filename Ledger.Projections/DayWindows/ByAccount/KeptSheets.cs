using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows.ByAccount;

/// <summary>Takes a closed window's sheet from its activity file when it is the one that the log records, and folds otherwise. For answering questions, never for closing.</summary>
internal sealed class KeptSheets(IWindowFold fold, ActivityFolder folder, IEventLog log) : IWindowFold
{
    /// <inheritdoc/>
    public async Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        RecordedEvent? recorded = await log.FindAsync(RewardLedger.ClosedId(context.Window), cancel).ConfigureAwait(false);
        if (recorded?.Payload is WindowClosed closed && closed.SealedAt == context.SealedAt
            && await folder.SheetAsync(log, context, cancel).ConfigureAwait(false) is { } kept
            && SheetDigest.Of(kept, log.Names) == closed.SheetDigest) return kept;
        return await fold.FoldAsync(context, progress, cancel).ConfigureAwait(false);
    }
}
