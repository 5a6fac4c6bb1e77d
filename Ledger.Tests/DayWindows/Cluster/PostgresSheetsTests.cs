using Ledger.Projections.DayWindows.Cluster;
using Ledger.Tests.EventLog.Postgres;
using Ledger.Tests.Support;

namespace Ledger.Tests.DayWindows.Cluster;

[NeedsParts("postgres")]
public sealed class PostgresSheetsTests() : SheetStoreContract(new PostgresSheetsHarness());

/// <summary>The tables in a schema of their own.</summary>
public sealed class PostgresSheetsHarness : SheetStoreHarness
{
    private readonly PostgresHarness _log = new();

    public override async Task<ISheetStore> OpenAsync()
    {
        await _log.OpenAsync();
        return await PostgresSheets.OpenAsync(await _log.AddressAsync());
    }

    public override async Task<int> DamageAsync() =>
        (int)(long)(await _log.SqlAsync("WITH damaged AS (UPDATE $s.sheet_part SET bytes = '\\x00' RETURNING 1) SELECT count(*) FROM damaged"))!;

    public override ValueTask DisposeAsync() => _log.DisposeAsync();
}
