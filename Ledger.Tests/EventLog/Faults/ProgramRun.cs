using System.Diagnostics;
using Ledger.Tests.Support;

namespace Ledger.Tests.EventLog.Faults;

/// <summary>One run of <see cref="TestProgram"/> in a process of its own.</summary>
internal sealed record ProgramRun(int ExitCode, string Error)
{
    private const int SecondsMax = 120;

    /// <summary>Starts it; the caller waits for it or kills it.</summary>
    public static Process Start(string[] program) => Start("dotnet", [typeof(TestProgram).Assembly.Location, .. program]);

    /// <summary>Runs it under strace to its end.</summary>
    public static async Task<ProgramRun> StraceAsync(string[] options, string[] program)
    {
        using Process process = Start(MachineParts.Require("strace"), ["-f", "-qq", "--seccomp-bpf", .. options, "dotnet", typeof(TestProgram).Assembly.Location, .. program]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(SecondsMax));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        return new ProgramRun(process.ExitCode, await error);
    }

    private static Process Start(string file, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardError = true, UseShellExecute = false };
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = "1";
        return Process.Start(start)!;
    }
}
