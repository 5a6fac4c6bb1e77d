using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;
using Ledger.Tests.EventLog;
using Xunit;

namespace Ledger.Tests.Events;

/// <summary>Activity that is left where it was read is the event that the strict reader makes of the line, or that reader's fault, and is stored as it.</summary>
public sealed class PlainActivityTests
{
    private static readonly EventKind[] Columnar = [.. EventCatalogue.Kinds.Where(kind => kind.IsColumnar())];

    [Property(MaxTest = 100)]
    public void What_is_written_plainly_stays_in_place(ulong seed)
    {
        Random random = Seeded(seed);
        foreach (EventKind kind in Columnar)
        {
            byte[] line = Line(kind, random);
            SubmittedEvent read = new JsonEventReader().ReadInPlace(line);
            Assert.True(read.TryPlain(out _), Encoding.UTF8.GetString(line));
            Assert.Equal(new JsonEventReader().Read(line).Event, read);
            Assert.Equal(kind, read.Kind);
        }
    }

    [Property(MaxTest = 300)]
    public void A_changed_line_is_the_same_event_or_the_same_fault(ulong seed, PositiveInt at, byte to, bool cut)
    {
        Random random = Seeded(seed);
        foreach (EventKind kind in Columnar)
        {
            byte[] line = Line(kind, random);
            int place = at.Get % line.Length;
            foreach (byte with in (byte[])[to, (byte)'"', (byte)',', (byte)' ', (byte)'0', (byte)'9', (byte)'a', (byte)'F', (byte)'-', (byte)'x', (byte)'.', (byte)'\\', 0x1f, 0x7f, 0xc3])
            {
                byte[] mutant = [.. line];
                mutant[place] = with;
                Same(cut ? mutant[..place] : mutant);
            }

            Same([.. line[..place], .. line[(place + 1)..]]);
            Same([.. line[..place], to, .. line[place..]]);
        }
    }

