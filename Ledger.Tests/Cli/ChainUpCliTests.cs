using System.Diagnostics;
using System.Text.Json;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Transactions;
using Ledger.Host.Adapters.Chain;
using Ledger.Host.Cli;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Cli;

/// <summary>Guaranteed: <c>weledger chain up</c> is a chain with the contracts on it, named by chain.json, and nothing of it is left when it is interrupted.</summary>
public sealed class ChainUpCliTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [PartFact("Ledger.ChainBridge/Nodes:@foundry-rs/anvil")]
    public async Task It_runs_until_it_is_interrupted_and_ends_well()
    {
        using CancellationTokenSource limit = new(Patience);

        // A runner in the background of a shell has interrupts ignored, and what it starts inherits that.
        ProcessStartInfo start = new("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "weledger.dll"), "chain", "up", "--port", "0", "--from", "2026-01-05", "--data", _cli.Data, "--json"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        try
        {
            string answer = "";
            while (!answer.TrimEnd().EndsWith('}'))
                answer += await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(limit.Token));
            ChainSettings written = ChainSettings.Read(_cli.Data);
            using JsonDocument said = JsonDocument.Parse(answer);
            Assert.Equal(written.Distributor, said.RootElement.GetProperty("distributor").GetString());

            using ResilientNode rpc = ResilientNode.Connect(written.Rpc, new RpcPatience(), TimeProvider.System);
            ChainNode node = new(rpc);
            DistributorState state = await new DistributorContract(node, written.DistributorAddress, written.TokenAddress).StateAsync(cancel: limit.Token);
            Assert.Equal((31_337UL, 125_000_000U), (await node.ChainIdAsync(limit.Token), (uint)(state.Funded.BaseUnits / 1_000_000_000_000_000_000)));
            Assert.Equal(ChainBridge.LivedLedger.First.Number - 1, state.Window.Number);
            ulong head = (await node.BlockAsync("latest", limit.Token))!.Number;
            while ((await node.BlockAsync("latest", limit.Token))!.Number == head) await Task.Delay(100, limit.Token);

            using Process interrupt = Process.Start("kill", ["-INT", $"{process.Id}"]);
            await interrupt.WaitForExitAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal((ExitCode.Ok, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync(limit.Token)));
            using ResilientNode gone = ResilientNode.Connect(written.Rpc, new RpcPatience { RetryMax = 0 }, TimeProvider.System);
            Assert.Equal("node-unreachable", (await Assert.ThrowsAsync<RpcFaultException>(() => new ChainNode(gone).ChainIdAsync(limit.Token))).Code);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
