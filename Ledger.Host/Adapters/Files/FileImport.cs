using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Adapters.Files;

/// <summary>Takes a file into the log: streaming, line by line, in groups; the same file again changes nothing.</summary>
/// <remarks>
/// A bad line is reported by number, field and code, and the rest goes on. A strict import reads the file twice: first every line is
/// checked, then, if none is bad, the events are taken. Interrupted anywhere, it can simply be run again.
/// </remarks>
public sealed class FileImport
{
    /// <summary>Longest line of a foreign file.</summary>
    public const int RowBytesMax = 1 << 20;

    /// <summary>Ids remembered of events stated once; past this they are forgotten and the log finds the duplicates.</summary>
    private const int StatedMax = 1_000_000;

    private readonly EventIntake _intake;
    private readonly ImportMapping? _mapping;
    private readonly JsonEventReader _own = new();
    private readonly HashSet<EventId> _stated = [];
    private readonly List<SubmittedEvent> _events = new(EventIntake.GroupSizeDefault);
    private readonly List<long> _lines = new(EventIntake.GroupSizeDefault);

    /// <param name="intake">Where the events go.</param>
    /// <param name="mapping">How rows become events; null for the ledger's own NDJSON format.</param>
    public FileImport(EventIntake intake, ImportMapping? mapping)
    {
        _intake = intake;
        _mapping = mapping;
    }

    /// <summary>Imports one file.</summary>
    /// <param name="path">The file; a strict import reads it twice, so it must not be a pipe then.</param>
    /// <param name="strict">Whether one bad line is enough to take nothing.</param>
    /// <param name="report">Takes the bad lines.</param>
    /// <param name="progress">Told after every group.</param>
    /// <param name="cancel">Stops between two groups; what was taken stays.</param>
    public async Task<ImportSummary> RunAsync(string path, bool strict, ImportReport report, IProgress<ImportProgress>? progress = null, CancellationToken cancel = default)
    {
        ImportSummary summary = new();
        long size = new FileInfo(path).Length;
        long total = strict ? size * 2 : size;
        if (strict)
        {
            await PassAsync(path, taking: false, summary, report, new Meter(progress, 0, total), cancel);
            summary.Taken = report.Count == 0;
        }

        if (summary.Taken)
        {
            summary.Skipped = 0;
            await PassAsync(path, taking: true, summary, report, new Meter(progress, total - size, total), cancel);
        }

        summary.Faults = report.Count;
        summary.FaultsByCode = report.ByCode;
        return summary;
    }

    private async Task PassAsync(string path, bool taking, ImportSummary summary, ImportReport report, Meter meter, CancellationToken cancel)
    {
        _stated.Clear();
        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        LineReader reader = new(stream, _mapping is null ? JsonEvents.LineBytesMax : RowBytesMax);
        bool header = _mapping is { HasHeader: true };
        while (await reader.ReadAsync(cancel))
        {
            int before = _events.Count;
            try
            {
                if (reader.TooLong) throw new EventFormatException("line-too-long", null, "the line is longer than any event");
                if (header && reader.Number == 1)
                {
                    _mapping!.ReadHeader(reader.Line);
                    continue;
                }

                if (!Read(reader.Line, reader.Number - (header ? 1 : 0))) summary.Skipped++;
            }
            catch (EventFormatException e)
            {
                report.Add(reader.Number, e.Field, e.Code, e.Message);
                if (header && reader.Number == 1) break; // without its columns nothing of the file can be read
            }

            for (int i = before; i < _events.Count; i++) _lines.Add(reader.Number);
            if (_events.Count >= EventIntake.GroupSizeDefault) await FlushAsync(taking, summary, report, meter, reader, cancel);
        }

        summary.Lines = reader.Number;
        await FlushAsync(taking, summary, report, meter, reader, cancel);
    }

    /// <summary>Adds the line's events; false when it is skipped.</summary>
    private bool Read(ReadOnlyMemory<byte> line, long row)
    {
        if (_mapping is not null)
        {
            if (_stated.Count >= StatedMax) _stated.Clear();
            return _mapping.Read(line, row, _stated, _events);
        }

        JsonEvent read = _own.Read(line);
        if (read.Log is not null && read.Event.Payload.Kind.Origin() == EventOrigin.Ledger) return false;
        _events.Add(read.Event);
        return true;
    }

    private async Task FlushAsync(bool taking, ImportSummary summary, ImportReport report, Meter meter, LineReader reader, CancellationToken cancel)
    {
        if (taking)
        {
            IntakeOutcome[] outcomes = await _intake.SubmitAsync(_events, cancel);
            for (int i = 0; i < outcomes.Length; i++) Count(outcomes[i], _events[i], _lines[i], summary, report);
            meter.Events += outcomes.Length;
        }
        else
        {
            IntakeOutcome[] outcomes = await _intake.CheckAsync(_events, cancel);
            for (int i = 0; i < outcomes.Length; i++)
            {
                if (outcomes[i].Refusal is { } refusal) report.Add(_lines[i], refusal.Field, refusal.Code, refusal.Detail);
            }
        }

        _events.Clear();
        _lines.Clear();
        meter.Tell(reader, report);
    }

    private void Count(IntakeOutcome outcome, SubmittedEvent e, long line, ImportSummary summary, ImportReport report)
    {
        switch (outcome.Status)
        {
            case IntakeStatus.Duplicate:
                summary.Duplicates++;
                return;
            case IntakeStatus.Refused:
                _stated.Remove(e.Id); // a later row may state it in time
                report.Add(line, outcome.Refusal!.Field, outcome.Refusal.Code, outcome.Refusal.Detail);
                return;
            case IntakeStatus.CarriedForward:
                summary.CarriedForward++;
                break;
            default:
                summary.Accepted++;
                break;
        }

        string kind = EventCatalogue.Name(e.Payload.Kind);
        summary.NewByKind[kind] = summary.NewByKind.GetValueOrDefault(kind) + 1;
    }

    private sealed class Meter(IProgress<ImportProgress>? progress, long bytesBefore, long bytesTotal)
    {
        public long Events { get; set; }

        public void Tell(LineReader reader, ImportReport report) =>
            progress?.Report(new ImportProgress(bytesBefore + reader.BytesRead, bytesTotal, reader.Number, Events, report.Count));
    }
}
