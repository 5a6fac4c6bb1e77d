using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ledger.Tests.Support;

namespace Ledger.Benchmarks.Ingest;

/// <summary>A peer's server for one measurement: its own process, port and temporary folder, which go with it.</summary>
internal sealed class PeerServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bench-peer-");
    private readonly Process _process;

    private PeerServer(string program, Func<int, string, string[]> arguments)
    {
        Port = FreePort.Next();
        ProcessStartInfo start = new(program, arguments(Port, _folder.FullName)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    /// <summary>Starts a server and waits until it takes connections; null, and a word about it, when the program is not here.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments, given the port and the folder.</param>
    public static async Task<PeerServer?> StartAsync(string program, Func<int, string, string[]> arguments)
    {
        if (MachineParts.Find(program) is not { } path)
        {
            Console.WriteLine($"  {program} is not here; Ledger.Tests/Support/install-parts.sh peers installs it");
            return null;
        }

        PeerServer server = new(path, arguments);
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using TcpClient probe = new();
                await probe.ConnectAsync(IPAddress.Loopback, server.Port);
                return server;
            }
            catch (SocketException) when (watch.Elapsed < Patience && !server._process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
