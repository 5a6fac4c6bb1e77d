using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Rulesets;
using Ledger.Host.Adapters.Files;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.Ingest;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Files;

/// <summary>A file is taken line by line, exactly once ever; bad lines are named by number, field and code, and in a strict import one of them is enough to take nothing.</summary>
public sealed class FileImportTests : IDisposable
{
    private const string Good = """{"id":"00000000-0000-8000-8000-00000000000N","kind":"liked","v":1,"occurredAt":"2026-11-21T10:00:00Z","account":"ann","content":"clip"}""";

    private readonly ManualClock _clock = new("2026-11-22T12:00:00Z");
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [SharedDataFact("kuairand/log.tsv")]
    public async Task The_kuairand_log_imports_whole_and_once()
    {
        await using InMemoryEventLog log = await NewLog();
        ImportSummary first = await Import(log, SharedData.Find("kuairand/log.tsv"), ImportMapping.Shipped("kuairand"), strict: true);
        Assert.Equal((true, 0L, 0L, 41_829L), (first.Taken, first.Faults, first.Skipped, first.Lines));
        Assert.Equal((41_828L, 33_745L, 1_258L, 326L, 304L), (first.NewByKind["viewed"], first.NewByKind["liked"], first.NewByKind["commented"], first.NewByKind["shared"], first.NewByKind["followed"]));
        Assert.Equal((9_359L, 664L + 400, 400L), (first.NewByKind["video-published"], first.NewByKind["account-opened"], first.NewByKind["space-opened"]));
        await SecondChangesNothing(log, SharedData.Find("kuairand/log.tsv"), "kuairand");
        await EverythingExistsBeforeItIsUsed(log);
    }

    [SharedDataFact("hive-steem-2016/events.csv")]
    public async Task The_steem_log_imports_whole_and_once()
    {
        await using InMemoryEventLog log = await NewLog();
        ImportSummary first = await Import(log, SharedData.Find("hive-steem-2016/events.csv"), ImportMapping.Shipped("hive-steem-2016"), strict: true);
        Assert.Equal((true, 0L, 24L), (first.Taken, first.Faults, first.Skipped));
        Assert.Equal((9_677L, 2_144L, 25L, 3L, 8L, 16L), (first.NewByKind["liked"], first.NewByKind["commented"], first.NewByKind["followed"], first.NewByKind["unfollowed"], first.NewByKind["unliked"], first.NewByKind["tipped"]));
        await SecondChangesNothing(log, SharedData.Find("hive-steem-2016/events.csv"), "hive-steem-2016");
        await EverythingExistsBeforeItIsUsed(log);
    }

    [SharedDataFact("hive-steem-2016/events.csv")]
    public async Task An_export_imported_into_a_new_log_gives_the_same_events()
    {
        await using InMemoryEventLog log = await NewLog();
        await Import(log, SharedData.Find("hive-steem-2016/events.csv"), ImportMapping.Shipped("hive-steem-2016"), strict: false);
        await using (FileStream output = File.Create(_file)) Assert.Equal(log.Head, await EventExport.WriteAsync(log, 0, log.Head, output));

        await using InMemoryEventLog copy = await NewLog();
        ImportSummary summary = await Import(copy, _file, null, strict: true);
        Assert.Equal((0L, 2L + 138), (summary.Faults, summary.Skipped));
        Assert.Equal(await Hashes(log), await Hashes(copy));
    }

