using System.CommandLine;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Transactions;
using Ledger.ChainBridge.Verification;
using Ledger.Core.Payouts;
using Ledger.Core.Payouts.Proofs;

namespace Ledger.Host.Cli;

/// <summary>Checks a proof file by itself, and beside a chain.</summary>
internal static class VerifyVerb
{
    public static Verb Create(CliShell shell)
    {
        Argument<string> file = new("FILE") { Description = "The proof" };
        Option<string?> rpc = new("--rpc") { Description = "A node of the chain, of one's own choice: http, https, ws or wss", HelpName = "URL" };
        return shell.Verb(
            "verify",
            "Checks a proof. Needs nothing but the file: no ledger, no network. With --rpc also that the chain holds what a settlement proof says. Exit code 1 when it does not hold.",
            "weledger verify proof.json\nweledger verify proof.json --rpc http://127.0.0.1:8545",
            [file, rpc],
            (run, cancel) => RunAsync(run, run.Get(file), run.Get(rpc) is { } text ? AddressOf(text) : null, cancel));
    }

    /// <summary>The checks as a table, then what the holder learns.</summary>
    public static void Show(Page page, ProofReport report, ChainReport? chain = null)
    {
        page.Table(
            [new("holds"), new("check"), new("shows", IsProse: true)],
            report.Checks.Concat(chain?.Checks ?? []).Select(c => (string[])[c.Ok ? "yes" : "NO", c.Name, c.Ok ? c.Shows : $"expected {c.Expected}, found {c.Found}"]));
        if (report.Learned is not { } facts) return;
        page.Facts(
            ("account", facts.Account),
            ("wallet", facts.Wallet ?? "none linked"),
            ("earned in all", $"{Amounts.We(facts.Cumulative)} WE at the close of {facts.Window}"),
            ("reward root", facts.RewardRoot.ToString()),
            ("log checkpoint", $"{facts.Checkpoint.Id} at {Amounts.Count(facts.Checkpoint.Size)} events"));
        if (facts.Settled is not { } settled) return;
        page.Facts(
            ("settled in all", $"{Amounts.We(settled.Cumulative)} WE, of {Amounts.We(settled.Total)} WE for everybody"),
            ("distributor", $"{settled.Distributor} on chain {settled.ChainId}, paying token {settled.Token}"),
            ("settled root", settled.Root.ToString()),
            ("ruleset", settled.RulesetHash.ToString()),
            ("commitment", settled.Commitment.ToString()));
        if (chain?.Facts is not { } found) return;
        page.Facts(
            ("paid on the chain", $"{Amounts.We(found.Paid)} WE by block {Amounts.Count(found.BlockNumber)}"),
            ("to be claimed", $"{Amounts.We(found.Claimable)} WE{(found.IsPaused ? ", when the contract is no longer paused" : "")}"));
    }

    private static Uri AddressOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? node) && node.Scheme is "http" or "https" or "ws" or "wss"
        ? node
        : throw new CliException(ExitCode.Usage, "node-address", $"'{text}' is no way to a node", "give an address such as http://127.0.0.1:8545; http, https, ws and wss are known");

    private static async Task<int> RunAsync(VerbRun run, string file, Uri? rpc, CancellationToken cancel)
    {
        string path = run.Io.PathOf(file);
        if (!File.Exists(path)) throw new CliException(ExitCode.NotFound, "file-missing", $"there is no file {path}", "check the path");
        ProofReading reading = ProofFile.Read(await File.ReadAllBytesAsync(path, cancel));
        if (reading.Proof is not { } proof)
        {
            ProofFileError error = reading.Error!;
            run.Answer(() => new { ok = false, error }, page => page.Line($"{path} is no proof."));
            run.Note($"{error.Code}: {file} at {error.Path}: {error.Message}; ask for the proof again, unchanged");
            return ExitCode.No;
        }

        ProofReport report = ProofVerifier.Verify(proof);
        ChainReport? chain = rpc is null || !report.Ok ? null : await AskChainAsync(run, rpc, report.Learned!, cancel);
        bool ok = report.Ok && chain is null or { Refusal: null };
        run.Answer(
            () => Document(proof, report, chain, ok),
            page =>
            {
                page.Heading($"{path}: a proof of {proof.Kind}");
                Show(page, report, chain);
                foreach (string sentence in report.NotShown.Where(s => chain is null || s != SettlementProof.ChainNotShown)) page.Line($"Not shown: {sentence}");
                page.Line(!ok ? "The proof does NOT hold." : chain is null
                    ? $"The proof holds. Compare {(proof is SettlementProof ? "the settled root, the commitment" : "the reward root")} and the checkpoint with what others publish."
                    : "The proof holds, and the chain bears it out. Compare the checkpoint with what others publish.");
            });
        if (!report.Ok) run.Note($"proof-invalid: {report.Checks.First(c => !c.Ok).Name} does not hold; do not rely on {file}");
        if (chain?.Refusal is { } refusal) run.Note($"{refusal.Code}: {refusal.Message}");
        return ok ? ExitCode.Ok : ExitCode.No;
    }

    private static object Document(Proof proof, ProofReport report, ChainReport? chain, bool ok) => new
    {
        ok,
        kind = proof.Kind,
        checks = chain is null ? report.Checks : [.. report.Checks, .. chain.Checks],
        learned = report.Learned is not { } facts ? null : new
        {
            facts.Window,
            facts.Account,
            facts.Wallet,
            facts.Cumulative,
            lines = facts.Lines?.Select(l => new { rule = l.Rule.Code(), l.Amount }),
            facts.RewardRoot,
            facts.Checkpoint,
            facts.Settled,
        },
        chain = chain?.Facts,
        refusal = chain?.Refusal,
        report.NotShown,
    };

    private static async Task<ChainReport> AskChainAsync(VerbRun run, Uri rpc, ProofFacts facts, CancellationToken cancel)
    {
        if (facts.Settled is not { } settled)
            throw new CliException(ExitCode.Usage, "proof-not-settled", "the file shows what was earned, and a chain holds what was settled of it", "verify it without --rpc, or make a proof with 'weledger prove settlement'");
        using ResilientNode node = ResilientNode.Connect(rpc, new RpcPatience(), run.Io.Clock);
        return await new ProofOnChain(new ChainNode(node)).CheckAsync(facts.Window, settled, cancel);
    }
}
