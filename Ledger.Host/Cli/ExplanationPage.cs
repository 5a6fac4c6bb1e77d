using Ledger.Core.Events;
using Ledger.Core.Payouts;
using Ledger.Core.Validity;
using Ledger.Projections.Audit;

namespace Ledger.Host.Cli;

/// <summary>An account's window for a person: what it did, what that came to, what it was paid.</summary>
internal static class ExplanationPage
{
    private const int EventsShown = 30;
    private const int TellingEvents = 12;
    private const int OwnersShown = 10;

    public static void Show(Page page, AccountExplanation e, bool all)
    {
        page.Heading($"Account {e.Account} in window {e.Window}{(e.IsFinal ? "" : " (open: as if it were closed now)")}");
        ShowEvents(page, e, all);
        ShowDamping(page, e);
        if (e.Poa is { } poa) PayPage.ShowPoa(page, e, poa);
        else page.Line("POA: nothing counted, so the account took no part.");
        if (e.Poc is { } poc) PayPage.ShowPoc(page, e, poc);
        else page.Line("POC: no counted post or broadcast minute, so the account did not enter.");
        ShowLines(page, e);
    }

    private static void ShowEvents(Page page, AccountExplanation e, bool all)
    {
        page.Heading($"What it did: {Amounts.Count(e.Events.Count)} events, {Amounts.Count(e.Events.Count(v => v.Verdict == Verdict.Counted))} counted");
        if (e.Events.Count == 0) return;
        if (all || e.Events.Count <= EventsShown)
        {
            Events(page, e.Events);
            return;
        }

        page.Table(
            [new("what"), new("result"), new("events", true), new("points", true)],
            e.Events.GroupBy(v => (v.Kind, v.Verdict))
                .OrderBy(g => g.Key.Verdict).ThenByDescending(g => g.Count()).ThenBy(g => g.Key.Kind)
                .Select(g => (string[])[EventCatalogue.Name(g.Key.Kind), VerdictWords.Of(g.Key.Verdict), Amounts.Count(g.Count()), g.Key.Verdict == Verdict.Counted ? Amounts.Points(g.Sum(v => v.PointsMicro)) : ""]));
        JudgedEvent[] telling = Telling(e.Events);
        page.Line($"The {telling.Length} most telling of them (every one with --all):");
        Events(page, telling);
    }

    /// <summary>The first event of every kind and result, those that earned most first, in log order.</summary>
    private static JudgedEvent[] Telling(IReadOnlyList<JudgedEvent> events) =>
    [
        .. events.GroupBy(v => (v.Kind, v.Verdict)).Select(g => g.First())
            .OrderByDescending(v => v.PointsMicro).ThenBy(v => v.Position).Take(TellingEvents).OrderBy(v => v.Position),
    ];

    private static void Events(Page page, IEnumerable<JudgedEvent> events) => page.Table(
        [new("time (UTC)"), new("what"), new("target"), new("points", true), new("result", IsProse: true), new("event id")],
        events.Select(v => (string[])
        [
            v.OccurredAt.ToString()[11..19], EventCatalogue.Name(v.Kind), v.Target ?? "", v.Verdict == Verdict.Counted ? Amounts.Points(v.PointsMicro) : "", VerdictWords.Of(v.Verdict), v.Id,
        ]));

    private static void ShowDamping(Page page, AccountExplanation e)
    {
        PairPoints[] damped = [.. e.Pairs.Where(p => p.DampedMicro < p.RawMicro).OrderByDescending(p => p.RawMicro - p.DampedMicro)];
        long raw = e.Pairs.Sum(p => p.RawMicro);
        page.Heading("What that is worth");
        page.Facts(
            ("points before damping", Amounts.Points(raw)),
            ("points", Amounts.Points(e.PointsMicro)),
            ("owners it acted on", Amounts.Count(e.Pairs.Count(p => p.Owner is not null))));
        if (damped.Length == 0)
        {
            page.Line("Nothing was damped: no single owner got so much of its attention.");
            return;
        }

        page.Line("Damped, because so much went to one owner:");
        page.Table(
            [new("owner"), new("points before", true), new("points after", true)],
            damped.Take(OwnersShown).Select(p => (string[])[p.Owner ?? e.Account, Amounts.Points(p.RawMicro), Amounts.Points(p.DampedMicro)]));
        if (damped.Length > OwnersShown) page.Line($"and {Amounts.Count(damped.Length - OwnersShown)} more owners");
    }

    private static void ShowLines(Page page, AccountExplanation e)
    {
        page.Heading("What it was paid");
        if (e.Lines.Count > 0) page.Table([new("rule"), new("for"), new("WE", true)], e.Lines.Select(l => (string[])[l.Rule.Code(), RuleWords(l.Rule), Amounts.We(l.Amount)]));
        page.Facts(
            ("this window", $"{Amounts.We(ExplanationAnswer.Total(e))} WE"),
            ("earned in all", $"{Amounts.We(e.Cumulative)} WE"),
            ("wallet", e.Wallet ?? "none linked: it waits under the account's own name"));
    }

    private static string RuleWords(PayoutRule rule) => rule switch
    {
        PayoutRule.PoaSolo => "its own activity",
        PayoutRule.PoaTeam => "its part of the team's pay",
        PayoutRule.PoaProvider => "providing the team's space",
        PayoutRule.Poc => "its prize among creators",
        _ => rule.Code(),
    };
}
