using Ledger.Core.Accounting;
using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Projections.DayWindows;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Cli;

/// <summary>Shows where the ledger stands.</summary>
internal static class StatusVerb
{
    private const int WindowsShown = 14;

    public static Verb Create(CliShell shell) => shell.Verb(
        "status",
        "Shows where the ledger stands: the log, the windows, the fund, the books' balance, the ruleset in force.",
        "weledger status",
        [],
        RunAsync);

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancel)
    {
        using ProgressLine progress = run.Progress();
        await using LedgerSession session = await LedgerSession.ReadAsync(run.Log, run.DataDirectory, run.Io.Clock, progress, cancel);
        progress.Dispose();
        RewardLedger ledger = session.Ledger;
        TrialBalance trial = ledger.State.Books.Balances.Trial();
        WindowStatus[] windows = [.. Windows(ledger)];
        Day latest = windows.Length > 0 ? windows[^1].Window : default;
        AdoptedRuleset? ruleset = ledger.State.Windows.RulesetFor(latest);
        run.Answer(
            () => new
            {
                data = run.DataDirectory,
                log = run.Log.ToString(),
                logHead = session.Log.Head,
                windows,
                fund = ledger.State.Books.Fund,
                trialBalance = new { difference = trial.Difference.ToString(System.Globalization.CultureInfo.InvariantCulture), trial.Supply, trial.Held, trial.Accounts },
                lastClosed = Last(ledger),
                ruleset = ruleset is null ? null : new { ruleset.Hash, ruleset.FirstWindow },
            },
            page => Show(page, run.Log.ToString(), session.Log.Head, ledger, trial, windows, ruleset));
        return ExitCode.Ok;
    }

    private static IEnumerable<WindowStatus> Windows(RewardLedger ledger)
    {
        IEnumerable<WindowStatus> closed = ledger.Records.Select(r => new WindowStatus(r.Key, r.Value.IsFinal ? "final" : "closed", r.Value.Closed.Pool.ToString(), r.Value.Statement.Total.ToString(), r.Value.Statement.Accounts));
        IEnumerable<WindowStatus> open = ledger.State.Open.Keys.Select(day => new WindowStatus(day, ledger.State.Windows.IsOpen(day) ? "open" : "sealed", null, null, null));
        return closed.Concat(open).OrderBy(w => w.Window.Number);
    }

    private static Day? Last(RewardLedger ledger) => ledger.Records.Count == 0 ? null : ledger.Records.Keys.Max();

    private static void Show(Page page, string log, long head, RewardLedger ledger, TrialBalance trial, WindowStatus[] windows, AdoptedRuleset? ruleset)
    {
        page.Heading($"Ledger in {log}");
        page.Facts(
            ("events in the log", Amounts.Count(head)),
            ("windows", $"{Count("open")} open, {Count("sealed")} sealed, {Count("closed")} closed, {Count("final")} final"),
            ("last closed", Last(ledger)?.ToString() ?? "none"),
            ("incentive fund", $"{Amounts.We(ledger.State.Books.Fund)} WE"),
            ("books", trial.Difference == 0 ? $"balanced: {Amounts.Count(trial.Accounts)} accounts hold {Amounts.We(trial.Held)} WE, the supply" : $"OUT OF BALANCE by {trial.Difference} base units"),
            ("ruleset", ruleset is null ? "none" : $"{ruleset.Hash} from {ruleset.FirstWindow} on"));
        if (windows.Length == 0) return;
        page.Table(
            [new("window"), new("state"), new("pool WE", true), new("paid WE", true), new("accounts", true)],
            windows.TakeLast(WindowsShown).Select(w => (string[])
            [
                w.Window.ToString(), w.State, Token(w.Pool), Token(w.Paid), w.Accounts is { } accounts ? Amounts.Count(accounts) : "",
            ]));
        if (windows.Length > WindowsShown) page.Line($"The last {WindowsShown} of {windows.Length} windows; all of them with --json.");

        int Count(string state) => windows.Count(w => w.State == state);
        static string Token(string? baseUnits) => baseUnits is null ? "" : Amounts.We(UInt128.Parse(baseUnits, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>A window's state; amounts in base units, absent while it is open.</summary>
    private sealed record WindowStatus(Day Window, string State, string? Pool, string? Paid, ulong? Accounts);
}
