using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Events;

/// <summary><c>specs/events.md</c> says what the code does: every kind, field, type, stream and byte of it.</summary>
public sealed class EventPageTests
{
    [Fact]
    public void The_catalogue_on_the_page_is_the_catalogue_in_the_code()
    {
        var page = SpecTables.Read("events.md", "Catalogue").Select(r => (r["kind"], r["code"], r["version"], r["stream"], r["stated by"])).ToArray();
        var code = EventCatalogue.Kinds.Select(k => (EventCatalogue.Name(k), ((int)k).ToString(), SampleFields.Event(k).Payload.Version.ToString(), Stream(k), k.Origin() == EventOrigin.Ledger ? "ledger" : "producer")).ToArray();
        Assert.Equal(code, page);
    }

    [Fact]
    public void The_fields_on_the_page_are_the_fields_in_the_code()
    {
        var page = SpecTables.Read("events.md", "Fields").Select(r => (r["kind"], r["field"], r["type"])).ToArray();
        List<(string, string, string)> code = [];
        foreach (EventKind kind in EventCatalogue.Kinds)
        {
            SampleFields fields = new(0);
            EventCatalogue.Read(kind, EventCatalogue.Version(kind), fields);
            code.AddRange(fields.Asked.Select(f => (EventCatalogue.Name(kind), f.Name, f.Type)));
        }

        Assert.Equal(code, page);
    }

    [Fact]
    public void The_worked_example_has_the_bytes_on_the_page()
    {
        Assert.True(UnixMs.TryParse("2026-11-22T10:00:00Z", out UnixMs occurredAt));
        NewEvent e = new(new EventId(1), occurredAt, occurredAt.PlusMs(250), Day.Of(occurredAt), new Viewed(new AccountId("ann"), new ContentId("clip-7"), 42));
        var rows = SpecTables.Read("events.md", "Worked example");
        byte[] bytes = CanonicalBytes.Of(e);
        int offset = 0;
        foreach (var row in rows)
        {
            byte[] part = Convert.FromHexString(row["hex"].Replace(" ", ""));
            Assert.Equal(offset, int.Parse(row["offset"], CultureInfo.InvariantCulture));
            Assert.Equal(Convert.ToHexStringLower(bytes.AsSpan(offset, part.Length)), Convert.ToHexStringLower(part));
            offset += part.Length;
        }

        Assert.Equal(bytes.Length, offset);
    }

    [Fact]
    public void Codes_of_the_refusals_on_the_page_are_written_in_kebab_case_and_once()
    {
        string[] codes = [.. SpecTables.Read("events.md", "Refusals of a line").Select(r => r["code"])];
        Assert.Equal(codes.Length, codes.ToHashSet(StringComparer.Ordinal).Count);
        Assert.All(codes, c => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", c));
    }

    private static string Stream(EventKind kind)
    {
        NewEvent e = SampleFields.Event(kind);
        string name = e.Stream.Value;
        return name.StartsWith("activity-", StringComparison.Ordinal) ? "activity-DAY-SHARD"
            : name.Replace(e.Window.ToString(), "DAY").Replace("account-1", "ID").Replace("space-1", "ID").Replace("content-1", "ID").Replace("batch 라이브", "BATCH").Replace("chain-1000000", "chain-ID");
    }
}
