using System.Diagnostics;
using Ledger.Tests.Support;

namespace Ledger.Tests.EventLog.Faults;

/// <summary>One run of <see cref="TestProgram"/> in a process of its own.</summary>
internal sealed record ProgramRun(int ExitCode, string Error)
{
    private const int SecondsMax = 120;

    /// <summary>Starts it; the caller waits for it or kills it. What it says goes to the end of the file <paramref name="answers"/>.</summary>
    public static Process Start(string answers, string[] program) => Start(answers, ["dotnet", typeof(TestProgram).Assembly.Location, .. program], workers: 32);

    /// <summary>Runs it under strace to its end, its work on one thread: strace counts the calls of each thread apart.</summary>
    public static async Task<ProgramRun> StraceAsync(string answers, string[] options, string[] program)
    {
        using Process process = Start(answers, [MachineParts.Require("strace"), "-f", "-qq", .. options, "dotnet", typeof(TestProgram).Assembly.Location, .. program], workers: 1);
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

    private static Process Start(string answers, string[] command, int workers)
    {
        // The shell opens the file, so that each answer is one plain write.
        string[] shell = ["-c", "out=$1; shift; exec \"$@\" >>\"$out\"", "sh", answers, .. command];
        ProcessStartInfo start = new("/bin/sh", shell) { RedirectStandardError = true, UseShellExecute = false };
        start.Environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = $"{workers:x}";
        return Process.Start(start)!;
    }
}
