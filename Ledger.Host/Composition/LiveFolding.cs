using Ledger.Projections.EventLog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Composition;

/// <summary>Keeps the shards of open windows up with the log while the process serves, so that a close finishes the tail and a day so far is told at once.</summary>
internal sealed class LiveFolding(LedgerSession session, ILogger<LiveFolding> logger) : BackgroundService
{
    // Whoever asks is brought up to date first: this decides only how much is left to do then.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (; ; ) await Task.Delay(await FollowAsync(stoppingToken) ? Pause : PauseAfterFault, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on from the snapshots.
        }
    }

    private async Task<bool> FollowAsync(CancellationToken cancel)
    {
        try
        {
            await session.Ledger.FollowAsync(cancel);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or LogFaultException or ObjectDisposedException)
        {
            // Nothing depends on it: a window that is not kept up with is folded from the log when it closes. A damaged log shows there.
            logger.LogWarning(fault, "live-folding-stopped: open windows are not kept up with for a minute");
            return false;
        }
    }
}
