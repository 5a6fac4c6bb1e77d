using System.Diagnostics;
using System.Text.Json;
using Ledger.Tests.Support;

namespace Ledger.Benchmarks;

/// <summary>Another system, run by a script of Ledger.Tests/Peers on the input of the run it is compared in.</summary>
internal static class Peer
{
    private const string Folder = "Ledger.Tests/Peers";

    /// <summary>Runs a script and gives the JSON that it prints last.</summary>
    /// <exception cref="InvalidOperationException">A part is missing, or the script failed.</exception>
    public static JsonElement Run(string package, string script, params string[] args)
    {
        _ = MachineParts.Require($"{Folder}:{package}");
        ProcessStartInfo start = new(MachineParts.Require("node"), [script, .. args])
        {
            WorkingDirectory = Repository.PathOf(Folder),
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process node = Process.Start(start)!;
        string output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        if (node.ExitCode != 0) throw new InvalidOperationException($"{script} ended with {node.ExitCode}");
        return JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement.Clone();
    }
}
