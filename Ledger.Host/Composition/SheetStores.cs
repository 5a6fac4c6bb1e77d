using Ledger.Projections.DayWindows.Cluster;

namespace Ledger.Host.Composition;

/// <summary>Where a cluster's members leave the parts of windows: beside the log, so that whoever reaches one reaches the other.</summary>
internal static class SheetStores
{
    public static ISheetStore Open(LogAddress log) => log.Scheme switch
    {
        "" => SqliteSheets.Open(log.Value),
        _ => throw new FormatException($"log-scheme: a cluster cannot share a log at {log.Scheme}://"),
    };
}
