using System.Diagnostics;
using System.Globalization;
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
        return JsonDocument.Parse(LastLine(MachineParts.Require("node"), [script, .. args])).RootElement.Clone();
    }

    /// <summary>Runs a script that starts a PostgreSQL of its own; gives the milliseconds that it prints last.</summary>
    /// <exception cref="InvalidOperationException">The script failed.</exception>
    public static double RunPostgres(string script, string folder)
    {
        string programs = Path.GetDirectoryName(File.ResolveLinkTarget(MachineParts.Require("initdb"), returnFinalTarget: true)?.FullName ?? MachineParts.Require("initdb"))!;
        return double.Parse(LastLine("bash", [script, folder, programs]), CultureInfo.InvariantCulture);
    }

    private static string LastLine(string program, string[] args)
    {
        ProcessStartInfo start = new(program, args) { WorkingDirectory = Repository.PathOf(Folder), RedirectStandardOutput = true, UseShellExecute = false };
        using Process peer = Process.Start(start)!;
        string output = peer.StandardOutput.ReadToEnd();
        peer.WaitForExit();
        return peer.ExitCode == 0 ? output.TrimEnd().Split('\n')[^1] : throw new InvalidOperationException($"{args[0]} ended with {peer.ExitCode}");
    }
}
