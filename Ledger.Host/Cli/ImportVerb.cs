using System.CommandLine;
using Ledger.Host.Adapters.Files;
using Ledger.Host.Composition;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Cli;

/// <summary>Takes a file into the log.</summary>
internal static class ImportVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> file = new("FILE") { Description = "The file: TSV, CSV or NDJSON as the mapping says; the ledger's own NDJSON events without one" };
        Option<string?> map = new("--map") { Description = "How rows become events: a shipped mapping (kuairand, hive-steem-2016) or a mapping file", HelpName = "NAME|FILE" };
        Option<bool> strict = new("--strict") { Description = "Take nothing when one line is bad" };
        Option<string?> report = new("--report") { Description = "Where bad lines are listed, as NDJSON [default: import-reports/ in the data folder]", HelpName = "FILE" };
        return shell.Verb(
            "import",
            "Takes a file of activity into the log, line by line. Bad lines are reported with number, field and code, the rest goes on. The same file again changes nothing.",
            "weledger import log.tsv --map kuairand",
            [file, map, strict, report],
            (run, cancel) => RunAsync(run, run.Get(file), run.Get(map), run.Get(strict), run.Get(report), cancel));
    }

    private static async Task<int> RunAsync(VerbRun run, string file, string? map, bool strict, string? reportFile, CancellationToken cancel)
    {
        string path = run.Io.PathOf(file);
        if (!File.Exists(path)) throw new CliException(ExitCode.NotFound, "file-missing", $"there is no file {path}", "check the path");
        ImportMapping? mapping = map is null ? null : MappingOf(run, map);
        string reportPath = reportFile is null ? Path.Combine(run.DataDirectory, "import-reports", Path.GetFileName(path) + ".ndjson") : run.Io.PathOf(reportFile);

        await using IEventLog log = await LedgerLog.WriteAsync(run.Log, run.Io.Clock, cancel);
        EventIntake intake = EventIntake.Open(log, run.Io.Clock, cancel: cancel);
        using LazyFile output = new(reportPath);
        ImportReport report = new(output);
        long before = log.Head;
        ImportSummary summary;
        try
        {
            using ProgressLine progress = run.Progress();
            summary = await new FileImport(intake, mapping).RunAsync(path, strict, report, progress, cancel);
        }
        catch (OperationCanceledException)
        {
            throw new CliException(ExitCode.Interrupted, "interrupted",
                $"stopped as asked; {Amounts.Count(log.Head - before)} events of this run are in the log and stay there",
                "run the same command again: what is in the log is skipped");
        }

        bool nothing = summary.Accepted + summary.CarriedForward + summary.Duplicates == 0;
        string? reported = summary.Faults > 0 ? reportPath : null;
        run.Answer(
            () => new { file = path, strict, summary.Taken, summary.Lines, summary.Skipped, summary.Accepted, summary.CarriedForward, summary.Duplicates, summary.Faults, summary.FaultsByCode, summary.NewByKind, report = reported, logHead = log.Head },
            page => Show(page, path, summary, reported));
        if (!summary.Taken)
            run.Note($"import-refused: {Amounts.Count(summary.Faults)} bad lines and --strict, so nothing was taken; correct the lines listed in {reported} or import without --strict");
        else if (nothing && summary.Faults > 0)
            run.Note($"import-empty: no line of the file could be taken; see {reported}, and whether the mapping is the right one");
        return !summary.Taken || (nothing && summary.Faults > 0) ? ExitCode.No : ExitCode.Ok;
    }

    private static ImportMapping MappingOf(VerbRun run, string map)
    {
        if (ImportMapping.Shipped(map) is { } shipped) return shipped;
        string path = run.Io.PathOf(map);
        return File.Exists(path)
            ? ImportMapping.Parse(File.ReadAllBytes(path))
            : throw new CliException(ExitCode.NotFound, "mapping-missing", $"'{map}' is no shipped mapping and no file", "use kuairand, hive-steem-2016, or write a mapping file (specs/import.md)");
    }

    private static void Show(Page page, string path, ImportSummary summary, string? reported)
    {
        page.Heading(summary.Taken ? $"Imported {path}" : $"Refused {path}");
        page.Facts(
            ("lines", Amounts.Count(summary.Lines)),
            ("new events", Amounts.Count(summary.Accepted + summary.CarriedForward)),
            ("carried to a later window", Amounts.Count(summary.CarriedForward)),
            ("in the log already", Amounts.Count(summary.Duplicates)),
            ("skipped by the mapping", Amounts.Count(summary.Skipped)),
            ("bad lines", Amounts.Count(summary.Faults)));
        if (summary.NewByKind.Count > 0)
            page.Table([new("kind"), new("new events", IsNumber: true)], summary.NewByKind.Select(k => new[] { k.Key, Amounts.Count(k.Value) }));
        if (summary.FaultsByCode.Count > 0)
            page.Table([new("what is wrong"), new("lines", IsNumber: true)], summary.FaultsByCode.Select(k => new[] { k.Key, Amounts.Count(k.Value) }));
        if (reported is not null) page.Line($"Bad lines are listed in {reported}");
        else page.Line("Next: weledger close --all");
    }
}
