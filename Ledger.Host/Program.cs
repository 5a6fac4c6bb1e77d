using System.Runtime.InteropServices;
using Ledger.Host.Cli;

namespace Ledger.Host;

/// <summary>The program <c>weledger</c>.</summary>
public static class Program
{
    /// <summary>Runs one command line against the real terminal and clock.</summary>
    public static async Task<int> Main(string[] args)
    {
        using CancellationTokenSource stop = new();
        // The first signal asks; the second one is left to the system, which ends the process at once.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using CliIo io = CliIo.FromProcess();
        return await RunAsync(args, io, stop.Token);

        void Ask(PosixSignalContext signal)
        {
            if (stop.IsCancellationRequested) return;
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="io">Where it reads and writes.</param>
    /// <param name="cancel">Asks it to stop; what was accepted stays accepted.</param>
    /// <returns>The exit code; see <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, CliIo io, CancellationToken cancel = default) =>
        new CliShell(io).RunAsync(args, cancel);
}
