using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows.ByAccount;

/// <summary>Takes a closed window's sheet from its activity file when it is the one that the log records, and folds otherwise. For answering questions, never for closing.</summary>
/// <param name="fold">Folds.</param>
/// <param name="folder">Has the files.</param>
/// <param name="log">The log.</param>
/// <param name="recorded">The close that the log records of a window, as far as it was read; asked by any thread.</param>
internal sealed class KeptSheets(IWindowFold fold, ActivityFolder folder, IEventLog log, Func<Day, WindowClosed?> recorded) : IWindowFold
{
    /// <inheritdoc/>
    public async Task<ContributionSheet> FoldAsync(FoldContext context, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        if (recorded(context.Window) is { } closed && closed.SealedAt == context.SealedAt
            && await folder.SheetAsync(log, context, cancel).ConfigureAwait(false) is { } kept
            && SheetDigest.Of(kept, log.Names) == closed.SheetDigest) return kept;
        return await fold.FoldAsync(context, progress, cancel).ConfigureAwait(false);
    }
}
