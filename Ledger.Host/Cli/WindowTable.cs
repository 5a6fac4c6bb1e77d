using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Validity;

namespace Ledger.Host.Cli;

/// <summary>Closed windows as tables, a row each: what the community did, what the pool was, what became of the events.</summary>
internal static class WindowTable
{
    private const int VerdictWindows = 7;

    public static void Show(Page page, IReadOnlyList<WindowSummary> windows)
    {
        page.Heading("What the community did, and how many did it");
        page.Table(
            [new("window"), new("active", true), new("posts / by", true), new("live minutes / by", true), new("likes / by", true), new("comments / by", true), new("at once", true)],
            windows.Select(w => (string[])
            [
                w.Facts.Window.ToString(), Metric(w, "activeUsers"), Pair(w, "posts", "posters"), Pair(w, "broadcastMinutes", "broadcasters"), Pair(w, "likes", "likers"), Pair(w, "comments", "commenters"), Metric(w, "peakConcurrentUsers"),
            ]));

        page.Heading("What it was paid, in WE");
        page.Table(
            [new("window"), new("index", true), new("elasticity", true), new("pool", true), new("POA paid", true), new("POC paid", true), new("returned", true), new("teams", true), new("failed", true), new("unpaid", true)],
            windows.Select(w => (string[])
            [
                w.Facts.Window.ToString(), Amounts.Ratio(w.Facts.Index), Amounts.Ratio(w.Facts.Elasticity), Amounts.ShortWe(w.Facts.Pool), Amounts.ShortWe(w.Facts.PoaPaid), Amounts.ShortWe(w.Facts.PocPaid), Amounts.ShortWe(w.Facts.Returned),
                Amounts.Count(w.Teams), Amounts.Count(w.TeamsFailed), Amounts.Count(w.TeamsUnpaid),
            ]));

        page.Line("A team failed when somebody in it did not meet the quota; by the ruleset it is then paid a part, or nothing.");

        page.Heading("What became of the events");
        WindowSummary[] last = [.. windows.TakeLast(VerdictWindows)];
        int[] seen = [.. Enumerable.Range(0, Verdicts.Count).Where(v => last.Any(w => w.Facts.Verdicts[v] > 0))];
        page.Table(
            [new("verdict"), .. last.Select(w => new Column(w.Facts.Window.ToString()[5..], true))],
            seen.Select(v => (string[])[Verdicts.Code(v), .. last.Select(w => Amounts.Count(w.Facts.Verdicts[v]))]));
        if (windows.Count > last.Length) page.Line(string.Create(CultureInfo.InvariantCulture, $"The last {last.Length} of {windows.Count} windows; all of them with --json."));
    }

    private static string Metric(WindowSummary window, string name)
    {
        for (int i = 0; i < WindowClosed.MetricNames.Count; i++)
        {
            if (WindowClosed.MetricNames[i] == name) return Amounts.Count(window.Facts.Metrics[i]);
        }

        throw new ArgumentException($"no metric is named {name}", nameof(name));
    }

    private static string Pair(WindowSummary window, string what, string by) => $"{Metric(window, what)} / {Metric(window, by)}";
}
