using Ledger.Projections.DayWindows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Composition;

/// <summary>Says so when a sealed window waits for a cluster that does not fold it: who asks the ledger for nothing hears of it nowhere else.</summary>
internal sealed class ClusterWatch(RewardLedger ledger, TimeProvider clock, ILogger<ClusterWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Gathering? before = null;
        while (true)
        {
            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) return;
            Gathering? now = ledger.Gathering;
            if (now is not null && now == before)
                logger.LogWarning("{Code}: window {Window} waits for the cluster, {Held} of {Parts} parts are there; see 'weledger cluster status', and start members with 'weledger node'", WindowWaitsForClusterException.Code, now.Window.ToString(), now.Held, now.Count);
            before = now;
        }
    }
}