    [Theory]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c","content":"c"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c","platform":1}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","followee":"c"}""")]
    [InlineData("""{"id":"ID","kind":"followed","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":2,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":"1","occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-02-29T10:00:00.000Z","account":"a","content":"c"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-13-01T10:00:00.000Z","account":"a","content":"c"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"1969-12-31T23:59:59.999Z","account":"a","content":"c"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-11-22T24:00:00.000Z","account":"a","content":"c"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-11-22T10:00:00.000+01:00","account":"a","content":"c"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"","content":"c"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"라","content":"c"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"0123456789012345678901234567890123456789012345678901234567890123"}""")]
    [InlineData("""{"id":"ID","kind":"liked","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"01234567890123456789012345678901234567890123456789012345678901234"}""")]
    [InlineData("""{"id":"ID","kind":"viewed","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c","watchSeconds":4294967295}""")]
    [InlineData("""{"id":"ID","kind":"viewed","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c","watchSeconds":4294967296}""")]
    [InlineData("""{"id":"ID","kind":"viewed","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c","watchSeconds":"1"}""")]
    [InlineData("""{"id":"ID","kind":"shared","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c","platform":256}""")]
    [InlineData("""{"id":"ID","kind":"broadcast-minute","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","space":"s","minute":-5}""")]
    [InlineData("""{"id":"ID","kind":"broadcast-minute","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","space":"s","minute":9223372036854775807}""")]
    [InlineData("""{"id":"ID","kind":"commented","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c","letters":255,"textDigest":"72057594037927935"}""")]
    [InlineData("""{"id":"ID","kind":"commented","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c","letters":255,"textDigest":"72057594037927936"}""")]
    [InlineData("""{"id":"ID","kind":"commented","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c","letters":255,"textDigest":"01"}""")]
    [InlineData("""{"id":"{00000000-0000-8000-8000-000000000001}","kind":"liked","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c"}""")]
    [InlineData("""{"kind":"liked","id":"ID","v":1,"occurredAt":"2026-11-22T10:00:00.000Z","account":"a","content":"c"}""")]
    public void Around_the_border(string line) => Same(Encoding.UTF8.GetBytes(line.Replace("ID", "00000000-0000-8000-8000-00000000000A")));

    [Property(MaxTest = 100)]
    public void It_breaks_the_rules_that_the_object_breaks(ulong seed)
    {
        Random random = Seeded(seed);
        foreach (EventKind kind in Columnar)
        {
            SubmittedEvent read = new JsonEventReader().ReadInPlace(Line(kind, random));
            Assert.Equal(SubmissionRules.Fault(new SubmittedEvent(read.Id, read.OccurredAt, read.Payload)), SubmissionRules.Fault(read));
        }
    }

    [Property(MaxTest = 20)]
    public void A_prepared_append_is_the_same_of_text_and_of_objects(ulong seed)
    {
        Random random = Seeded(seed);
        List<SubmittedEvent> submitted = [];
        foreach (NewEvent e in new SampleEvents((int)(seed % 1_000)).Take(300))
        {
            submitted.Add(random.Next(2) == 0
                ? new JsonEventReader().ReadInPlace(Line(Columnar[random.Next(Columnar.Length)], random))
                : new SubmittedEvent(e.Id, e.OccurredAt, e.Payload));
        }

        PlacedEvents placed = new(submitted.ToArray(), submitted.Count) { RecordedAt = UnixMs.From(1_795_000_000_000) };
        for (int i = 0; i < submitted.Count; i++)
        {
            if (random.Next(10) > 0) placed.Add(i, Day.FromNumber(random.Next(20_000, 21_000)));
        }

        NameTable names = new();
        foreach (SubmittedEvent e in submitted.Take(150).Where(e => e.Kind.IsColumnar())) ColumnarForm.Of(e.Payload, names);
        PreparedAppend ofText = PreparedAppend.Of(placed, null, names);
        NewEvent[] objects = [.. placed];
        PreparedAppend ofObjects = PreparedAppend.Of(objects, null, names);
        Assert.Equal(objects.Length, ofText.Events.Count);
        Assert.Equal(ofObjects.Leaves, ofText.Leaves);
        for (int i = 0; i < objects.Length; i++)
        {
            Assert.Equal(Text(ofObjects, i), Text(ofText, i));
            Assert.Equal(objects[i], ofText.Events[i]);
        }
    }

    private static string Text(PreparedAppend prepared, int i)
    {
        PreparedColumns columns = prepared.Columns;
        string id = Convert.ToHexString(columns.Ids.AsSpan(i * EventId.SizeBytes, EventId.SizeBytes));
        return columns.Kind[i] == 0
            ? $"{id} {Convert.ToHexString(prepared.RowBytes(i))}"
            : $"{id} {columns.Kind[i]} {columns.Value[i]} {columns.OccurredAtMs[i]} {columns.LagMs[i]} {columns.Window[i]} {columns.Shard[i]} {columns.Ordinals[2 * i]} {columns.Ordinals[(2 * i) + 1]} "
                + $"{Encoding.UTF8.GetString(columns.Name(2 * i))} {Encoding.UTF8.GetString(columns.Name((2 * i) + 1))} {prepared.RowBytes(i).Length}";
    }

    private static void Same(byte[] line)
    {
        string strict = Outcome(() => new JsonEventReader().Read(line).Event);
        string inPlace = Outcome(() => new JsonEventReader().ReadInPlace(line));
        Assert.True(strict == inPlace, $"{Encoding.UTF8.GetString(line)}: {strict}, in place {inPlace}");
    }

    private static string Outcome(Func<SubmittedEvent> read)
    {
        try
        {
            SubmittedEvent e = read();
            return $"{e.Id} {e.OccurredAt} {e.Payload}";
        }
        catch (EventFormatException fault)
        {
            return $"{fault.Code} {fault.Field} {fault.Message}";
        }
    }

    private static byte[] Line(EventKind kind, Random random)
    {
        string name() => new([.. Enumerable.Range(0, random.Next(1, IdText.BytesMax + 1)).Select(_ => (char)random.Next('#', '\\'))]);
        long value = kind switch
        {
            EventKind.Viewed => random.Next(2) == 0 ? random.Next(90_000) : random.NextInt64(uint.MaxValue),
            EventKind.Shared => random.Next(256),
            EventKind.Commented => random.NextInt64(),
            _ => random.NextInt64(100_000_000),
        };
        Span<byte> id = stackalloc byte[EventId.SizeBytes];
        random.NextBytes(id);
        ArrayBufferWriter<byte> json = new();
        using JsonEventWriter writer = new(json);
        writer.Write(new SubmittedEvent(EventId.FromBytes(id), UnixMs.From(random.NextInt64(UnixMs.MaxValue.Value)), ActivityColumns.Payload(kind, name(), name(), value)));
        return json.WrittenSpan[..^1].ToArray();
    }

    private static Random Seeded(ulong seed) => new(unchecked((int)seed));
}
