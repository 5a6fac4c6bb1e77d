using Ledger.Projections.DayWindows.Cluster;

namespace Ledger.Host.Composition;

/// <summary>Where a cluster's members leave the parts of windows: beside the log, so that whoever reaches one reaches the other.</summary>
internal static class SheetStores
{
    public static async Task<ISheetStore> OpenAsync(LogAddress log, CancellationToken cancel) => log.Scheme switch
    {
        "" => SqliteSheets.Open(log.Value),
        "postgres" or "postgresql" => await PostgresSheets.OpenAsync(log.Value, cancel),
        _ => throw new FormatException($"log-scheme: a cluster cannot share a log at {log.Scheme}://; give a folder or postgres://…"),
    };
}
