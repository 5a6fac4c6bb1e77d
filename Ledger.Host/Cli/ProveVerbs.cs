using System.CommandLine;
using Ledger.Core.Payouts.Proofs;
using Ledger.Host.Composition;
using Ledger.Projections.Audit.Proofs;

namespace Ledger.Host.Cli;

/// <summary>Writes the proof of an account's earnings.</summary>
internal static class ProveAccountVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> account = new("ID") { Description = "The account" };
        Option<string?> window = new("--window") { Description = "Up to which window, a UTC day; the last closed one when left out", HelpName = "DAY" };
        ProofOptions options = new();
        return shell.Verb(
            "account",
            "Proves what an account had earned when a window closed: a path from its reward to the root, and from the root to the log.",
            "weledger prove account user-000004 --out proof.json && weledger verify proof.json",
            [account, window, .. options.All],
            (run, cancel) => options.RunAsync(
                run,
                (ledger, whole) => ProofBuilder.Over(ledger).AccountAsync(
                    VerbRun.AccountOf(run.Get(account)), run.Get(window) is { } text ? VerbRun.DayOf(text) : ExplainAccountVerb.LastClosed(ledger), whole, cancel),
                cancel));
    }
}

/// <summary>Writes the proof of one event.</summary>
internal static class ProveEventVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> id = new("UUID") { Description = "The event's id" };
        ProofOptions options = new();
        return shell.Verb(
            "event",
            "Proves that an event was in the log when its window was sealed, and what its account had earned then.",
            "weledger prove event 01234567-89ab-8cde-8f01-23456789abcd --out proof.json",
            [id, .. options.All],
            (run, cancel) => options.RunAsync(run, (ledger, whole) => ProofBuilder.Over(ledger).EventAsync(VerbRun.EventOf(run.Get(id)), whole, cancel), cancel));
    }
}

/// <summary>Writes the proof of what a wallet may claim on the chain.</summary>
internal static class ProveSettlementVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> account = new("ID") { Description = "The account" };
        ProofOptions options = new();
        return shell.Verb(
            "settlement",
            "Proves what an account's wallet may claim since the last settlement: from the window's statement to the settled leaf, the root and the commitment that the distributor holds.",
            "weledger prove settlement user-000004 --out proof.json && weledger verify proof.json --rpc http://127.0.0.1:8545",
            [account, .. options.All],
            (run, cancel) => options.RunAsync(run, (ledger, whole) => ProofBuilder.Over(ledger).SettlementAsync(VerbRun.AccountOf(run.Get(account)), whole, cancel), cancel));
    }
}

/// <summary>What all proofs ask for, and the writing of them.</summary>
internal sealed class ProofOptions
{
    private readonly Option<string?> _output = new("--out") { Description = "Where to write the proof; standard output when left out", HelpName = "FILE" };
    private readonly Option<bool> _statement = new("--statement") { Description = "Put the whole statement in, so that the account's own lines are proven too" };

    public IEnumerable<Symbol> All => [_output, _statement];

    public async Task<int> RunAsync(VerbRun run, Func<Projections.DayWindows.RewardLedger, bool, Task<ProofAnswer>> prove, CancellationToken cancel)
    {
        ProofAnswer answer;
        using (ProgressLine progress = run.Progress())
        {
            await using LedgerSession session = await LedgerSession.ReadAsync(run.Log, run.DataDirectory, run.Io.Clock, progress, cancel);
            answer = await prove(session.Ledger, run.Get(_statement));
        }

        if (answer.Proof is not { } proof)
            throw new CliException(ExitCode.NotFound, answer.RefusalCode!, answer.RefusalMessage!, "there is nothing to prove; 'weledger explain' tells more");
        byte[] file = ProofFile.Write(proof);
        if (run.Get(_output) is not { } output)
        {
            // The proof is itself one JSON document, with --json or without.
            await run.Io.OutBytes.WriteAsync(file, cancel);
            return ExitCode.Ok;
        }

        string path = run.Io.PathOf(output);
        await File.WriteAllBytesAsync(path, file, cancel);
        run.Answer(() => new { file = path, kind = proof.Kind, bytes = file.Length }, page => page.Line($"Proof written to {path}; anybody can check it: weledger verify {output}"));
        return ExitCode.Ok;
    }
}
