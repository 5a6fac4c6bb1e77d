using System.Text.Json.Nodes;
using Ledger.Core.Rulesets;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Rulesets;

/// <summary>The field table of <c>specs/rules.md</c> names every field of a ruleset and its default.</summary>
public sealed class RulesetPageTests
{
    [Fact]
    public void Every_field_and_default_is_on_the_page()
    {
        IEnumerable<string> page = SpecTables.Read("rules.md", "Ruleset fields").Select(row => $"{row["field"]} = {row["default"]}");
        IEnumerable<string> code = Leaves(JsonNode.Parse(RulesetDocument.Canonical(Ruleset.Default)), string.Empty);
        Assert.Equal(code.Order(StringComparer.Ordinal), page.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private static IEnumerable<string> Leaves(JsonNode? node, string path) => node is JsonObject section
        ? section.SelectMany(f => Leaves(f.Value, path.Length == 0 ? f.Key : $"{path}.{f.Key}"))
        : [$"{path} = {node?.ToJsonString() ?? "null"}"];
}
