using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Host.Adapters.Files;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Files;

/// <summary>A mapping is checked whole before the first row; each mistake is named by its path, and each operator does what its page says.</summary>
public sealed class ImportMappingTests
{
    private const string Valid = """
        {"source":"s","format":"csv","columns":["at","who","what","n"],"time":{"column":"at","form":"unix-s"},
         "values":[{"name":"v","text":"v-{what}"}],
         "events":[{"kind":"liked","key":"{row}","fields":{"account":"{who}","content":"{v}"}}]}
        """;

    [Fact]
    public void A_valid_mapping_reads_a_row()
    {
        List<SubmittedEvent> events = Read(Valid, "1,ann,clip,7");
        SubmittedEvent e = Assert.Single(events);
        Assert.Equal(new Liked(new AccountId("ann"), new ContentId("v-clip")), e.Payload);
        Assert.Equal((1000L, EventId.Derive("s", "liked/1")), (e.OccurredAt.Value, e.Id));
    }

    [Theory]
    [InlineData("\"source\":\"s\"", "\"source\":\"\"", "$.source")]
    [InlineData("\"csv\"", "\"xml\"", "$.format")]
    [InlineData("\"format\":\"csv\",", "", "$")]
    [InlineData("\"source\":\"s\"", "\"source\":\"s\",\"extra\":1", "$.extra")]
    [InlineData("\"who\"", "\"at\"", "$.columns[1]")]
    [InlineData("{\"column\":\"at\"", "{\"column\":\"when\"", "$.time.column")]
    [InlineData("v-{what}", "v-{whom}", "$.values[0]")]
    [InlineData("v-{what}", "v-{what", "$.values[0]")]
    [InlineData("v-{what}", "v-what}", "$.values[0]")]
    [InlineData("\"text\":", "\"number\":\"{n}\",\"text\":", "$.values[0]")]
    [InlineData("\"text\":", "\"bucketOf\":", "$.values[0]")]
    [InlineData("\"text\":\"v-{what}\"", "\"number\":\"{n}\",\"divide\":2", "$.values[0]")]
    [InlineData("\"text\":\"v-{what}\"", "\"number\":\"{n}\",\"min\":2,\"max\":1", "$.values[0]")]
    [InlineData("\"name\":\"v\"", "\"name\":\"who\"", "$.values[0].name")]
    [InlineData("\"liked\"", "\"loved\"", "$.events[0].kind")]
    [InlineData("\"liked\"", "\"window-sealed\"", "$.events[0].kind")]
    [InlineData("\"key\":\"{row}\"", "\"key\":\"{row}\",\"once\":\"x\"", "$.events[0]")]
    [InlineData("\"account\":\"{who}\",", "", "$.events[0].fields")]
    [InlineData("\"account\":\"{who}\",", "\"account\":\"{who}\",\"x\":\"1\",", "$.events[0].fields.x")]
    [InlineData("\"key\":", "\"when\":[{\"column\":\"who\"}],\"key\":", "$.events[0].when[0]")]
    [InlineData("\"key\":", "\"when\":[{\"column\":\"no\",\"in\":[]}],\"key\":", "$.events[0].when[0].column")]
    [InlineData("\"events\":[{\"kind\":\"liked\",\"key\":\"{row}\",\"fields\":{\"account\":\"{who}\",\"content\":\"{v}\"}}]", "\"events\":[]", "$.events")]
    public void A_mistake_is_named_by_its_path(string replace, string with, string path)
    {
        Assert.Contains(replace, Valid);
        Assert.Equal(path, Assert.Throws<MappingException>(() => ImportMapping.Parse(Encoding.UTF8.GetBytes(Valid.Replace(replace, with)))).Path);
    }

    [Theory]
    [InlineData("1,\"a,\"\"b\"\"\",c,7", "a,\"b\"", "c")]
    [InlineData("1,,c,7", null, "id-empty")]
    [InlineData("1,a,c", null, "column-count")]
    [InlineData("1,a,c,7,", null, "column-count")]
    [InlineData("1,\"a,c,7", null, "quote-unclosed")]
    [InlineData("1,\"a\"b,c,7", null, "quote-misplaced")]
    [InlineData("x,a,c,7", null, "time-malformed")]
    [InlineData("1,a,c,", "a", "c")]
    public void Csv_within_a_line(string row, string? account, string contentOrCode)
    {
        if (account is null)
        {
            Assert.Equal(contentOrCode, Assert.Throws<EventFormatException>(() => Read(Valid, row)).Code);
            return;
        }

        Assert.Equal(new Liked(new AccountId(account), new ContentId("v-" + contentOrCode)), Assert.Single(Read(Valid, row)).Payload);
    }

    [Fact]
    public void The_examples_of_operators_on_the_page_hold()
    {
        foreach (var example in SpecTables.Read("import.md", "Examples of operators"))
        {
            string mapping = Valid.Replace("\"text\":\"v-{what}\"", example["rule"]).Replace("\"account\":\"{who}\"", "\"account\":\"{v}\"").Replace("\"content\":\"{v}\"", "\"content\":\"c\"");
            Assert.Equal(example["result"], ((Liked)Assert.Single(Read(mapping, $"1,a,c,{example["n"]}")).Payload).Account.Value);
        }
    }

    [Fact]
    public void An_amount_keeps_every_digit()
    {
        string mapping = Valid.Replace("\"text\":\"v-{what}\"", "\"number\":\"{n}\",\"multiply\":1000000000000000").Replace("liked", "tipped").Replace("\"content\":\"{v}\"", "\"space\":\"s\",\"amount\":\"{v}\"");
        Tipped tip = (Tipped)Assert.Single(Read(mapping, "1,a,c,300000")).Payload;
        Assert.Equal(TokenAmount.FromWe(300), tip.Amount);
    }

    [Fact]
    public void A_rule_meets_only_the_columns_it_uses()
    {
        string mapping = Valid.Replace("\"values\":[", "\"values\":[{\"name\":\"unused\",\"number\":\"{n}\"},");
        Assert.Single(Read(mapping, "1,a,c,not a number"));
    }

    [Fact]
    public void Ndjson_rows_are_columns_by_name()
    {
        string mapping = Valid.Replace("\"csv\"", "\"ndjson\"");
        Assert.Equal(new Liked(new AccountId("ann"), new ContentId("v-clip")), Assert.Single(Read(mapping, """{"n":7,"who":"ann","what":"clip","at":1}""")).Payload);
        Assert.Equal("field-missing", Assert.Throws<EventFormatException>(() => Read(mapping, """{"n":7,"who":"ann","at":1}""")).Code);
        Assert.Equal("field-unknown", Assert.Throws<EventFormatException>(() => Read(mapping, """{"x":7}""")).Code);
        Assert.Equal("json-malformed", Assert.Throws<EventFormatException>(() => Read(mapping, """{"n":7,"n":8}""")).Code);
    }

    [Theory]
    [InlineData("kuairand")]
    [InlineData("hive-steem-2016")]
    public void The_shipped_mappings_are_valid(string name) => Assert.Equal(name, ImportMapping.Shipped(name)!.Source);

    private static List<SubmittedEvent> Read(string mapping, string row)
    {
        List<SubmittedEvent> events = [];
        ImportMapping.Parse(Encoding.UTF8.GetBytes(mapping)).Read(Encoding.UTF8.GetBytes(row), 1, [], events);
        return events;
    }
}
