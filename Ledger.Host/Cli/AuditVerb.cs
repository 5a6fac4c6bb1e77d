using Ledger.Core.Time;
using Ledger.Host.Composition;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.EventLog;

namespace Ledger.Host.Cli;

/// <summary>Recomputes everything and compares.</summary>
internal static class AuditVerb
{
    public static Verb Create(CliShell shell) => shell.Verb(
        "audit",
        "Recomputes every closed window from the log alone and compares every recorded number. Changes nothing. Exit code 1 when anything differs.",
        "weledger audit",
        [],
        RunAsync);

    /// <summary>The audit's verdict, always the last line.</summary>
    public static string Verdict(AuditReport report) => report.Differences.Count == 0
        ? $"audit ok, {report.Windows.Count} windows, 0 differences"
        : $"audit failed, {report.Windows.Count} windows, {report.Differences.Count} differences";

    public static void Show(Page page, AuditReport report)
    {
        page.Heading("Audit");
        page.Facts(
            ("events read", Amounts.Count(report.Events)),
            ("closed windows recomputed", Amounts.Count(report.Windows.Count)),
            ("activity events with one verdict each", Amounts.Count(report.EventsJudged)),
            ("recorded numbers compared", Amounts.Count(report.NumbersCompared)),
            ("differences", Amounts.Count(report.Differences.Count)));
        foreach (Day window in report.Unrecorded) page.Line($"Window {window} is sealed but its close was interrupted; finish it with: weledger close --window {window}");
        if (report.Differences.Count == 0) return;
        page.Table(
            [new("position", true), new("event"), new("field"), new("recorded"), new("recomputed")],
            report.Differences.Select(d => (string[])[Amounts.Count(d.Position), d.Event, d.Field, d.Recorded, d.Recomputed]));
    }

    private static async Task<int> RunAsync(VerbRun run, CancellationToken cancel)
    {
        AuditReport report;
        using (ProgressLine progress = run.Progress())
        {
            await using IEventLog log = await LogStores.ReadAsync(run.Log, cancel);
            await using ActorHost actors = await ActorHost.StartAsync(cancel);
            report = await LedgerAudit.RunAsync(log, actors.Actors, new FoldOptions(), progress, cancel);
        }

        run.Answer(
            () => new { ok = report.Differences.Count == 0, report.Events, report.Windows, report.Unrecorded, report.EventsJudged, report.NumbersCompared, report.Differences },
            page =>
            {
                Show(page, report);
                page.Blank();
                page.Line(Verdict(report));
            });
        return report.Differences.Count == 0 ? ExitCode.Ok : ExitCode.No;
    }
}
