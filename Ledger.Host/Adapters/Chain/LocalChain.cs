using System.Diagnostics;
using System.Text.RegularExpressions;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Chain;

/// <summary>A chain of one's own on this machine: anvil, with the contracts deployed and funded. It is gone when this is disposed.</summary>
internal sealed partial class LocalChain : IAsyncDisposable
{
    /// <summary>The chain id of local development chains.</summary>
    public const ulong ChainId = 31_337;

    /// <summary>How long the local chain's pauser has; on a chain for show a second is enough.</summary>
    private const int VetoDelaySeconds = 1;

    private const int ReceiptTries = 500;

    private static readonly TimeSpan ReceiptPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ResilientNode _rpc;

    private LocalChain(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        _rpc = ResilientNode.Connect(address, new RpcPatience(), TimeProvider.System);
        Node = new ChainNode(_rpc);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    public ChainNode Node { get; }

    public INodeRpc Rpc => _rpc;

    /// <summary>Where anvil is: on the path, or in the <c>node_modules</c> of the repository that this program was built in; null when it is nowhere.</summary>
    public static string? Find(string workingDirectory)
    {
        IEnumerable<string> path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, "anvil"));
        if (path.FirstOrDefault(File.Exists) is { } found) return found;
        foreach (string start in (string[])[workingDirectory, AppContext.BaseDirectory])
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string packages = Path.Combine(folder.FullName, "Ledger.ChainBridge", "Nodes", "node_modules", "@foundry-rs");
                if (Directory.Exists(packages) && Directory.EnumerateDirectories(packages, "anvil-*").Select(p => Path.Combine(p, "bin", "anvil")).FirstOrDefault(File.Exists) is { } anvil) return anvil;
            }
        }

        return null;
    }

    /// <summary>Starts it, with an empty chain.</summary>
    /// <exception cref="RpcFaultException"><c>chain-failed</c>: it did not start.</exception>
    /// <param name="anvil">The program.</param>
    /// <param name="port">Where it listens; 0 takes a free port.</param>
    /// <param name="isTicking">Whether there is a block every second; else there is one for each transaction.</param>
    /// <param name="cancel">Stops it.</param>
    public static Task<LocalChain> StartAsync(string anvil, int port, bool isTicking, CancellationToken cancel) =>
        StartAsync(anvil, ["--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--chain-id", "31337", .. isTicking ? (string[])["--block-time", "1"] : []], null, cancel);

    /// <summary>Starts any node that has the same accounts and says where it listens.</summary>
    public static async Task<LocalChain> StartAsync(string program, IEnumerable<string> arguments, string? folder, CancellationToken cancel)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        Process process = Process.Start(start) ?? throw new RpcFaultException("chain-failed", $"{program} does not start; install it again");
        try
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(StartMax);
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (Listening().Match(line) is not { Success: true } match) continue;

                // Nobody reads its protocol; without a reader it would stop when the pipe is full.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return new LocalChain(process, new Uri($"http://127.0.0.1:{match.Groups["port"].Value}"));
            }

            throw new RpcFaultException("chain-failed", $"{program} ended: {await process.StandardError.ReadToEndAsync(limit.Token)}; is the port taken?");
        }
        catch
        {
            End(process);
            throw;
        }
    }

    /// <summary>Deploys and funds the contracts on an empty chain.</summary>
    public async Task<ChainSettings> DeployAsync(Day firstWindow, CancellationToken cancel)
    {
        WalletAddress deployer = LocalAccounts.Deployer;
        await SendAsync(deployer, null, LocalAccounts.TokenCreation(), cancel);
        await SendAsync(deployer, null, LocalAccounts.DistributorCreation(VetoDelaySeconds, firstWindow), cancel);
        IReadOnlyList<byte[]> funding = LocalAccounts.FundingCalls();
        await SendAsync(deployer, LocalAccounts.Token, funding[0], cancel);
        await SendAsync(deployer, LocalAccounts.Distributor, funding[1], cancel);
        return new ChainSettings(
            Address, ChainId, LocalAccounts.Token.ToString(), LocalAccounts.Distributor.ToString(), $"node:{LocalAccounts.Proposer}", $"node:{LocalAccounts.Approver}",
            MaxFeeWei: 100_000_000_000, TipWei: 1_000_000_000, ConfirmBlocks: 1, FinalBlocks: 2, UseFinalizedTag: false);
    }

    /// <summary>Adds empty blocks, each a second later, so that what is mined becomes final.</summary>
    public async Task MineAsync(int blocks, CancellationToken cancel)
    {
        for (int i = 0; i < blocks; i++)
        {
            await Node.AskAsync(new RpcCall("evm_increaseTime", 1), cancel);
            await Node.AskAsync(new RpcCall("evm_mine"), cancel);
        }
    }

    /// <summary>Sends a call from one of the chain's own accounts and waits until it is mined.</summary>
    public async Task<ChainReceipt> SendAsync(WalletAddress from, WalletAddress? to, byte[] data, CancellationToken cancel)
    {
        Dictionary<string, object?> transaction = new(StringComparer.Ordinal) { ["from"] = from.ToString(), ["data"] = RpcHex.Data(data), ["gas"] = RpcHex.Quantity(8_000_000UL) };
        if (to is { } contract) transaction["to"] = contract.ToString();
        Core.Merkle.Digest hash = RpcHex.Digest(await Node.AskAsync(new RpcCall("eth_sendTransaction", transaction), cancel));
        ChainReceipt? receipt = null;
        for (int tries = 0; receipt is null && tries < ReceiptTries; tries++)
        {
            // It mines at once, but answers before it has.
            if (tries > 0) await Task.Delay(ReceiptPause, cancel);
            receipt = (await Node.ReceiptsAsync([hash], cancel))[0];
        }

        if (receipt is { Succeeded: true }) return receipt;
        string why = to is { } called ? ContractArtifact.Distributor.ErrorOf((await Node.CallAsync(from, called, data, cancel: cancel)).Bytes) : "";
        throw new RpcFaultException("chain-failed", $"the transaction {hash} had no effect on the local chain: {(receipt is null ? "not mined" : why)}; this is a defect");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _rpc.Dispose();
        End(_process);
        return ValueTask.CompletedTask;
    }

    private static void End(Process process)
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    [GeneratedRegex(@"(Listening on |server at )\S*:(?<port>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
