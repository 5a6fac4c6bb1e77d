using System.Diagnostics.Metrics;
using Ledger.Host.Composition;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Telemetry;

/// <summary>What the ledger counts about itself.</summary>
internal sealed class LedgerMetrics
{
    public const string MeterName = "weledger";

    public LedgerMetrics(IMeterFactory meters, IEventLog log, LedgerHealth health)
    {
        Meter meter = meters.Create(MeterName);
        meter.CreateObservableGauge("weledger.log.head", () => log.Head, "{event}", "Events in the log");
        meter.CreateObservableGauge("weledger.ready", () => health.Fault is null ? 1 : 0, null, "1 while requests are taken");
    }
}
