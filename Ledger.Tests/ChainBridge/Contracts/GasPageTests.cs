using System.Globalization;
using System.Text.Json;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.ChainBridge.Contracts;

/// <summary><c>specs/gas.md</c> says what the snapshot of forge's gas tests says, its floors are the sums of their terms, and every bound on it holds.</summary>
public sealed class GasPageTests
{
    private static readonly Dictionary<string, string> Snapshot = JsonSerializer.Deserialize<Dictionary<string, string>>(
        File.ReadAllText(Repository.PathOf("Ledger.ChainBridge/Contracts/snapshots/Gas.json")))!;

    [Fact]
    public void Every_figure_on_the_page_is_the_snapshots_and_within_its_bound()
    {
        foreach (var row in SpecTables.Read("gas.md", "Figures"))
        {
            long gas = row["snapshot"].Split(" + ").Sum(name => Gas(name));
            Assert.Equal(row["gas"], gas.ToString("N0", CultureInfo.InvariantCulture));
            if (row["at most"] != "") Assert.True(gas <= Number(row["at most"]), row["figure"]);
        }
    }

    [Theory]
    [InlineData("Floor of a later claim", "claim second floor", 110)]
    [InlineData("Floor of a first claim", "claim first floor", 110)]
    [InlineData("Floor of a push", "push each floor", 108)]
    public void A_floor_is_the_sum_of_its_terms_and_the_bound_follows_from_it(string heading, string name, int percent)
    {
        long sum = 0;
        foreach (var row in SpecTables.Read("gas.md", heading))
        {
            Assert.Equal(Number(row["count"]) * Number(row["each"]), Number(row["gas"]));
            sum += Number(row["gas"]);
        }

        Assert.Equal(Gas(name), sum);
        Assert.True(Gas(name[..^" floor".Length]) * 100 <= sum * percent);
    }

    private static long Gas(string name) => Number(Snapshot[name]);

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
