using System.Diagnostics;
using System.Globalization;
using Ledger.Host.Adapters.Files;
using Ledger.Projections.DayWindows;

namespace Ledger.Host.Cli;

/// <summary>Tells on standard error how far a long command is: a bar on a terminal, now and then a plain line elsewhere, nothing in the first second.</summary>
internal sealed class ProgressLine(CliIo io) : IProgress<LedgerProgress>, IProgress<ImportProgress>, IDisposable
{
    private const int BarCells = 24;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _since = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private TimeSpan _next = Quiet;
    private bool _drawn;

    /// <inheritdoc/>
    public void Report(LedgerProgress value) => Show(value.Window is { } window ? $"{window} {value.Stage}" : value.Stage, value.Thousandths);

    /// <inheritdoc/>
    public void Report(ImportProgress value) => Show(
        string.Create(CultureInfo.InvariantCulture, $"import: {value.Lines:N0} lines, {value.Events:N0} events, {value.Faults:N0} faults"),
        (int)(value.BytesRead * 1000 / Math.Max(1, value.BytesTotal)));

    /// <summary>Shows a stage.</summary>
    /// <param name="stage">What is being done.</param>
    /// <param name="thousandths">0 to 1000.</param>
    public void Show(string stage, int thousandths)
    {
        lock (_gate)
        {
            TimeSpan now = _since.Elapsed;
            if (now < _next) return;
            _next = now + (io.ErrorIsTerminal ? BarEvery : LineEvery);
            int percent = Math.Clamp(thousandths, 0, 1000) / 10;
            if (!io.ErrorIsTerminal)
            {
                io.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{percent,3} %  {stage}"));
                return;
            }

            int full = percent * BarCells / 100;
            _drawn = true;
            io.Error.Write($"\r\u001b[K{new string('█', full)}{new string('░', BarCells - full)} {percent.ToString(CultureInfo.InvariantCulture),3} %  {stage}");
        }
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_drawn) io.Error.Write("\r\u001b[K");
            _next = TimeSpan.MaxValue;
        }
    }
}
