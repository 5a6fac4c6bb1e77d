using System.Globalization;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Ledger.Projections.Audit;

namespace Ledger.Host.Cli;

/// <summary>How points became pay, step by step: the group rule and the rank-order rule.</summary>
internal static class PayPage
{
    private const int PeopleShown = 40;

    public static void ShowPoa(Page page, AccountExplanation e, PoaExplanation poa)
    {
        bool alone = poa.Space is null;
        page.Heading(alone ? "POA: paid for its own activity" : $"POA: paid with the team of space {poa.Space}");
        List<(string Label, string Value)> facts =
        [
            ("quota", $"{Amounts.Points(poa.QuotaMicro)} points each"),
            ("output V of V*", $"{Amounts.Ratio(poa.Output)} of {Amounts.Ratio(poa.Optimum)}: {Amounts.Ratio(poa.Ratio)}"),
            ("pay factor", $"{Amounts.Ratio(poa.Factor)}{(poa.Factor.Raw == 0 ? ": too far below the quota, nothing is paid" : poa.Factor == Q32.One ? ": everybody met the quota" : "")}"),
            (alone ? "its part of the pool" : "the team's part of the pool", $"{Amounts.We(poa.Entitlement)} WE"),
            (alone ? "paid" : "paid to the team", $"{Amounts.We(poa.Paid)} WE"),
        ];
        if (!alone) facts.Insert(0, ("its points in the space", Amounts.Points(e.TeamPointsMicro)));
        page.Facts(facts);
        if (alone) return;
        page.Table(
            [new("member"), new("part"), new("points", true), new("quota met"), new("WE", true)],
            poa.People.Take(PeopleShown).Select(p => (string[])
            [
                p.Account, p.Account == poa.Provider ? "provider" : "member", Amounts.Points(p.PointsMicro), p.MetQuota ? "yes" : "no", Amounts.We(p.Paid),
            ]));
        if (poa.People.Count > PeopleShown) page.Line($"and {poa.People.Count - PeopleShown} more; all of them with --json");
    }

    public static void ShowPoc(Page page, AccountExplanation e, PocExplanation poc)
    {
        PocEntrant entrant = poc.Entrant;
        BaseCoefficient parts = entrant.Coefficient;
        page.Heading($"POC: ranked among creators of level {entrant.Level.ToString(CultureInfo.InvariantCulture)}");
        page.Facts(
            ("contribution", $"{Amounts.Points(entrant.ContributionMicro)} points, from what others did with its content"),
            ("coefficient", $"{Amounts.Ratio(parts.Beta)} = 1 + production {Amounts.Ratio(parts.Production)} + vertical {Amounts.Ratio(parts.Vertical)} + broadcast {Amounts.Ratio(parts.Broadcast)} + interaction {Amounts.Ratio(parts.Interaction)} + fans {Amounts.Ratio(parts.Fans)}"),
            ("score", $"{Amounts.Points(entrant.ScoreMicro)} points"),
            ("group's pool", $"{Amounts.We(poc.Group.Pool)} WE for {poc.Group.Size}, rank decides {Amounts.We(poc.Group.Spread)} WE"),
            ("chance to rise", Amounts.Ratio(entrant.Chance)),
            ("paid", entrant.ScoreMicro > 0 ? $"{Amounts.We(entrant.Paid)} WE" : "nothing: its score is 0, the prize went back to the fund"),
            ("rises a level", entrant.Won ? "yes" : "no"));
        page.Table(
            [new("group"), new("score", true), new("chance", true), new("WE", true)],
            poc.Rivals.Take(PeopleShown).Select(r => (string[])[r.Account == e.Account ? $"{r.Account} (this account)" : r.Account, Amounts.Points(r.ScoreMicro), Amounts.Ratio(r.Chance), Amounts.We(r.Paid)]));
    }
}
