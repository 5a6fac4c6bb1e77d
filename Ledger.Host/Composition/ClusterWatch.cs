using Ledger.Projections.DayWindows.Cluster;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Composition;

/// <summary>Says so when a sealed window waits for a cluster that does not fold it: this process would wait for ever without a word.</summary>
internal sealed class ClusterWatch(GatheredFold cluster, TimeProvider clock, ILogger<ClusterWatch> logger) : BackgroundService
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
            Gathering? now = cluster.Waiting;
            if (now is not null && now == before)
                logger.LogWarning("parts-missing: window {Window} waits for the cluster, {Held} of {Parts} parts are there; see 'weledger cluster status', and start members with 'weledger node'", now.Window.ToString(), now.Held, ClusterFold.PartCount);
            before = now;
        }
    }
}
