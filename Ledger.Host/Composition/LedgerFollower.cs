using Ledger.Projections.EventLog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Composition;

/// <summary>Keeps the ledger, and with it the views, up to the end of the log while the process serves.</summary>
internal sealed class LedgerFollower(LedgerSession session, ILogger<LedgerFollower> logger) : BackgroundService
{
    // Under load one catch-up takes what many requests wrote.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            bool toldOfViews = false;
            for (; ; )
            {
                long position = session.Log.Head;
                await session.Ledger.CatchUpAsync(null, stoppingToken);
                if (session.Views?.Fault is { } views && !toldOfViews)
                {
                    toldOfViews = true;
                    logger.LogError(views, "views-failed: the read models stand still at {Position}; see to the disk and start again", session.Views.NextPosition);
                }

                await session.Log.WaitAboveAsync(position, stoppingToken);
                await Task.Delay(Pause, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop; the next start goes on from here.
        }
        catch (Exception fault)
        {
            // Nothing may be acknowledged by a ledger that does not follow its log.
            session.Health.Fail(fault as LogFaultException ?? new LogFaultException("ledger-stopped", $"the ledger cannot go on ({fault.Message}); run `audit`, and report it when that finds nothing", fault));
        }
    }
}
