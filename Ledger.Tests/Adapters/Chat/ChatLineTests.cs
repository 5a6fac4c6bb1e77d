using System.Text;
using System.Text.Json;
using Ledger.Core.Identity;
using Ledger.Host.Adapters.Chat;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Chat;

/// <summary>Guaranteed: a line is understood in one way or refused with a code of the page; nothing else ever comes of it.</summary>
public sealed class ChatLineTests
{
    [Theory]
    [InlineData("", "json-malformed")]
    [InlineData("PING", "json-malformed")]
    [InlineData("[]", "json-malformed")]
    [InlineData("""{"do":"pong"} {}""", "json-malformed")]
    [InlineData("""{"do":"pong",}""", "json-malformed")]
    [InlineData("""{"do":"say","room":{"a":1},"id":"1","text":"x"}""", "json-malformed")]
    [InlineData("""{"do":"say","room":["a"],"id":"1","text":"x"}""", "json-malformed")]
    [InlineData("{}", "field-missing")]
    [InlineData("""{"do":7}""", "command-unknown")]
    [InlineData("""{"do":"Say"}""", "command-unknown")]
    [InlineData("""{"do":"say","room":"r","id":"1"}""", "field-missing")]
    [InlineData("""{"do":"pong","room":"r"}""", "field-unknown")]
    [InlineData("""{"do":"join","room":"r","room":"s"}""", "field-duplicate")]
    [InlineData("""{"do":"join","room":7}""", "wrong-type")]
    [InlineData("""{"do":"join","room":null}""", "wrong-type")]
    [InlineData("""{"do":"join","room":""}""", "id-empty")]
    [InlineData("""{"do":"join","room":"a\u0001"}""", "id-control-character")]
    [InlineData("""{"do":"say","room":"r","id":"1","text":" \u00a0 "}""", "text-empty")]
    [InlineData("""{"do":"say","room":"r","id":"1","text":"a\nb"}""", "text-control-character")]
    [InlineData("""{"do":"say","room":"r","id":"1","text":"\ud800"}""", "text-lone-surrogate")]
    [InlineData("""{"do":"history","room":"r","limit":0}""", "out-of-range")]
    [InlineData("""{"do":"history","room":"r","limit":51}""", "out-of-range")]
    [InlineData("""{"do":"history","room":"r","limit":"5"}""", "wrong-type")]
    [InlineData("""{"do":"history","room":"r","before":1.5}""", "out-of-range")]
    [InlineData("""{"do":"history","room":"r","before":99999999999999999999}""", "out-of-range")]
    [InlineData("""{"do":"mute","room":"r","account":"a","minutes":525601}""", "out-of-range")]
    public void A_line_that_leaves_any_doubt_is_refused(string line, string code) => Assert.Equal(code, CodeOf(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Texts_and_ids_end_where_the_page_says()
    {
        Assert.Null(CodeOf(Say("i", new string('x', ChatLine.TextBytesMax))));
        Assert.Equal("text-too-long", CodeOf(Say("i", new string('x', ChatLine.TextBytesMax + 1))));
        Assert.Equal("text-too-long", CodeOf(Say("i", new string('é', (ChatLine.TextBytesMax / 2) + 1))));
        Assert.Null(CodeOf(Say(new string('i', IdText.BytesMax), "x")));
        Assert.Equal("id-too-long", CodeOf(Say(new string('i', IdText.BytesMax + 1), "x")));
        Assert.Equal("invalid-utf8", CodeOf([.. "{\"do\":\"pong\",\"x\":\""u8, 0xc3, 0x28, .. "\"}"u8]));
    }

    [Fact]
    public void Whatever_comes_is_a_line_or_a_fault_of_the_page()
    {
        HashSet<string> page = [.. SpecTables.Read("adapters.md", "Refused lines").Select(r => r["code"])];
        HashSet<string> met = [];
        int seed = Random.Shared.Next(1_000_000);
        Random random = new(seed);
        for (int i = 0; i < 10_000 * Soak.Factor; i++)
        {
            byte[] line = ChatNoise.Line(random);
            try
            {
                if (CodeOf(line) is { } code) met.Add(code);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, line {i}: {e.GetType().Name} for {Convert.ToHexString(line)}");
            }
        }

        Assert.True(met.IsSubsetOf(page), string.Join(", ", met.Except(page)));
        Assert.True(met.Count > 8, $"seed {seed}: only {string.Join(", ", met)} were met");
    }

    [Fact]
    public void Every_code_of_the_chat_is_on_the_page()
    {
        HashSet<string> page = [.. SpecTables.Read("adapters.md", "Refused lines").Select(r => r["code"]), .. SpecTables.Read("adapters.md", "Answers and ends").Select(r => r["code"])];
        string[] codes = [.. typeof(ChatFault).GetProperties().Where(p => p.PropertyType == typeof(ChatFault)).Select(p => ((ChatFault)p.GetValue(null)!).Code)];
        Assert.NotEmpty(codes);
        Assert.Empty(codes.Except(page));
    }

    [Fact]
    public void A_long_space_has_a_content_of_its_own_too()
    {
        Assert.Equal("room:stage", ChatEvents.RoomContent(new SpaceId("stage")).Value);
        string first = ChatEvents.RoomContent(new SpaceId(new string('a', 64))).Value, second = ChatEvents.RoomContent(new SpaceId(new string('a', 63) + "b")).Value;
        Assert.NotEqual(first, second);
        Assert.Null(IdText.Fault(first));
    }

    private static byte[] Say(string id, string text) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["do"] = "say", ["room"] = "r", ["id"] = id, ["text"] = text });

    private static string? CodeOf(byte[] line)
    {
        try
        {
            ChatLine.Parse(line);
            return null;
        }
        catch (ChatFaultException e)
        {
            return e.Fault.Code;
        }
    }
}
