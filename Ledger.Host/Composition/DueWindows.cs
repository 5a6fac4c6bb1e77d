using Ledger.Core.Time;
using Ledger.Projections.EventLog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Composition;

/// <summary>Closes windows that are due, and declares statements final whose hold has passed, by itself.</summary>
/// <param name="session">The ledger.</param>
/// <param name="grace">How long late events are waited for after a day is over; null leaves closing to the operator.</param>
/// <param name="logger">Told of what was closed.</param>
internal sealed class DueWindows(LedgerSession session, TimeSpan? grace, ILogger<DueWindows> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (; ; )
            {
                if (grace is { } wait)
                {
                    foreach (Day closed in await session.Ledger.CloseDueAsync(wait, stoppingToken)) Tell(closed, "closed");
                }

                foreach (Day final in await session.Ledger.FinalizeDueAsync(stoppingToken)) Tell(final, "final");
                await Task.Delay(Pause, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A close that was under way is finished by the next start, with the same numbers.
        }
        catch (Exception fault)
        {
            // Nothing may be acknowledged by a ledger that does not follow its log.
            session.Health.Fail(fault as LogFaultException ?? new LogFaultException("ledger-stopped", $"the ledger cannot go on ({fault.Message}); run `audit`, and report it when that finds nothing", fault));
        }
    }

    private void Tell(Day window, string state)
    {
        if (logger.IsEnabled(LogLevel.Information)) logger.LogInformation("window {Window} is {State}", window.ToString(), state);
    }
}
