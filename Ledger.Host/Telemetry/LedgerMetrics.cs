using System.Diagnostics.Metrics;
using Ledger.Host.Api.Bodies;
using Ledger.Host.Composition;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Telemetry;

/// <summary>What the ledger counts about itself.</summary>
internal sealed class LedgerMetrics
{
    public const string MeterName = "weledger";

    private static readonly string[] Outcomes = ["accepted", "carried-forward", "duplicate", "refused"]; // in the order of IntakeStatus

    private readonly Counter<long> _events;
    private readonly Counter<long> _stated;
    private readonly Counter<long> _denied;
    private readonly Histogram<double> _appends;

    public LedgerMetrics(IMeterFactory meters, IEventLog log, LedgerHealth health, BodyBudget bodies)
    {
        Meter meter = meters.Create(MeterName);
        meter.CreateObservableGauge("weledger.log.head", () => log.Head, "{event}", "Events in the log");
        meter.CreateObservableGauge("weledger.ready", () => health.Fault is null ? 1 : 0, null, "1 while requests are taken");
        meter.CreateObservableGauge("weledger.bodies.bytes", () => bodies.TakenBytes, "By", "Memory that request bodies hold");
        _events = meter.CreateCounter<long>("weledger.events", "{event}", "Events submitted, by outcome");
        _stated = meter.CreateCounter<long>("weledger.adapter.events", "{event}", "Events stated by adapters, by adapter and outcome");
        _denied = meter.CreateCounter<long>("weledger.denied", "{request}", "Requests not let through, by code");
        _appends = meter.CreateHistogram<double>("weledger.submission.duration", "s", "From a request's last byte read to its events durable");
    }

    /// <summary>Counts what became of a request's events.</summary>
    /// <param name="counts">By outcome, in the order of <see cref="IntakeStatus"/>.</param>
    /// <param name="elapsed">How long it took.</param>
    public void Submitted(ReadOnlySpan<int> counts, TimeSpan elapsed)
    {
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0) _events.Add(counts[i], new KeyValuePair<string, object?>("outcome", Outcomes[i]));
        }

        _appends.Record(elapsed.TotalSeconds);
    }

    /// <summary>Counts what became of events that an adapter stated.</summary>
    public void Stated(string adapter, IntakeOutcome[] outcomes)
    {
        foreach (IntakeOutcome outcome in outcomes)
            _stated.Add(1, new KeyValuePair<string, object?>("adapter", adapter), new KeyValuePair<string, object?>("outcome", Outcomes[(int)outcome.Status]));
    }

    /// <summary>Counts a request that was not let through.</summary>
    public void Denied(string code) => _denied.Add(1, new KeyValuePair<string, object?>("code", code));
}
