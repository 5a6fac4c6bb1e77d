using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ledger.Host.Adapters.Files;

/// <summary>Collects the bad lines of an import: each as a line of NDJSON (<c>line</c>, <c>field</c>, <c>code</c>, <c>detail</c>) up to a cap, all of them as counts by code.</summary>
public sealed class ImportReport
{
    /// <summary>Lines written when nothing else is asked for.</summary>
    public const int LinesMaxDefault = 1_000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Stream? _output;
    private readonly int _linesMax;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <param name="output">Where the lines go; null to count only.</param>
    /// <param name="linesMax">Lines written at most; faults after that are only counted.</param>
    public ImportReport(Stream? output, int linesMax = LinesMaxDefault)
    {
        _output = output;
        _linesMax = linesMax;
    }

    /// <summary>Faults by code.</summary>
    public SortedDictionary<string, long> ByCode { get; } = new(StringComparer.Ordinal);

    /// <summary>Faults in all.</summary>
    public long Count { get; private set; }

    internal void Add(long line, string? field, string code, string detail)
    {
        ByCode[code] = ByCode.GetValueOrDefault(code) + 1;
        if (Count++ >= _linesMax || _output is null) return;
        _buffer.ResetWrittenCount();
        using (Utf8JsonWriter json = new(_buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("line", line);
            json.WriteString("field", field);
            json.WriteString("code", code);
            json.WriteString("detail", detail);
            json.WriteEndObject();
        }

        _buffer.Write("\n"u8);
        _output.Write(_buffer.WrittenSpan);
    }
}
