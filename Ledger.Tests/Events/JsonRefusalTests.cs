using System.Text;
using Ledger.Core.Events;
using Xunit;

namespace Ledger.Tests.Events;

/// <summary>The NDJSON format is strict: every kind of bad line has one stable code and names its field.</summary>
public sealed class JsonRefusalTests
{
    private const string Head = """{"id":"00000000-0000-8000-8000-000000000001","kind":"KIND","v":1,"occurredAt":"2026-11-22T10:00:00.000Z",""";

    [Theory]
    [InlineData("json-malformed", null, "")]
    [InlineData("json-malformed", null, "   ")]
    [InlineData("json-malformed", null, "{")]
    [InlineData("json-malformed", null, "{} {}")]
    [InlineData("json-malformed", null, """{"id":NaN}""")]
    [InlineData("json-malformed", null, """{"id":Infinity}""")]
    [InlineData("json-malformed", null, """{"id":01}""")]
    [InlineData("json-malformed", null, """{"id":"x",}""")]
    [InlineData("json-malformed", null, """{"id":"x" /* c */}""")]
    [InlineData("json-not-object", null, "[]")]
    [InlineData("json-not-object", null, "7")]
    [InlineData("json-too-deep", null, """{"id":[[[1]]]}""")]
    [InlineData("json-too-deep", null, """{"id":{"a":{"b":1}}}""")]
    [InlineData("field-missing", "id", "{}")]
    [InlineData("field-duplicate", "id", """{"id":"x","id":"x"}""")]
    [InlineData("field-unknown", "\\u0069d", """{"\u0069d":"x"}""")]
    [InlineData("uuid-malformed", "id", """{"id":"x"}""")]
    [InlineData("wrong-type", "id", """{"id":7}""")]
    public void A_line_that_is_no_event(string code, string? field, string line) => AssertRefused(code, field, line);

    [Theory]
    [InlineData("unknown-kind", "kind", "likd", "\"account\":\"a\"")]
    [InlineData("field-missing", "account", "liked", "\"content\":\"c\"")]
    [InlineData("field-unknown", "extra", "liked", "\"account\":\"a\",\"content\":\"c\",\"extra\":1")]
    [InlineData("field-duplicate", "account", "liked", "\"account\":\"a\",\"account\":\"b\",\"content\":\"c\"")]
    [InlineData("wrong-type", "account", "liked", "\"account\":null,\"content\":\"c\"")]
    [InlineData("wrong-type", "account", "liked", "\"account\":[],\"content\":\"c\"")]
    [InlineData("id-empty", "account", "liked", "\"account\":\"\",\"content\":\"c\"")]
    [InlineData("id-too-long", "content", "liked", "\"account\":\"a\",\"content\":\"0123456789012345678901234567890123456789012345678901234567890123x\"")]
    [InlineData("id-too-long", "content", "liked", "\"account\":\"a\",\"content\":\"라라라라라라라라라라라라라라라라라라라라라라\"")]
    [InlineData("id-control-character", "account", "liked", "\"account\":\"a\\u0000\",\"content\":\"c\"")]
    [InlineData("id-control-character", "account", "liked", "\"account\":\"a\\n\",\"content\":\"c\"")]
    [InlineData("text-lone-surrogate", "account", "liked", "\"account\":\"\\ud800\",\"content\":\"c\"")]
    [InlineData("text-lone-surrogate", "content", "liked", "\"account\":\"a\",\"content\":\"\\udc00\"")]
    [InlineData("text-nul", "reason", "account-suspended", "\"account\":\"a\",\"reason\":\"x\\u0000\"")]
    [InlineData("wrong-type", "watchSeconds", "viewed", "\"account\":\"a\",\"content\":\"c\",\"watchSeconds\":\"3\"")]
    [InlineData("out-of-range", "watchSeconds", "viewed", "\"account\":\"a\",\"content\":\"c\",\"watchSeconds\":-1")]
    [InlineData("out-of-range", "watchSeconds", "viewed", "\"account\":\"a\",\"content\":\"c\",\"watchSeconds\":4294967296")]
    [InlineData("out-of-range", "watchSeconds", "viewed", "\"account\":\"a\",\"content\":\"c\",\"watchSeconds\":99999999999999999999999999")]
    [InlineData("number-not-integer", "watchSeconds", "viewed", "\"account\":\"a\",\"content\":\"c\",\"watchSeconds\":1.0")]
    [InlineData("number-not-integer", "watchSeconds", "viewed", "\"account\":\"a\",\"content\":\"c\",\"watchSeconds\":1e400")]
    [InlineData("number-not-canonical", "watchSeconds", "viewed", "\"account\":\"a\",\"content\":\"c\",\"watchSeconds\":-0")]
    [InlineData("out-of-range", "platform", "shared", "\"account\":\"a\",\"content\":\"c\",\"platform\":256")]
    [InlineData("wrong-type", "amount", "tipped", "\"account\":\"a\",\"space\":\"s\",\"amount\":1")]
    [InlineData("number-not-canonical", "amount", "tipped", "\"account\":\"a\",\"space\":\"s\",\"amount\":\"01\"")]
    [InlineData("number-not-canonical", "amount", "tipped", "\"account\":\"a\",\"space\":\"s\",\"amount\":\"+1\"")]
    [InlineData("number-not-canonical", "amount", "tipped", "\"account\":\"a\",\"space\":\"s\",\"amount\":\"1.5\"")]
    [InlineData("number-not-canonical", "amount", "tipped", "\"account\":\"a\",\"space\":\"s\",\"amount\":\"\"")]
    [InlineData("number-not-canonical", "amount", "tipped", "\"account\":\"a\",\"space\":\"s\",\"amount\":\"1 \"")]
    [InlineData("out-of-range", "amount", "tipped", "\"account\":\"a\",\"space\":\"s\",\"amount\":\"340282366920938463463374607431768211456\"")]
    [InlineData("number-not-canonical", "textDigest", "commented", "\"account\":\"a\",\"content\":\"c\",\"letters\":3,\"textDigest\":\"0x7\"")]
    [InlineData("out-of-range", "textDigest", "commented", "\"account\":\"a\",\"content\":\"c\",\"letters\":3,\"textDigest\":\"18446744073709551616\"")]
    [InlineData("wallet-malformed", "wallet", "wallet-linked", "\"account\":\"a\",\"wallet\":\"0x12\"")]
    [InlineData("uuid-malformed", "tip", "tip-refunded", "\"account\":\"a\",\"tip\":\"{00000000-0000-8000-8000-000000000001}\"")]
    [InlineData("day-malformed", "window", "window-sealed", "\"window\":\"2026-02-30\"")]
    [InlineData("digest-malformed", "rulesetHash", "window-opened", "\"window\":\"2026-02-20\",\"rulesetHash\":\"0xzz\"")]
    [InlineData("base64-malformed", "document", "ruleset-adopted", "\"firstWindow\":\"2026-02-20\",\"hash\":\"0x0000000000000000000000000000000000000000000000000000000000000000\",\"document\":\"e30\"")]
    [InlineData("field-unknown", "cid", "video-published", "\"content\":\"c\",\"space\":\"s\",\"account\":\"a\",\"category\":\"x\",\"durationSeconds\":1,\"cid\":\"x\"")]
    [InlineData("wrong-type", "log", "liked", "\"account\":\"a\",\"content\":\"c\",\"log\":1")]
    [InlineData("field-missing", "position", "liked", "\"account\":\"a\",\"content\":\"c\",\"log\":{}")]
    public void A_field_that_breaks_its_rule(string code, string field, string kind, string fields) =>
        AssertRefused(code, field, Head.Replace("KIND", kind) + fields + "}");

