using System.Diagnostics.Metrics;
using Ledger.Host.Composition;
using Ledger.Host.Telemetry;
using Ledger.Projections.EventLog;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ledger.Host.Adapters;

/// <summary>The adapters of a server: made once, mapped, run, counted and taken down together.</summary>
internal sealed class AdapterSet : BackgroundService, IAsyncDisposable
{
    private readonly List<Running> _adapters = [];
    private readonly LedgerHealth _ledger;
    private readonly ILogger<AdapterSet> _logger;

    public AdapterSet(AdaptersFile file, LedgerSession session, TimeProvider clock, IMeterFactory meters, LedgerMetrics metrics, ILoggerFactory loggers)
    {
        _ledger = session.Health;
        _logger = loggers.CreateLogger<AdapterSet>();
        Meter meter = meters.Create(LedgerMetrics.MeterName);
        foreach ((string name, Func<AdapterContext, IAdapter> make) in file.Adapters)
            _adapters.Add(new Running(make(new AdapterContext(name, session, clock, file.Folder, meter, loggers, metrics.Stated, () => _adapters.Select(a => a.Adapter)))));
        meter.CreateObservableGauge("weledger.adapter.up", () => All.Select(a => new Measurement<int>(a.Health.IsUp ? 1 : 0, new KeyValuePair<string, object?>("adapter", a.Name))), null, "1 while nothing is wrong with an adapter");
    }

    /// <summary>Every adapter's name and how it is.</summary>
    public IEnumerable<(string Name, AdapterHealth Health)> All => _adapters.Select(a => (a.Adapter.Name, a.Stopped ?? a.Adapter.Health));

    /// <summary>Maps the endpoints of every adapter.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (Running running in _adapters) running.Adapter.Map(routes);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Both registrations of the one set take it down.
        foreach (Running running in _adapters) await running.Adapter.DisposeAsync();
        _adapters.Clear();
        Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_adapters.Select(a => RunAsync(a, stoppingToken)));

    /// <summary>An adapter that fails is told as failed and stays so; the ledger and the other adapters go on.</summary>
    private async Task RunAsync(Running running, CancellationToken cancel)
    {
        try
        {
            await running.Adapter.RunAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception fault)
        {
            if (fault is LogFaultException log) _ledger.Fail(log);
            running.Stopped = new AdapterHealth("adapter-stopped", $"it ended with {fault.GetType().Name}; the log has the details, start the server again");
            _logger.LogError(fault, "adapter {Adapter} stopped", running.Adapter.Name);
        }
    }

    private sealed class Running(IAdapter adapter)
    {
        public IAdapter Adapter => adapter;

        public AdapterHealth? Stopped { get; set; }
    }
}
