using Ledger.Projections.DayWindows.Cluster;

namespace Ledger.Tests.DayWindows.Cluster;

/// <summary>A store of sheets of its own, for the contract.</summary>
public abstract class SheetStoreHarness : IAsyncDisposable
{
    /// <summary>Opens the store, the same one every time.</summary>
    public abstract Task<ISheetStore> OpenAsync();

    /// <summary>Changes the bytes of every part behind the store's back.</summary>
    /// <returns>The number of parts.</returns>
    public abstract Task<int> DamageAsync();

    /// <summary>Removes the store.</summary>
    public abstract ValueTask DisposeAsync();
}
