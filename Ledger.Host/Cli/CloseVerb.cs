using System.CommandLine;
using System.Globalization;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Projections.DayWindows;

namespace Ledger.Host.Cli;

/// <summary>Closes windows.</summary>
internal static class CloseVerb
{
    public static Verb Create(CliShell shell)
    {
        Option<string?> window = new("--window") { Description = "The window to close, a UTC day", HelpName = "DAY" };
        Option<bool> all = new("--all") { Description = "Close every open window whose day is over, in order" };
        Option<string?> draw = new("--draw") { Description = "For a sealed window whose prizes are drawn: the block made after its seal, as CHAIN:NUMBER:0xHASH", HelpName = "BLOCK" };
        return shell.Verb(
            "close",
            "Closes windows for ever: folds their activity, applies the rules, and records the result and the statement in the log.",
            "weledger close --all",
            [window, all, draw],
            (run, cancel) => RunAsync(run, run.Get(window), run.Get(all), run.Get(draw), cancel));
    }

    private static async Task<int> RunAsync(VerbRun run, string? window, bool all, string? draw, CancellationToken cancel)
    {
        if (window is null != all) throw new CliException(ExitCode.Usage, "usage", "close needs one of --window DAY and --all", "see 'weledger close --help'");
        Day? only = window is null ? null : VerbRun.DayOf(window);
        await LedgerLog.RequireAsync(run.Log, cancel);
        if (draw is not null && window is null) throw new CliException(ExitCode.Usage, "usage", "--draw is for one window", "name it with --window DAY");
        (ulong Chain, ulong Number, Digest Hash)? block = draw is null ? null : BlockOf(draw);
        List<WindowSummary> closed = [];
        List<Day> running = [];
        using (ProgressLine progress = run.Progress())
        {
            await using LedgerSession session = await LedgerSession.WriteAsync(run.Log, run.DataDirectory, run.Io.Clock, progress, cancel);
            if (block is { } seed) await session.Ledger.SeedDrawAsync(only!.Value, seed.Chain, seed.Number, seed.Hash, cancel);
            Day today = Day.FromNumber((int)(run.Io.Clock.GetUtcNow().ToUnixTimeMilliseconds() / Day.LengthMs));
            IEnumerable<Day> days = only is { } day ? [day] : session.Ledger.State.Open.Keys.Order().ToList();
            foreach (Day next in days)
            {
                if (all && next >= today) running.Add(next);
                else closed.Add(WindowSummary.Of(await CloseAsync(session.Ledger, next, progress, cancel)));
            }

            await session.Ledger.FinalizeDueAsync(cancel);
        }

        run.Answer(
            () => new { windows = closed.Select(WindowAnswer.Of), stillRunning = running },
            page =>
            {
                if (closed.Count == 0) page.Line("Nothing to close.");
                else WindowTable.Show(page, closed);
                foreach (Day day in running) page.Line($"{day} is not over and stays open; close it early by name: weledger close --window {day}");
                if (closed.Count > 0) page.Line($"Next: weledger statement --window {closed[^1].Facts.Window}");
            });
        return ExitCode.Ok;
    }

    private static async Task<ClosedWindow> CloseAsync(RewardLedger ledger, Day window, ProgressLine progress, CancellationToken cancel)
    {
        if (ledger.State.Windows.Earliest is { } earliest && earliest < window && ledger.State.Windows.IsOpen(window))
            throw new CliException(ExitCode.No, "window-order", $"window {earliest} is still open, and windows close in order", $"close it first: weledger close --window {earliest}, or all of them with --all");
        return await ledger.CloseAsync(window, progress, cancel);
    }

    private static (ulong Chain, ulong Number, Digest Hash) BlockOf(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length == 3 && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong chain)
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && Digest.TryParse(parts[2], out Digest hash)
            ? (chain, number, hash)
            : throw new CliException(ExitCode.Usage, "usage", $"'{text}' is no block", "write --draw CHAIN:NUMBER:0x and 64 hexadecimal digits");
    }
}
