using System.CommandLine;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Chain;

namespace Ledger.Host.Cli;

/// <summary>Starts a chain on this machine.</summary>
internal static class ChainUpVerb
{
    public static Verb Create(CliShell shell)
    {
        Option<int> port = new("--port") { Description = "Where it listens; 0 takes a free port", DefaultValueFactory = _ => 8545, HelpName = "N" };
        Option<string?> from = new("--from") { Description = "The first window to be settled on it, a UTC day; today when left out", HelpName = "DAY" };
        return shell.Verb(
            "up",
            "Starts a local chain (anvil) with the token and the distributor deployed and funded, and writes chain.json into the ledger's folder. Runs until it is interrupted; the chain is gone then. Its keys are known to everybody.",
            "weledger chain up",
            [port, from],
            (run, cancel) => RunAsync(run, run.Get(port), run.Get(from), cancel));
    }

    private static async Task<int> RunAsync(VerbRun run, int port, string? from, CancellationToken cancel)
    {
        if (LocalChain.Find(run.Io.WorkingDirectory) is not { } anvil)
            throw new CliException(ExitCode.NotFound, "anvil-missing", "anvil is not on the path", "install it: npm install --global @foundry-rs/anvil");
        Day first = from is null ? Day.FromNumber((int)(run.Io.Clock.GetUtcNow().ToUnixTimeMilliseconds() / Day.LengthMs)) : VerbRun.DayOf(from);
        await using LocalChain chain = await LocalChain.StartAsync(anvil, port, isTicking: true, cancel);
        ChainSettings settings = await chain.DeployAsync(first, cancel);
        settings.Write(run.DataDirectory);
        run.Answer(
            () => settings,
            page =>
            {
                page.Heading($"A local chain at {settings.Rpc}");
                page.Facts(("chain id", $"{settings.ChainId}"), ("token", settings.Token), ("distributor", settings.Distributor), ("first window", first.ToString()));
                page.Line("chain.json in the ledger's folder names it. The ruleset must name it too, in 'settlement': chainId, distributor and token. Stop it with Ctrl-C.");
            });
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration stop = cancel.Register(stopped.SetResult);
        await stopped.Task;
        return ExitCode.Ok;
    }
}
