using System.Text;
using System.Text.Json.Nodes;
using Ledger.Core.Events;
using Ledger.Core.Quantities;
using Ledger.Core.Rulesets;
using Xunit;

namespace Ledger.Tests.Rulesets;

/// <summary>A ruleset document is read strictly, says everything that is wrong with it at once, and has one canonical form.</summary>
public sealed class RulesetDocumentTests
{
    [Fact]
    public void Default_has_no_errors_and_round_trips()
    {
        byte[] canonical = RulesetDocument.Canonical(Ruleset.Default);
        (Ruleset? read, IReadOnlyList<RulesetError> errors) = RulesetDocument.Parse(canonical);

        Assert.Empty(errors);
        Assert.Equal(Ruleset.Default, read);
        Assert.Equal(canonical, RulesetDocument.Canonical(read!));
    }

    [Fact]
    public void Order_white_space_and_needless_decimals_do_not_change_the_hash()
    {
        JsonObject reversed = Reverse(Document());
        reversed["pool"]!["eta"] = "0.50000";
        string text = reversed.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });

        Assert.Equal(Ruleset.Default.Hash, Parse(text).Ruleset!.Hash);
    }

    [Fact]
    public void Canonical_document_is_in_name_order_without_white_space()
    {
        string json = Encoding.UTF8.GetString(RulesetDocument.Canonical(Ruleset.Default));

        Assert.StartsWith("{\"accounts\":{\"minAgeDays\":0},\"activity\":{\"app-purchased\":{\"capPerWindow\":", json, StringComparison.Ordinal);
        Assert.DoesNotContain(' ', json);
        Assert.Equal(json, JsonNode.Parse(json)!.ToJsonString());
    }

    [Fact]
    public void Every_changed_field_changes_the_hash_and_shows_in_the_diff()
    {
        string[] paths = [.. Leaves(Document(), "$")];
        Assert.InRange(paths.Length, 100, 200);
        foreach (string path in paths.Where(p => p != "$.formatVersion"))
        {
            (Ruleset? changed, IReadOnlyList<RulesetError> errors) = Parse(Change(path).ToJsonString());
            if (changed is null)
            {
                // The few changes that break a rule between fields are refused, never ignored.
                Assert.NotEmpty(errors);
                continue;
            }

            Assert.NotEqual(Ruleset.Default.Hash, changed.Hash);
            Assert.Equal(path, Assert.Single(RulesetDiff.Between(Ruleset.Default, changed)).Path);
        }
    }

    [Theory]
    [InlineData("$.poa.theta", "0.5", "wrong-type")]
    [InlineData("$.poa.theta", "\"1.5\"", "out-of-range")]
    [InlineData("$.poa.theta", "\".5\"", "out-of-range")]
    [InlineData("$.poa.mode", "\"lenient\"", "out-of-range")]
    [InlineData("$.poa.exponent", "2.0", "wrong-type")]
    [InlineData("$.poa.exponent", "1e1", "wrong-type")]
    [InlineData("$.poa.exponent", "65", "out-of-range")]
    [InlineData("$.poa.exponent", "99999999999999999999999999", "out-of-range")]
    [InlineData("$.poa.exponent", "\"4\"", "wrong-type")]
    [InlineData("$.poa.providerShareMaxBps", "10001", "out-of-range")]
    [InlineData("$.bandwidth.required", "1", "wrong-type")]
    [InlineData("$.poc.scoreCapMicro", "0", "out-of-range")]
    [InlineData("$.settlement.minPayout", "1000", "wrong-type")]
    [InlineData("$.settlement.minPayout", "\"-1\"", "out-of-range")]
    [InlineData("$.settlement.token", "\"0x12\"", "out-of-range")]
    [InlineData("$.fees", "[]", "wrong-type")]
    [InlineData("$.formatVersion", "2", "out-of-range")]
    public void A_bad_value_is_refused_with_its_code_and_path(string path, string json, string code)
    {
        (Ruleset? ruleset, IReadOnlyList<RulesetError> errors) = Parse(With(path, JsonNode.Parse(json)).ToJsonString());

        Assert.Null(ruleset);
        RulesetError error = Assert.Single(errors);
        Assert.Equal((code, path), (error.Code, error.Path));
    }

    [Theory]
    [InlineData("$.pool.delta", "\"0.6\"", "fund-overdraw")]
    [InlineData("$.poa.theta", "\"1\"", "theta-not-below-one")]
    [InlineData("$.poa.providerShareDefaultBps", "6000", "share-default-above-max")]
    [InlineData("$.poa.quotaMicro", "9007199254740991", "quota-unreachable")]
    [InlineData("$.poc.fans.weightBps", "5000", "dimension-weights-above-one")]
    [InlineData("$.pool.elasticityMax", "\"0.9\"", "elasticity-excludes-one")]
    public void A_rule_between_fields_is_checked(string path, string json, string code) =>
        Assert.Equal(code, Assert.Single(Parse(With(path, JsonNode.Parse(json)).ToJsonString()).Errors).Code);

    [Fact]
    public void A_fund_that_delta_times_the_greatest_elasticity_just_empties_is_allowed()
    {
        Assert.Empty(Parse(With("$.pool.delta", "0.5").ToJsonString()).Errors);
        string above = Q32.FromRaw(Q32.FromRatio(1, 2).Raw + 1).ToString();
        Assert.Equal("fund-overdraw", Assert.Single(Parse(With("$.pool.delta", above).ToJsonString()).Errors).Code);
    }

    [Fact]
    public void All_errors_are_reported_together()
    {
        JsonObject document = Document();
        document["poa"]!["exponent"] = 0;
        document["poa"]!.AsObject().Remove("theta");
        document.Add("colour", "red");
        string text = document.ToJsonString().Replace("\"minAgeDays\":0", "\"minAgeDays\":0,\"minAgeDays\":1", StringComparison.Ordinal);

        Assert.Equal(
            ["duplicate-field $.accounts.minAgeDays", "missing-field $.poa.theta", "out-of-range $.poa.exponent", "unknown-field $.colour"],
            Parse(text).Errors.Select(e => $"{e.Code} {e.Path}").Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"\\u0061\":1}")]
    public void What_is_not_plain_JSON_is_refused(string text) => Assert.Equal("not-json", Assert.Single(Parse(text).Errors).Code);

    [Fact]
    public void Invalid_UTF8_and_oversized_documents_are_refused()
    {
        Assert.Equal("not-json", Assert.Single(RulesetDocument.Parse(new byte[] { (byte)'{', 0xff, (byte)'}' }).Errors).Code);
        Assert.Equal("not-json", Assert.Single(RulesetDocument.Parse(new byte[RulesetDocument.BytesMax + 1]).Errors).Code);
    }

    [Fact]
    public void Kinds_that_take_something_back_earn_nothing_and_have_no_cap()
    {
        foreach (EventKind kind in new[] { EventKind.Unliked, EventKind.Unfollowed, EventKind.TipRefunded, EventKind.BroadcastStarted, EventKind.BroadcastEnded })
            Assert.Equal(default(ActivityRule), Ruleset.Default.Of(kind));
    }

    private static (Ruleset? Ruleset, IReadOnlyList<RulesetError> Errors) Parse(string text) => RulesetDocument.Parse(Encoding.UTF8.GetBytes(text));

    private static JsonObject Document() => JsonNode.Parse(RulesetDocument.Canonical(Ruleset.Default))!.AsObject();

    private static JsonObject With(string path, JsonNode? value)
    {
        JsonObject document = Document();
        string[] names = path.Split('.')[1..];
        JsonObject section = document;
        foreach (string name in names[..^1]) section = section[name]!.AsObject();
        section[names[^1]] = value;
        return document;
    }

    private static JsonObject Change(string path)
    {
        JsonNode? old = path.Split('.')[1..].Aggregate((JsonNode?)Document(), (node, name) => node![name]);
        return With(path, old?.ToJsonString() switch
        {
            null => 7,
            "true" => false,
            "false" => true,
            "\"strict\"" => "graded",
            "\"graded\"" => "strict",
            "\"activity\"" => "equal",
            "\"carry\"" => "refuse",
            "\"expected\"" => "rank",
            ['"', '0', 'x', .., '"'] => "0x00000000000000000000000000000000000000ff",
            "\"1000000000000000000\"" => "7",
            ['"', ..] => "0.0625",
            "1" => 2,
            var number => int.Parse(number) - 1 is var less and >= 0 ? less : 1,
        });
    }

    private static IEnumerable<string> Leaves(JsonNode? node, string path) =>
        node is JsonObject section ? section.SelectMany(f => Leaves(f.Value, $"{path}.{f.Key}")) : [path];

    private static JsonObject Reverse(JsonObject section) => new(section.Reverse().Select(f =>
        KeyValuePair.Create(f.Key, f.Value is JsonObject inner ? Reverse(inner) : f.Value?.DeepClone())));
}
