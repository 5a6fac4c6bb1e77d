using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Quantities;
using Ledger.Core.Validity;
using Ledger.Projections.Audit;

namespace Ledger.Host.Cli;

/// <summary>Shows a live demo: what the media server saw, what counted, what it paid.</summary>
internal static class LiveDemoPage
{
    public static object Document(LiveDemoResult result, AuditReport audit, string folder) => new
    {
        data = folder,
        seconds = result.Seconds,
        minutes = result.Broadcast.Minutes,
        peakViewers = result.Broadcast.PeakViewers,
        watchSeconds = result.Broadcast.WatchMs / 1_000,
        broadcaster = Of(result.Broadcaster),
        viewer = Of(result.Viewer),
        video = new { content = result.Video.Content.Value, seconds = result.Video.DurationSeconds, cid = result.Video.Cid.ToString(), folder = FolderOf(result, folder) },
        audit = new { ok = audit.Differences.Count == 0, windows = audit.Windows.Count },
    };

    public static void Show(Page page, LiveDemoResult result, AuditReport audit, string folder)
    {
        page.Heading("Broadcast");
        page.Line(string.Create(CultureInfo.InvariantCulture,
            $"'{result.Broadcaster.Account}' sent for {result.Seconds} s through nginx. Its counters moved in {result.Broadcast.Minutes} minutes: those are in the log. {result.Broadcast.PeakViewers} watched, {result.Broadcast.WatchMs / 1_000} s in all."));
        page.Heading("Minutes, points, pay");
        page.Table(
            [new("account"), new("did"), new("counted", true), new("points", true), new("pay (WE)", true)],
            [Row(result.Broadcaster, EventKind.BroadcastMinute), Row(result.Viewer, EventKind.PresenceMinute)]);
        page.Line($"The recording is a video of the broadcaster's, {result.Video.DurationSeconds} s, {result.Video.Cid}:");
        page.Command($"{FolderOf(result, folder)}/master.m3u8");
        page.Command($"weledger explain account {result.Broadcaster.Account} --data {folder}");
        page.Line(string.Create(CultureInfo.InvariantCulture, $"audit {(audit.Differences.Count == 0 ? "ok" : "failed")}, {audit.Windows.Count} windows, {audit.Differences.Count} differences"));
    }

    private static string FolderOf(LiveDemoResult result, string folder) => $"{folder}/adapters/video/videos/{EventId.Derive("video", result.Video.Content.Value)}";

    private static string[] Row(AccountExplanation a, EventKind kind) =>
    [
        a.Account, EventCatalogue.Name(kind), Amounts.Count(Counted(a, kind)), Amounts.Points(a.PointsMicro), Amounts.We(Paid(a)),
    ];

    private static object Of(AccountExplanation a) => new { a.Account, a.Window, minutes = Counted(a, EventKind.BroadcastMinute) + Counted(a, EventKind.PresenceMinute), a.PointsMicro, paid = Paid(a) };

    private static int Counted(AccountExplanation a, EventKind kind) => a.Events.Count(e => e.Kind == kind && e.Verdict == Verdict.Counted);

    private static TokenAmount Paid(AccountExplanation a) => a.Lines.Aggregate(TokenAmount.Zero, (sum, line) => sum + line.Amount);
}
