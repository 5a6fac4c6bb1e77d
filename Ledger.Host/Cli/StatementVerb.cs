using System.CommandLine;
using Ledger.Core.Identity;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Projections.DayWindows;

namespace Ledger.Host.Cli;

/// <summary>Shows who gets what in a window.</summary>
internal static class StatementVerb
{
    private const int LinesShown = 20;

    public static Verb Create(CliShell shell)
    {
        Option<string> window = new("--window") { Description = "The window, a UTC day; an open one is shown as it would close now", HelpName = "DAY", Required = true };
        Option<string?> account = new("--account") { Description = "Only this account's lines", HelpName = "ID" };
        Option<bool> csv = new("--csv") { Description = "Every line as CSV: account, rule, base units (10^-18 WE)" };
        return shell.Verb(
            "statement",
            "Shows a window's reward statement: a line per account and rule. The largest lines as a table; all of them with --csv or --json.",
            "weledger statement --window 2026-01-05 --csv > statement.csv",
            [window, account, csv],
            (run, cancel) => RunAsync(run, VerbRun.DayOf(run.Get(window)!), run.Get(account), run.Get(csv), cancel));
    }

    private static async Task<int> RunAsync(VerbRun run, Day window, string? account, bool csv, CancellationToken cancel)
    {
        if (csv && run.Json) throw new CliException(ExitCode.Usage, "usage", "--csv and --json exclude each other", "choose one");
        AccountId? only = account is null ? null : VerbRun.AccountOf(account);
        using ProgressLine progress = run.Progress();
        await using LedgerSession session = await LedgerSession.ReadAsync(run.Log, run.DataDirectory, run.Io.Clock, progress, cancel);
        WindowReplay replay = await session.Ledger.ReplayAsync(window, progress, cancel);
        progress.Dispose();
        RewardStatement statement = replay.Close.Result.Statement;
        List<StatementLine> lines = Lines(statement, session.Log.Names, only);
        if (only is not null && lines.Count == 0)
            throw new CliException(ExitCode.NotFound, "no-lines", $"account {account} has no line in window {window}", $"see why with: weledger explain account {account} --window {window}");
        if (csv) WriteCsv(run.Io.Out, lines);
        else run.Answer(
            () => new { window, isFinal = replay.IsFinal, statement.Digest, replay.Close.RewardRoot, statement.Total, accounts = statement.AccountCount, lines },
            page => Show(page, replay, lines, only is not null));
        return ExitCode.Ok;
    }

    private static List<StatementLine> Lines(RewardStatement statement, NameTable names, AccountId? only)
    {
        int wanted = only is { } id ? names.Find(id.Value) : 0;
        List<StatementLine> lines = [];
        for (int i = 0; i < statement.Count; i++)
        {
            int account = statement.Account[i];
            if (only is null || account == wanted) lines.Add(new StatementLine(names.Text(account), statement.Rule[i].Code(), TokenAmount.FromBaseUnits(statement.Amount[i])));
        }

        return lines;
    }

    private static void WriteCsv(TextWriter output, List<StatementLine> lines)
    {
        output.WriteLine("account,rule,base_units");
        foreach (StatementLine line in lines) output.WriteLine($"{Quoted(line.Account)},{line.Rule},{line.Amount}");
    }

    /// <summary>RFC 4180: quoted where a comma or a quote asks for it; ids hold no line breaks.</summary>
    private static string Quoted(string text) => text.AsSpan().ContainsAny(',', '"') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static void Show(Page page, WindowReplay replay, List<StatementLine> lines, bool one)
    {
        RewardStatement statement = replay.Close.Result.Statement;
        page.Heading($"Statement of window {replay.Close.Window}{(replay.IsFinal ? "" : " (open: as if it were closed now)")}");
        page.Facts(
            ("accounts", Amounts.Count(statement.AccountCount)),
            ("lines", Amounts.Count(statement.Count)),
            ("total", $"{Amounts.We(statement.Total)} WE"),
            ("statement digest", statement.Digest.ToString()),
            ("reward root", replay.Close.RewardRoot.ToString()));
        IEnumerable<StatementLine> shown = one ? lines : lines.OrderByDescending(l => l.Amount).Take(LinesShown);
        page.Table([new("account"), new("rule"), new("WE", true)], shown.Select(l => (string[])[l.Account, l.Rule, Amounts.We(l.Amount)]));
        if (!one && lines.Count > LinesShown) page.Line($"The {LinesShown} largest of {Amounts.Count(lines.Count)} lines; all of them with --csv or --json.");
    }
}

/// <summary>One line of a statement.</summary>
internal readonly record struct StatementLine(string Account, string Rule, TokenAmount Amount);
