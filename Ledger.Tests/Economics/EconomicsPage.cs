using System.Globalization;
using Ledger.Core.Economics;
using Ledger.Tests.Support;

namespace Ledger.Tests.Economics;

/// <summary>The tables of <c>specs/economics.md</c>: cells are decimals or fractions such as <c>-1/27</c>.</summary>
internal static class EconomicsPage
{
    internal static IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(string heading) => SpecTables.Read("economics.md", heading);

    internal static double Number(string cell)
    {
        var parts = cell.Split('/');
        var numerator = double.Parse(parts[0], CultureInfo.InvariantCulture);
        return parts.Length == 1 ? numerator : numerator / double.Parse(parts[1], CultureInfo.InvariantCulture);
    }

    internal static int Count(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);

    internal static bool YesNo(string cell) => cell switch
    {
        "yes" => true,
        "no" => false,
        _ => throw new FormatException($"'{cell}' is neither yes nor no."),
    };

    internal static PayRule Rule(IReadOnlyDictionary<string, string> row)
        => row["theta"] == "strict" ? PayRule.Strict : PayRule.Graded(Number(row["theta"]), Number(row["k"]));
}
