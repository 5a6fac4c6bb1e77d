using System.Globalization;
using Ledger.Projections.Audit;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Cli;

/// <summary>What a demo shows.</summary>
internal static class DemoPage
{
    public static object Document(DemoResult result, AuditReport audit, string folder) => new
    {
        data = folder,
        events = result.Events.ToDictionary(e => Name(e.Key), e => e.Value, StringComparer.Ordinal),
        windows = result.Windows.Select(WindowAnswer.Of),
        groups = result.Groups,
        explained = ExplanationAnswer.Of(result.Explained),
        proof = new { file = result.ProofFile, result.Proof.Ok, result.Proof.Checks },
        chain = result.Settlement is not { } settlement ? null : new
        {
            settlement.ChainId,
            roots = settlement.Settlements.Select(s => new { s.Window, s.Root, s.Total }),
            settlement.Claims,
            settlement.Escrow,
            settlement.Settled,
            ok = settlement.Matches,
        },
        audit = new { ok = audit.Differences.Count == 0, audit.Events, audit.Windows, audit.Unrecorded, audit.EventsJudged, audit.NumbersCompared, audit.Differences },
    };

    public static void Show(Page page, DemoResult result, AuditReport audit, string folder, TimeSpan took)
    {
        page.Line($"Events: {string.Join(", ", result.Events.Select(e => $"{Amounts.Count(e.Value)} {Name(e.Key)}"))}");
        WindowTable.Show(page, result.Windows);

        page.Heading("Who earned what, per account over all days");
        page.Table(
            [new("who"), new("accounts", true), new("events each", true), new("points each", true), new("WE each", true)],
            result.Groups.Select(g => (string[])[g.Name, Amounts.Count(g.Accounts), Amounts.Count(g.EventsEach), Amounts.Points(g.PointsEachMicro), Amounts.We(g.PaidEach)]));
        foreach (string sentence in Comparisons(result.Groups)) page.Line(sentence);

        page.Heading("One payout explained");
        ExplanationPage.Show(page, result.Explained, all: false);

        page.Heading($"Its proof, checked from {result.ProofFile}");
        VerifyVerb.Show(page, result.Proof);
        ShowSettlement(page, result.Settlement);
        AuditVerb.Show(page, audit);

        page.Heading("What to do next");
        string account = result.Explained.Account;
        page.Command($"weledger status --data {folder}");
        page.Command($"weledger explain account {account} --data {folder}");
        page.Command($"weledger statement --window {result.Windows[^1].Facts.Window} --data {folder}");
        page.Command($"weledger verify {result.ProofFile}");
        page.Command("weledger import FILE --map kuairand");
        page.Blank();
        page.Line(string.Create(CultureInfo.InvariantCulture, $"Took {took.TotalSeconds:0.0} s. The data stays in {folder}"));
        page.Line(result.Settlement?.Verdict ?? "settled nothing: there is no anvil here, which npm installs; the proof above holds offline");
        page.Line(AuditVerb.Verdict(audit));
    }

    private static void ShowSettlement(Page page, DemoSettlement? settlement)
    {
        if (settlement is null) return;
        page.Heading($"Settled on chain {settlement.ChainId}, and claimed");
        page.Table(
            [new("window"), new("root"), new("total WE", true)],
            settlement.Settlements.Select(s => (string[])[s.Window.ToString(), s.Root.ToString(), Amounts.We(s.Total)]));
        page.Table(
            [new("wallet"), new("claimed WE", true), new("balance on the chain", true)],
            settlement.Claims.Select(c => (string[])[c.Wallet, Amounts.We(c.Claimed), Amounts.We(c.Balance)]));
        page.Line($"The books agree with the chain: {Amounts.We(settlement.Escrow)} WE to be claimed, {Amounts.We(settlement.Settled)} WE paid.");
    }

    /// <summary>What the table says, in words, from its own numbers.</summary>
    private static IEnumerable<string> Comparisons(IReadOnlyList<DemoGroup> groups)
    {
        if (Find(DemoEarnings.Ring) is { } ring && Find(DemoEarnings.Creators) is { } honest && honest.EventsEach > 0 && !honest.PaidEach.IsZero)
            yield return $"An account of the ring states {Times((UInt128)ring.EventsEach, (UInt128)honest.EventsEach)} times the events of an honest creator and is paid {Times(ring.PaidEach.BaseUnits, honest.PaidEach.BaseUnits)} times as much.";
        if (Find(DemoEarnings.Bot) is { } bot) yield return $"The view bot's {Amounts.Count(bot.EventsEach)} events earn {Amounts.We(bot.PaidEach)} WE.";
        if (Find(DemoEarnings.Burdened) is { } burdened && Find(DemoEarnings.Working) is { } working && !working.PaidEach.IsZero)
            yield return $"Members who work beside a free rider get {Times(burdened.PaidEach.BaseUnits, working.PaidEach.BaseUnits)} times what members get where all work.";

        DemoGroup? Find(string name) => groups.FirstOrDefault(g => g.Name == name);

        // Rounded down to hundredths.
        static string Times(UInt128 a, UInt128 b) => string.Create(CultureInfo.InvariantCulture, $"{a / b}.{(int)(a * 100 / b % 100):D2}");
    }

    private static string Name(IntakeStatus status) => status switch
    {
        IntakeStatus.Accepted => "accepted",
        IntakeStatus.CarriedForward => "carried-forward",
        IntakeStatus.Duplicate => "duplicate",
        _ => "refused",
    };
}