    [Theory]
    [InlineData("2026-11-22 10:00:00Z")]
    [InlineData("2026-11-22T10:00:00")]
    [InlineData("2026-11-22T10:00:00.0001Z")]
    [InlineData("2026-11-22T24:00:00Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("yesterday")]
    public void A_wrong_time(string time) =>
        AssertRefused("time-malformed", "occurredAt", Head.Replace("KIND", "liked").Replace("2026-11-22T10:00:00.000Z", time) + "\"account\":\"a\",\"content\":\"c\"}");

    [Theory]
    [InlineData("0", "unknown-version")]
    [InlineData("2", "unknown-version")]
    [InlineData("256", "out-of-range")]
    [InlineData("\"1\"", "wrong-type")]
    public void A_wrong_version(string version, string code)
    {
        string line = Head.Replace("KIND", "liked").Replace("\"v\":1", "\"v\":" + version) + "\"account\":\"a\",\"content\":\"c\"}";
        Assert.Equal(code, Assert.Throws<EventFormatException>(() => Read(line)).Code);
    }

    [Fact]
    public void Bytes_that_are_not_utf8()
    {
        byte[] line = Encoding.UTF8.GetBytes(Head.Replace("KIND", "liked") + "\"account\":\"a\",\"content\":\"c\"}");
        line[^4] = 0xff;
        Assert.Equal("invalid-utf8", Assert.Throws<EventFormatException>(() => new JsonEventReader().Read(line)).Code);
    }

    [Fact]
    public void A_line_longer_than_any_event()
    {
        byte[] line = new byte[JsonEvents.LineBytesMax + 1];
        line.AsSpan().Fill((byte)' ');
        Assert.Equal("line-too-long", Assert.Throws<EventFormatException>(() => new JsonEventReader().Read(line)).Code);
    }

    [Fact]
    public void A_number_of_a_million_digits_is_refused_unread() =>
        AssertRefused("number-too-long", "amount", Head.Replace("KIND", "tipped") + $"\"account\":\"a\",\"space\":\"s\",\"amount\":\"{new string('9', 1_000_000)}\"}}");

    [Fact]
    public void More_fields_than_any_event_has() =>
        AssertRefused("json-too-many-fields", null, "{" + string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"f{i}\":1")) + "}");

    [Fact]
    public void A_reader_goes_on_after_a_bad_line()
    {
        JsonEventReader reader = new();
        string good = Head.Replace("KIND", "liked") + "\"account\":\"a\",\"content\":\"\\u006b\"}";
        Assert.Throws<EventFormatException>(() => reader.Read("{"u8.ToArray()));
        Assert.Equal("k", Assert.IsType<Liked>(reader.Read(Encoding.UTF8.GetBytes(good)).Event.Payload).Content.Value);
    }

    private static void AssertRefused(string code, string? field, string line)
    {
        EventFormatException fault = Assert.Throws<EventFormatException>(() => Read(line));
        Assert.Equal((code, field), (fault.Code, fault.Field));
    }

    private static JsonEvent Read(string line) => new JsonEventReader().Read(Encoding.UTF8.GetBytes(line));
}
