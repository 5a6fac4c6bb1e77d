using System.CommandLine;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Cli;

/// <summary>Writes the default document.</summary>
internal static class RulesetNewVerb
{
    public static Verb Create(CliShell shell) => shell.Verb(
        "new",
        "Writes the ruleset that a new community starts with to standard output, ready to be changed.",
        "weledger ruleset new > mine.json",
        [],
        async (run, _) =>
        {
            await run.Io.Out.WriteAsync(RulesetFiles.Text(Ruleset.Default));
            return ExitCode.Ok;
        });
}

/// <summary>Compares two documents.</summary>
internal static class RulesetDiffVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> before = new("BEFORE") { Description = "A ruleset file" };
        Argument<string> after = new("AFTER") { Description = "Another" };
        return shell.Verb(
            "diff",
            "Compares two rulesets parameter by parameter. Exit code 1 when they differ.",
            "weledger ruleset diff old.json mine.json",
            [before, after],
            (run, _) => Task.FromResult(Run(run, run.Get(before), run.Get(after))));
    }

    private static int Run(VerbRun run, string before, string after)
    {
        Ruleset old = RulesetFiles.Require(run, before);
        Ruleset changed = RulesetFiles.Require(run, after);
        IReadOnlyList<RulesetChange> changes = RulesetDiff.Between(old, changed);
        run.Answer(
            () => new { before = old.Hash, after = changed.Hash, changes },
            page =>
            {
                if (changes.Count == 0) page.Line("The rulesets are the same.");
                else page.Table([new("parameter"), new("before"), new("after")], changes.Select(c => (string[])[c.Path, c.Before, c.After]));
            });
        return changes.Count == 0 ? ExitCode.Ok : ExitCode.No;
    }
}

/// <summary>Puts a document in force.</summary>
internal static class RulesetAdoptVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> file = new("FILE") { Description = "The ruleset file" };
        Option<string> from = new("--from") { Description = "First window it holds for, a UTC day that no window has reached yet", HelpName = "DAY", Required = true };
        return shell.Verb(
            "adopt",
            "Puts a ruleset in force from a window on. Windows that were opened keep theirs.",
            "weledger ruleset adopt mine.json --from 2026-12-01",
            [file, from],
            (run, cancel) => RunAsync(run, run.Get(file), VerbRun.DayOf(run.Get(from)!), cancel));
    }

    private static async Task<int> RunAsync(VerbRun run, string file, Day from, CancellationToken cancel)
    {
        Ruleset ruleset = RulesetFiles.Require(run, file);
        await using IEventLog log = await LedgerLog.WriteAsync(run.Log, run.Io.Clock, cancel);
        EventIntake intake = EventIntake.Open(log, run.Io.Clock, cancel: cancel);
        if (await intake.AdoptAsync(from, ruleset, cancel) is { } refusal)
            throw new CliException(ExitCode.No, refusal.Code, refusal.Detail, "choose a later --from");
        run.Answer(() => new { ruleset.Hash, firstWindow = from }, page => page.Line($"Ruleset {ruleset.Hash} holds from window {from} on."));
        return ExitCode.Ok;
    }
}

/// <summary>Shows the ruleset of a window.</summary>
internal static class RulesetShowVerb
{
    public static Verb Create(CliShell shell)
    {
        Option<string?> window = new("--window") { Description = "The window, a UTC day; the latest one opened when left out", HelpName = "DAY" };
        return shell.Verb(
            "show",
            "Shows the ruleset that a window closes under.",
            "weledger ruleset show --window 2026-01-05",
            [window],
            (run, cancel) => RunAsync(run, run.Get(window) is { } text ? VerbRun.DayOf(text) : null, cancel));
    }

    private static async Task<int> RunAsync(VerbRun run, Day? window, CancellationToken cancel)
    {
        await using IEventLog log = await LogStores.ReadAsync(run.Log, cancel);
        OpenWindows windows = new();
        foreach (LogBlock block in log.ReadBlocks(0, log.Head, new BlockRequest(Rows: true, Columns: false), cancel))
        {
            foreach (Core.Events.RecordedEvent row in block.Rows) windows.Apply(row.Payload);
        }

        Day day = window ?? windows.LatestOpened ?? default;
        AdoptedRuleset ruleset = windows.RulesetFor(day)
            ?? throw new CliException(ExitCode.NotFound, "no-ruleset", $"no ruleset holds for {day}", "adopt one with 'weledger ruleset adopt'");
        run.Answer(
            () => new { ruleset.Hash, ruleset.FirstWindow, document = RulesetFiles.Node(ruleset.Ruleset) },
            page =>
            {
                page.Facts(("hash", ruleset.Hash.ToString()), ("in force from", ruleset.FirstWindow.ToString()));
                page.Line(RulesetFiles.Text(ruleset.Ruleset).TrimEnd('\n'));
            });
        return ExitCode.Ok;
    }
}
