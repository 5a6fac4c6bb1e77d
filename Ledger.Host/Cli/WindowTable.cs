using Ledger.Core.Events;
using Ledger.Core.Validity;

namespace Ledger.Host.Cli;

/// <summary>Closed windows as tables, a row each: what the community did, what the pool was, what became of the events.</summary>
internal static class WindowTable
{
    public static void Show(Page page, IReadOnlyList<WindowSummary> windows)
    {
        page.Heading("What the community did");
        page.Table(
            [new("window"), new("active", true), new("posts", true), new("posters", true), new("live min", true), new("hosts", true), new("likes", true), new("likers", true), new("comments", true), new("writers", true), new("peak", true)],
            windows.Select(w => (string[])[w.Facts.Window.ToString(), .. Metrics(w.Facts, 0, 9), Amounts.Count(w.Facts.Metrics[11])]));

        page.Heading("What it was paid, in WE");
        page.Table(
            [new("window"), new("index", true), new("elasticity", true), new("pool", true), new("POA paid", true), new("POC paid", true), new("returned", true), new("teams paid", true), new("failed", true)],
            windows.Select(w => (string[])
            [
                w.Facts.Window.ToString(), Amounts.Ratio(w.Facts.Index), Amounts.Ratio(w.Facts.Elasticity), Amounts.We(w.Facts.Pool), Amounts.We(w.Facts.PoaPaid), Amounts.We(w.Facts.PocPaid), Amounts.We(w.Facts.Returned),
                Amounts.Count(w.TeamsPaid), Amounts.Count(w.TeamsFailed),
            ]));

        page.Heading("What became of the events");
        int[] seen = [.. Enumerable.Range(0, Verdicts.Count).Where(v => windows.Any(w => w.Facts.Verdicts[v] > 0))];
        page.Table(
            [new("verdict"), .. windows.Select(w => new Column(w.Facts.Window.ToString(), true))],
            seen.Select(v => (string[])[Verdicts.Code(v), .. windows.Select(w => Amounts.Count(w.Facts.Verdicts[v]))]));
    }

    private static IEnumerable<string> Metrics(WindowClosed facts, int from, int to) => facts.Metrics[from..to].Select(Amounts.Count);
}
