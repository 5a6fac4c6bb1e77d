using System.CommandLine;
using Ledger.Core.Payouts;
using Ledger.Core.Payouts.Proofs;

namespace Ledger.Host.Cli;

/// <summary>Checks a proof file by itself.</summary>
internal static class VerifyVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> file = new("FILE") { Description = "The proof" };
        return shell.Verb(
            "verify",
            "Checks a proof. Needs nothing but the file: no ledger, no network. Exit code 1 when it does not hold.",
            "weledger verify proof.json",
            [file],
            (run, _) => Task.FromResult(Run(run, run.Get(file))));
    }

    /// <summary>The checks as a table, then what the holder learns.</summary>
    public static void Show(Page page, ProofReport report)
    {
        page.Table(
            [new("holds"), new("check"), new("shows", IsProse: true)],
            report.Checks.Select(c => (string[])[c.Ok ? "yes" : "NO", c.Name, c.Ok ? c.Shows : $"expected {c.Expected}, found {c.Found}"]));
        if (report.Learned is not { } facts) return;
        page.Facts(
            ("account", facts.Account),
            ("wallet", facts.Wallet ?? "none linked"),
            ("earned in all", $"{Amounts.We(facts.Cumulative)} WE at the close of {facts.Window}"),
            ("reward root", facts.RewardRoot.ToString()),
            ("log checkpoint", $"{facts.Checkpoint.Id} at {Amounts.Count(facts.Checkpoint.Size)} events"));
    }

    private static int Run(VerbRun run, string file)
    {
        string path = run.Io.PathOf(file);
        if (!File.Exists(path)) throw new CliException(ExitCode.NotFound, "file-missing", $"there is no file {path}", "check the path");
        ProofReading reading = ProofFile.Read(File.ReadAllBytes(path));
        if (reading.Proof is not { } proof)
        {
            ProofFileError error = reading.Error!;
            run.Answer(() => new { ok = false, error }, page => page.Line($"{path} is no proof."));
            run.Note($"{error.Code}: {file} at {error.Path}: {error.Message}; ask for the proof again, unchanged");
            return ExitCode.No;
        }

        ProofReport report = ProofVerifier.Verify(proof);
        run.Answer(
            () => new
            {
                report.Ok,
                kind = proof.Kind,
                report.Checks,
                learned = report.Learned is not { } facts ? null : new
                {
                    facts.Window,
                    facts.Account,
                    facts.Wallet,
                    facts.Cumulative,
                    lines = facts.Lines?.Select(l => new { rule = l.Rule.Code(), l.Amount }),
                    facts.RewardRoot,
                    facts.Checkpoint,
                },
                report.NotShown,
            },
            page =>
            {
                page.Heading($"{path}: a proof of {proof.Kind}");
                Show(page, report);
                foreach (string sentence in report.NotShown) page.Line($"Not shown: {sentence}");
                page.Line(report.Ok
                    ? "The proof holds. Compare the reward root and the checkpoint with what others publish."
                    : "The proof does NOT hold.");
            });
        if (!report.Ok) run.Note($"proof-invalid: {report.Checks.First(c => !c.Ok).Name} does not hold; do not rely on {file}");
        return report.Ok ? ExitCode.Ok : ExitCode.No;
    }
}
