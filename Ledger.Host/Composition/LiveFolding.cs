using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Composition;

/// <summary>Keeps the shards of open windows up with the log while the process runs, so that a close finishes the tail and a day so far is told at once.</summary>
internal sealed class LiveFolding(LedgerSession session, ILogger<LiveFolding> logger) : BackgroundService
{
    // Whoever asks is brought up to date first: this decides only how much is left to do then.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMinutes(1);

    /// <summary>Where the snapshots stand in a ledger's data folder.</summary>
    public static string Folder(string dataDirectory) => Path.Combine(dataDirectory, "live");

    /// <summary>Works until it is stopped. The next start goes on from the snapshots.</summary>
    /// <param name="ledger">Whose open windows.</param>
    /// <param name="failed">Told why they are not kept up with for a while.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task KeepUpAsync(RewardLedger ledger, Action<Exception> failed, CancellationToken cancel)
    {
        try
        {
            for (; ; ) await Task.Delay(await FollowAsync(ledger, failed, cancel) ? Pause : PauseAfterFault, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Asked to.
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => KeepUpAsync(
        session.Ledger, fault => logger.LogWarning(fault, "live-folding-stopped: open windows are not kept up with for a minute"), stoppingToken);

    private static async Task<bool> FollowAsync(RewardLedger ledger, Action<Exception> failed, CancellationToken cancel)
    {
        try
        {
            await ledger.FollowAsync(cancel);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or LogFaultException or ObjectDisposedException)
        {
            // Nothing depends on it: a window that is not kept up with is folded from the log when it closes. A damaged log shows there.
            failed(fault);
            return false;
        }
    }
}