    [Fact]
    public async Task Each_bad_line_is_named_and_the_rest_goes_on()
    {
        (string Line, string? Field, string Code)[] lines =
        [
            (Good.Replace('N', '1'), null, ""),
            ("{", null, "json-malformed"),
            ("", null, "json-malformed"),
            (Good.Replace('N', '2').Replace("liked", "loved"), "kind", "unknown-kind"),
            (Good.Replace('N', '3').Replace("\"clip\"", "7"), "content", "wrong-type"),
            (Good.Replace('N', '4').Replace("2026-11-21T10", "2027-11-21T10"), "occurredAt", "occurred-in-future"),
            (Good.Replace("00000000-0000-8000-8000-00000000000N", "00000000-0000-0000-0000-000000000000"), "id", "id-nil"),
            (new string('x', JsonEvents.LineBytesMax + 5), null, "line-too-long"),
            ("""{"id":"00000000-0000-8000-8000-000000000005","kind":"window-sealed","v":1,"occurredAt":"2026-11-21T10:00:00Z","window":"2026-11-21"}""", "kind", "kind-not-accepted"),
            ("""{"id":"00000000-0000-8000-8000-000000000006","kind":"viewed","v":1,"occurredAt":"2026-11-21T10:00:00Z","account":"a","content":"c","watchSeconds":90000}""", "watchSeconds", "out-of-range"),
            (Good.Replace('N', '9'), null, ""),
        ];
        await File.WriteAllTextAsync(_file, string.Join('\n', lines.Select(l => l.Line)));
        await using InMemoryEventLog log = await NewLog();
        long head = log.Head;
        using MemoryStream report = new();
        ImportSummary summary = await Import(log, _file, null, strict: false, report);
        Assert.Equal((2L, 9L), (summary.Accepted, summary.Faults));

        var expected = lines.Select((l, i) => (Line: (long)i + 1, l.Field, l.Code)).Where(l => l.Code.Length > 0).ToArray();
        var found = Encoding.UTF8.GetString(report.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)
            .Select(e => (Line: e.GetProperty("line").GetInt64(), Field: e.GetProperty("field").GetString(), Code: e.GetProperty("code").GetString()!)).OrderBy(e => e.Line).ToArray();
        Assert.Equal(expected, found);

        await using InMemoryEventLog untouched = await NewLog();
        ImportSummary strict = await Import(untouched, _file, null, strict: true);
        Assert.Equal((false, 9L, 0L, head), (strict.Taken, strict.Faults, strict.Accepted, untouched.Head));
    }

    [Theory]
    [InlineData("1\t2\t20220410\t1700\tsoon\t1\t0\t0\t0\t1\t1\t1\t0\t0\t1\tx", "time_ms", "time-malformed")]
    [InlineData("1\t2\t20220410\t1700\t1649581149287\t1\t0\t0\t0\t1\t1\t1\t0\t0\t1", null, "column-count")]
    [InlineData("1\t2\t20220410\t1700\t1649581149287\t1\t0\t0\t0\t1\t-5\t1\t0\t0\t1\tx", "watchSeconds", "number-malformed")]
    [InlineData("1\t0123456789012345678901234567890123456789012345678901234567890123456789\t20220410\t1700\t1649581149287\t1\t0\t0\t0\t1\t5\t1\t0\t0\t1\tx", "content", "id-too-long")]
    public async Task A_bad_row_is_refused_whole(string row, string? field, string code)
    {
        await File.WriteAllTextAsync(_file, "user_id\tvideo_id\tdate\thourmin\ttime_ms\tis_click\tis_follow\tis_comment\tis_forward\tlong_view\tplay_time_ms\tduration_ms\tcomment_stay_time\tis_profile_enter\tlabel\ttimestamp\r\n" + row + "\r\n");
        await using InMemoryEventLog log = await NewLog();
        long head = log.Head;
        using MemoryStream report = new();
        await Import(log, _file, ImportMapping.Shipped("kuairand"), strict: false, report);
        JsonElement line = JsonDocument.Parse(Encoding.UTF8.GetString(report.ToArray())).RootElement;
        Assert.Equal((2, field, code), (line.GetProperty("line").GetInt32(), line.GetProperty("field").GetString(), line.GetProperty("code").GetString()));
        Assert.Equal(head, log.Head);
    }

    [Fact]
    public async Task Another_header_is_refused_at_once()
    {
        await File.WriteAllTextAsync(_file, "a\tb\n1\t2\n");
        await using InMemoryEventLog log = await NewLog();
        ImportSummary summary = await Import(log, _file, ImportMapping.Shipped("kuairand"), strict: false);
        Assert.Equal(("column-count", 1L), (Assert.Single(summary.FaultsByCode.Keys), summary.Lines));
    }

