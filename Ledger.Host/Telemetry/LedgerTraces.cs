using System.Diagnostics;

namespace Ledger.Host.Telemetry;

/// <summary>Spans of the ledger's own work inside those of the requests.</summary>
internal static class LedgerTraces
{
    public const string SourceName = "weledger";

    public static ActivitySource Source { get; } = new(SourceName);
}
