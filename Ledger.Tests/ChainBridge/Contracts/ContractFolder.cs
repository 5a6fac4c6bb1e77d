using System.Diagnostics;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.ChainBridge.Contracts;

/// <summary>Runs the programs of <c>Ledger.ChainBridge/Contracts</c>, which npm installed there.</summary>
internal static class ContractFolder
{
    public const string Forge = "Ledger.ChainBridge/Contracts:@foundry-rs/forge";
    public const string Solc = "Ledger.ChainBridge/Contracts:solc";
    public const string OpenZeppelin = "Ledger.ChainBridge/Contracts:@openzeppelin/contracts";
    public const string MerkleTree = "Ledger.ChainBridge/Contracts:@openzeppelin/merkle-tree";
    public const string Uniswap = "Ledger.ChainBridge/Contracts:@uniswap/merkle-distributor";

    private static readonly string Root = Repository.PathOf("Ledger.ChainBridge/Contracts");

    /// <summary>Runs a program to its end and requires it to exit with 0.</summary>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(string program, string[] arguments, string input = "", params (string Name, string Value)[] environment)
    {
        (int exit, string output) = await TryAsync(program, arguments, input, environment);
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)} exited with {exit}:\n{output}");
        return output;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code and what it wrote, to both streams.</returns>
    public static async Task<(int Exit, string Output)> TryAsync(string program, string[] arguments, string input = "", params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_COLOR"] = "1";
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    public static string ForgeProgram => Path.Combine(Root, "node_modules", ".bin", "forge");
}