    [Fact]
    public async Task The_report_stops_at_its_cap_and_counts_on()
    {
        await File.WriteAllLinesAsync(_file, Enumerable.Repeat("{", 20));
        await using InMemoryEventLog log = await NewLog();
        EventIntake intake = EventIntake.Open(log, _clock);
        using MemoryStream output = new();
        ImportReport report = new(output, linesMax: 3);
        await new FileImport(intake, null).RunAsync(_file, strict: false, report);
        Assert.Equal((20L, 3), (report.Count, output.ToArray().Count(b => b == '\n')));
    }

    [Fact]
    public async Task Progress_ends_at_the_whole_file()
    {
        await File.WriteAllTextAsync(_file, Good.Replace('N', '1') + "\n");
        await using InMemoryEventLog log = await NewLog();
        EventIntake intake = EventIntake.Open(log, _clock);
        Recorder progress = new();
        await new FileImport(intake, null).RunAsync(_file, strict: true, new ImportReport(null), progress);
        Assert.Equal((progress.Last.BytesTotal, 1L), (progress.Last.BytesRead, progress.Last.Events));
    }

    private static async Task EverythingExistsBeforeItIsUsed(IEventLog log)
    {
        HashSet<string> accounts = new(StringComparer.Ordinal), contents = new(StringComparer.Ordinal), spaces = new(StringComparer.Ordinal);
        await foreach (RecordedEvent e in log.ReadAllAsync(0))
        {
            switch (e.Payload)
            {
                case AccountOpened p: accounts.Add(p.Account.Value); break;
                case SpaceOpened p: Assert.Contains(p.Provider.Value, accounts); spaces.Add(p.Space.Value); break;
                case VideoPublished p: Assert.Contains(p.Space.Value, spaces); contents.Add(p.Content.Value); break;
                case Viewed p: Assert.Contains(p.Content.Value, contents); break;
                case Liked p: Assert.Contains(p.Content.Value, contents); break;
                case Commented p: Assert.Contains(p.Content.Value, contents); break;
                case Followed p: Assert.Contains(p.Followee.Value, accounts); break;
                case Tipped p: Assert.Contains(p.Space.Value, spaces); break;
                default: break;
            }

            if (e.Payload is ActivityPayload act) Assert.Contains(act.Actor.Value, accounts);
        }
    }

    private static async Task<List<string>> Hashes(IEventLog log)
    {
        List<string> events = [];
        await foreach (RecordedEvent e in log.ReadAllAsync(0))
        {
            if (e.Payload.Kind.Origin() == EventOrigin.Submitted) events.Add(Convert.ToHexString(CanonicalBytes.Of(e.Event)));
        }

        return events;
    }

    private async Task SecondChangesNothing(IEventLog log, string file, string mapping)
    {
        long head = log.Head;
        _clock.Now = _clock.Now.PlusMs(86_400_000);
        ImportSummary second = await Import(log, file, ImportMapping.Shipped(mapping), strict: false);
        Assert.Equal((0L, 0L, 0L, head), (second.Accepted, second.CarriedForward, second.Faults, log.Head));
    }

    private async Task<ImportSummary> Import(IEventLog log, string file, ImportMapping? mapping, bool strict, Stream? report = null)
    {
        EventIntake intake = EventIntake.Open(log, _clock);
        return await new FileImport(intake, mapping).RunAsync(file, strict, new ImportReport(report));
    }

    private async Task<InMemoryEventLog> NewLog()
    {
        InMemoryEventLog log = new();
        await LedgerGenesis.EnsureAsync(log, Ruleset.Default, _clock);
        return log;
    }

    private sealed class Recorder : IProgress<ImportProgress>
    {
        public ImportProgress Last { get; private set; }

        public void Report(ImportProgress value) => Last = value;
    }
}
