using Ledger.Projections.DayWindows.Cluster;
using Microsoft.Data.Sqlite;

namespace Ledger.Tests.DayWindows.Cluster;

public sealed class SqliteSheetsTests() : SheetStoreContract(new SqliteSheetsHarness());

/// <summary>The file in a folder of its own.</summary>
public sealed class SqliteSheetsHarness : SheetStoreHarness
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sheets-").FullName;

    public override Task<ISheetStore> OpenAsync() => Task.FromResult<ISheetStore>(SqliteSheets.Open(_folder));

    public override Task<int> DamageAsync()
    {
        using SqliteConnection raw = new($"Data Source={Path.Combine(_folder, SqliteSheets.FileName)};Pooling=False");
        raw.Open();
        using SqliteCommand damage = new("UPDATE part SET bytes = x'00'", raw);
        return Task.FromResult(damage.ExecuteNonQuery());
    }

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
