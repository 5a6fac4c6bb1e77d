using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Files;

/// <summary>How the rows of one source become events: declared in a mapping file, checked whole before the first row (specs/import.md).</summary>
/// <remarks>An event's id follows from the source's name, the kind and the rule's key, so the same row is the same event for ever.</remarks>
public sealed class ImportMapping
{
    private const string RowNumber = "row";

    private readonly MappingFile _file;
    private readonly List<MappedValue> _values = [];
    private readonly List<MappedEvent> _events = [];
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly RowTexts _row;

    private ImportMapping(MappingFile file)
    {
        _file = file;
        if (IdText.Fault(file.Source) is { } fault) throw new MappingException("$.source", fault);
        if (file.Columns.Length is 0 or > 256) throw new MappingException("$.columns", "1 to 256 columns");
        for (int i = 0; i < file.Columns.Length; i++)
        {
            if (file.Columns[i] is "" or RowNumber || !_columns.TryAdd(file.Columns[i], i)) throw new MappingException($"$.columns[{i}]", "empty, reserved or named twice");
        }

        Column(file.Time.Column, "$.time.column");
        Check(file.Skip, "$.skip");
        Dictionary<string, int> slots = new(_columns, StringComparer.Ordinal) { [RowNumber] = _columns.Count };
        for (int i = 0; i < file.Values.Length; i++)
        {
            _values.Add(MappedValue.Parse(file.Values[i], slots, $"$.values[{i}]"));
            if (!slots.TryAdd(file.Values[i].Name, slots.Count)) throw new MappingException($"$.values[{i}].name", "a column or value has this name");
        }

        _row = new RowTexts(_columns.Count, _values);
        if (file.Events.Length == 0) throw new MappingException("$.events", "no event");
        for (int i = 0; i < file.Events.Length; i++)
        {
            Check(file.Events[i].When, $"$.events[{i}].when");
            _events.Add(MappedEvent.Parse(file.Events[i], slots, _row, $"$.events[{i}]"));
        }
    }

    /// <summary>The source's name, part of every event id.</summary>
    public string Source => _file.Source;

    /// <summary>Whether the first line names the columns.</summary>
    internal bool HasHeader => _file.Format != FileFormat.Ndjson;

    /// <summary>The mapping that the product ships under this name, such as <c>kuairand</c>, or null.</summary>
    public static ImportMapping? Shipped(string name)
    {
        using Stream? resource = typeof(ImportMapping).Assembly.GetManifestResourceStream($"mappings/{name}.json");
        if (resource is null) return null;
        byte[] json = new byte[resource.Length];
        resource.ReadExactly(json);
        return Parse(json);
    }

    /// <exception cref="MappingException">The mapping is wrong; its path says where.</exception>
    public static ImportMapping Parse(ReadOnlySpan<byte> json) => new(MappingFile.Parse(json));

    /// <summary>Checks the header line.</summary>
    /// <exception cref="EventFormatException"><c>header-mismatch</c>.</exception>
    internal void ReadHeader(ReadOnlyMemory<byte> line)
    {
        string[] found = new string[_file.Columns.Length];
        ReadColumns(line, found);
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i] != _file.Columns[i]) throw new EventFormatException("header-mismatch", _file.Columns[i], $"column {i + 1} is named '{found[i]}'");
        }
    }

    /// <summary>Adds the events of a row, unless the mapping skips it.</summary>
    /// <param name="line">The row.</param>
    /// <param name="row">Its number among the rows, from 1.</param>
    /// <param name="stated">Ids of the events stated once so far; the row adds its own.</param>
    /// <param name="events">Where its events go.</param>
    /// <returns>False when the mapping skips the row.</returns>
    /// <exception cref="EventFormatException">The row is wrong, whole: nothing of it was added.</exception>
    internal bool Read(ReadOnlyMemory<byte> line, long row, HashSet<EventId> stated, List<SubmittedEvent> events)
    {
        ReadColumns(line, _row.Columns);
        if (_file.Skip.Length > 0 && Array.Exists(_file.Skip, Holds)) return false;
        UnixMs at = Time();
        _row.Start(row);

        int start = events.Count;
        try
        {
            int own = 0;
            foreach (MappedEvent rule in _events)
            {
                if (!Array.TrueForAll(rule.When, Holds)) continue;
                SubmittedEvent e = rule.Make(_file.Source, _row, at, stated, out bool again);
                if (!rule.IsOnce) own++;
                if (again) continue;
                if (rule.IsOnce) stated.Add(e.Id);
                events.Add(e);
                if (Projections.Ingest.SubmissionRules.Fault(e) is { } refusal) throw new EventFormatException(refusal.Code, refusal.Field, refusal.Detail);
            }

            if (own == 0) throw new EventFormatException("row-unmapped", null, "no rule of the mapping takes this row, and none skips it");
        }
        catch (EventFormatException)
        {
            for (int i = start; i < events.Count; i++) stated.Remove(events[i].Id);
            events.RemoveRange(start, events.Count - start);
            throw;
        }

        return true;
    }

    private void ReadColumns(ReadOnlyMemory<byte> line, string[] values)
    {
        switch (_file.Format)
        {
            case FileFormat.Tsv:
                Row.Split(line.Span, '\t', quotes: false, _file.Columns, values);
                break;
            case FileFormat.Csv:
                Row.Split(line.Span, ',', quotes: true, _file.Columns, values);
                break;
            default:
                Row.Members(line, _file.Columns, values);
                break;
        }
    }

    private UnixMs Time()
    {
        string text = _row.Columns[_columns[_file.Time.Column]];
        UnixMs instant = default;
        bool valid = _file.Time.Form switch
        {
            TimeForm.Rfc3339 => UnixMs.TryParse(text, out instant),
            TimeForm.UnixMs => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long ms) && UnixMs.TryFrom(ms, out instant),
            _ => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint s) && UnixMs.TryFrom(s * 1000L, out instant),
        };
        return valid ? instant : throw new EventFormatException("time-malformed", _file.Time.Column, $"'{(text.Length > 40 ? text[..40] : text)}' is no time");
    }

    private bool Holds(Condition condition)
    {
        string text = _row.Columns[_columns[condition.Column]];
        return condition.In is not null ? Array.IndexOf(condition.In, text) >= 0 : Array.IndexOf(condition.NotIn!, text) < 0;
    }

    private void Check(Condition[] conditions, string path)
    {
        for (int i = 0; i < conditions.Length; i++)
        {
            Column(conditions[i].Column, $"{path}[{i}].column");
            if (conditions[i].In is null == conditions[i].NotIn is null) throw new MappingException($"{path}[{i}]", "exactly one of in, notIn");
        }
    }

    private void Column(string name, string path)
    {
        if (!_columns.ContainsKey(name)) throw new MappingException(path, $"'{name}' is no column");
    }
}
