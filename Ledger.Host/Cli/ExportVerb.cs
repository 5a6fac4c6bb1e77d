using System.CommandLine;
using Ledger.Host.Adapters.Files;
using Ledger.Host.Composition;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Cli;

/// <summary>Writes the log as NDJSON.</summary>
internal static class ExportVerb
{
    public static Verb Create(CliShell shell)
    {
        Option<string?> output = new("--out") { Description = "Where to write; standard output when left out", HelpName = "FILE" };
        Option<long> from = new("--from") { Description = "First position", HelpName = "POSITION" };
        Option<long?> to = new("--to") { Description = "The position to stop before; the log's end when left out", HelpName = "POSITION" };
        return shell.Verb(
            "export",
            "Writes the log's events as NDJSON, one a line with its place in the log; 'import' reads it back.",
            "weledger export --out events.ndjson",
            [output, from, to],
            (run, cancel) => RunAsync(run, run.Get(output), run.Get(from), run.Get(to), cancel));
    }

    private static async Task<int> RunAsync(VerbRun run, string? output, long from, long? to, CancellationToken cancel)
    {
        if (from < 0 || to < from) throw new CliException(ExitCode.Usage, "range-malformed", "--from is below 0 or above --to", "give positions of the log, the first before the last");
        if (output is null && run.Json) throw new CliException(ExitCode.Usage, "usage", "the events and --json's document cannot share standard output", "name a file with --out");
        await using IEventLog log = await LogStores.ReadAsync(run.Log, cancel);
        long end = Math.Min(to ?? log.Head, log.Head);
        long written;
        using (ProgressLine progress = run.Progress())
        {
            ExportProgress told = new(progress, Math.Max(1, end - from));
            if (output is null)
            {
                written = await EventExport.WriteAsync(log, from, end, run.Io.OutBytes, told, cancel);
            }
            else
            {
                await using FileStream file = new(run.Io.PathOf(output), FileMode.Create, FileAccess.Write);
                written = await EventExport.WriteAsync(log, from, end, file, told, cancel);
            }
        }

        if (output is not null)
        {
            string path = run.Io.PathOf(output);
            run.Answer(() => new { file = path, events = written, from, to = end }, page => page.Line($"{Amounts.Count(written)} events written to {path}"));
        }

        return ExitCode.Ok;
    }

    private sealed class ExportProgress(ProgressLine line, long total) : IProgress<long>
    {
        public void Report(long value) => line.Show("export", (int)(value * 1000 / total));
    }
}
