using Ledger.Host.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ledger.Host.Telemetry;

/// <summary>Metrics for Prometheus and traces for OpenTelemetry.</summary>
internal static class Observability
{
    private static readonly string[] FrameworkMeters = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    public static void AddTo(IServiceCollection services, Uri? otlp)
    {
        services.AddSingleton<LedgerMetrics>();
        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("weledger"))
            .WithMetrics(metrics => metrics.AddMeter([LedgerMetrics.MeterName, .. FrameworkMeters]).AddPrometheusExporter());
        if (otlp is not null) telemetry.WithTracing(traces => traces.AddSource(LedgerTraces.SourceName).AddAspNetCoreInstrumentation().AddOtlpExporter(export => export.Endpoint = otlp));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<LedgerMetrics>(); // observed from the start, not from the first use
        routes.MapPrometheusScrapingEndpoint("/metrics").RequireScope(Scope.Read(ScopeSource.Metrics));
    }
}
