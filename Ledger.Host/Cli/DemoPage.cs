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
        audit = new { ok = audit.Differences.Count == 0, audit.Events, audit.Windows, audit.Unrecorded, audit.NumbersCompared, audit.Differences },
    };

    public static void Show(Page page, DemoResult result, AuditReport audit, string folder, TimeSpan took)
    {
        page.Line($"Events: {string.Join(", ", result.Events.Select(e => $"{Amounts.Count(e.Value)} {Name(e.Key)}"))}");
        WindowTable.Show(page, result.Windows);

        page.Heading("Who earned what, per account over all days");
        page.Table(
            [new("who"), new("accounts", true), new("events each", true), new("points each", true), new("WE each", true)],
            result.Groups.Select(g => (string[])[g.Name, Amounts.Count(g.Accounts), Amounts.Count(g.EventsEach), Amounts.Points(g.PointsEachMicro), Amounts.We(g.PaidEach)]));
        page.Line("The ring, the bot and the spammer do more than others and are paid less for it: verdicts and damping. Teams with a free rider lose together: the group rule.");

        page.Heading("One payout explained");
        ExplanationPage.Show(page, result.Explained, all: false);

        page.Heading($"Its proof, checked from {result.ProofFile}");
        VerifyVerb.Show(page, result.Proof);
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
        page.Line(AuditVerb.Verdict(audit));
    }

    private static string Name(IntakeStatus status) => status switch
    {
        IntakeStatus.Accepted => "accepted",
        IntakeStatus.CarriedForward => "carried-forward",
        IntakeStatus.Duplicate => "duplicate",
        _ => "refused",
    };
}
