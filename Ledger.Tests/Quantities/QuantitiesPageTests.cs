using System.Globalization;
using Ledger.Core.Quantities;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Quantities;

/// <summary>Guarantee: the worked examples of <c>specs/quantities.md</c> are what the code computes.</summary>
public class QuantitiesPageTests
{
    [Fact]
    public void Page_shows_the_apportionments()
    {
        foreach (var row in SpecTables.Read("quantities.md", "Apportionment examples"))
        {
            var weights = Integers(row["weights"]);
            var parts = new UInt128[weights.Length];
            var undivided = Apportionment.LargestRemainder(Integer(row["pool"]), weights, parts);
            Assert.Equal(Integers(row["parts"]), parts);
            Assert.Equal(Integer(row["undivided"]), undivided);
        }
    }

    [Fact]
    public void Page_shows_the_powers()
    {
        foreach (var row in SpecTables.Read("quantities.md", "Power examples"))
        {
            var power = FixedMath.Pow(Ratio(row["x"]), Ratio(row["power"]));
            Assert.Equal(row["raw"], power.Raw.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(row["result"], power.ToString());
        }
    }

    [Fact]
    public void Page_shows_the_decays()
    {
        foreach (var row in SpecTables.Read("quantities.md", "Decay examples"))
            Assert.Equal(Integer(row["left"]), FixedMath.Decay(Integer(row["amount"]), (ulong)Integer(row["age"]), (ulong)Integer(row["half-life"])));
    }

    private static UInt128 Integer(string cell) => UInt128.Parse(cell, NumberStyles.None, CultureInfo.InvariantCulture);

    private static UInt128[] Integers(string cell) => [.. cell.Split(' ').Select(Integer)];

    private static Q32 Ratio(string cell) => Q32.TryParse(cell, out var value) ? value : throw new FormatException($"'{cell}' is no ratio.");
}
