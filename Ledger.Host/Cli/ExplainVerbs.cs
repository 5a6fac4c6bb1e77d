using System.CommandLine;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;

namespace Ledger.Host.Cli;

/// <summary>Explains an account's window.</summary>
internal static class ExplainAccountVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> account = new("ID") { Description = "The account" };
        Option<string?> window = new("--window") { Description = "The window, a UTC day; the last closed one when left out", HelpName = "DAY" };
        Option<bool> all = new("--all") { Description = "Every event, however many" };
        return shell.Verb(
            "account",
            "Tells what an account did in a window, what counted and what did not and why, and how it became points, rank and tokens.",
            "weledger explain account user-000004 --window 2026-01-06",
            [account, window, all],
            (run, cancel) => RunAsync(run, VerbRun.AccountOf(run.Get(account)), run.Get(window) is { } text ? VerbRun.DayOf(text) : null, run.Get(all), cancel));
    }

    /// <summary>The last closed window, for a command that was given none.</summary>
    public static Day LastClosed(RewardLedger ledger) => ledger.Records.Count > 0
        ? ledger.Records.Keys.Max()
        : throw new CliException(ExitCode.NotFound, "nothing-closed", "no window is closed yet", "close some with 'weledger close --all', or name an open one with --window");

    private static async Task<int> RunAsync(VerbRun run, AccountId account, Day? window, bool all, CancellationToken cancel)
    {
        using ProgressLine progress = run.Progress();
        await using LedgerSession session = await LedgerSession.ReadAsync(run.Log, run.DataDirectory, run.Io.Clock, progress, cancel);
        AccountExplanation explanation = await Explainer.AccountAsync(session.Ledger, account, window ?? LastClosed(session.Ledger), progress, cancel);
        progress.Dispose();
        run.Answer(() => ExplanationAnswer.Of(explanation), page => ExplanationPage.Show(page, explanation, all));
        return ExitCode.Ok;
    }
}

/// <summary>Explains one event.</summary>
internal static class ExplainEventVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> id = new("UUID") { Description = "The event's id" };
        return shell.Verb(
            "event",
            "Tells what became of one event, and of everything its account did in that window.",
            "weledger explain event 01234567-89ab-8cde-8f01-23456789abcd",
            [id],
            (run, cancel) => RunAsync(run, VerbRun.EventOf(run.Get(id)), cancel));
    }

    private static async Task<int> RunAsync(VerbRun run, EventId id, CancellationToken cancel)
    {
        using ProgressLine progress = run.Progress();
        await using LedgerSession session = await LedgerSession.ReadAsync(run.Log, run.DataDirectory, run.Io.Clock, progress, cancel);
        EventExplanation explanation = await Explainer.EventAsync(session.Ledger, id, progress, cancel);
        progress.Dispose();
        RecordedEvent e = explanation.Event;
        IReadOnlyList<(string Field, string Value)> fields = RecordedNumbers.Of(e.Payload);
        run.Answer(
            () => new
            {
                id = e.Event.Id,
                kind = e.Payload.Kind,
                e.Position,
                stream = e.Event.Stream.Value,
                e.Revision,
                e.Event.OccurredAt,
                e.Event.RecordedAt,
                e.Event.Window,
                fields = fields.ToDictionary(f => f.Field, f => f.Value, StringComparer.Ordinal),
                judged = explanation.Judged,
                account = explanation.Account is { } account ? ExplanationAnswer.Of(account) : null,
            },
            page => Show(page, explanation, fields));
        return ExitCode.Ok;
    }

    private static void Show(Page page, EventExplanation explanation, IReadOnlyList<(string Field, string Value)> fields)
    {
        RecordedEvent e = explanation.Event;
        page.Heading($"Event {e.Event.Id}");
        page.Facts(
        [
            ("what", EventCatalogue.Name(e.Payload.Kind)),
            .. fields.Select(f => (f.Field, f.Value)),
            ("occurred", e.Event.OccurredAt.ToString()),
            ("recorded", e.Event.RecordedAt.ToString()),
            ("counts in window", Day.Of(e.Event.OccurredAt) == e.Event.Window ? e.Event.Window.ToString() : $"{e.Event.Window}, carried forward because its own was sealed"),
            ("place in the log", $"{Amounts.Count(e.Position)}, {e.Event.Stream} revision {Amounts.Count(e.Revision)}"),
            ("result", Result(explanation)),
        ]);
        if (explanation.Account is { } account) ExplanationPage.Show(page, account, all: false);
    }

    private static string Result(EventExplanation explanation) => explanation switch
    {
        { Account: null } => "no activity, so there is nothing to judge",
        { Judged: null } => "it stands behind the seal of its window and counts nowhere",
        { Judged: { Verdict: Core.Validity.Verdict.Counted } judged } => $"counted: {Amounts.Points(judged.PointsMicro)} points before damping",
        { Judged: { } judged } => $"not counted: {VerdictWords.Of(judged.Verdict)}",
    };
}
