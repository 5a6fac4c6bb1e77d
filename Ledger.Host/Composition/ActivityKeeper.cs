using Ledger.Core.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Composition;

/// <summary>Writes the activity files of windows behind their closes, beside everything else, so that explanations are quick from the first on.</summary>
internal sealed class ActivityKeeper(LedgerSession session, ILogger<ActivityKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        HashSet<Day> known = [];
        try
        {
            for (; ; )
            {
                // A window that the disk does not take is tried once; whoever asks for it tries again.
                known.UnionWith(await session.Ledger.KeepActivityAsync(known, stoppingToken));
                await Task.Delay(Pause, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A file that was half written is overwritten by the next one.
        }
        catch (Exception fault)
        {
            // Nothing depends on the files; a damaged log shows in what does.
            logger.LogError(fault, "activity-files-stopped: explanations of windows closed from here on read the log when they are first asked for");
        }
    }
}
