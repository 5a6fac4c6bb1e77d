using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>nginx or ffmpeg at work on this machine; ended with everything it started when it is disposed.</summary>
internal sealed class MediaProgram : IDisposable
{
    private static readonly string[] ServerFolders = ["/usr/sbin", "/usr/local/sbin"];

    private readonly Process _process;
    private bool _isDisposed;

    private MediaProgram(Process process) => _process = process;

    /// <summary>Where a program is; null when it is not on this machine.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Concat(ServerFolders).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>A port that is free now.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>nginx with a configuration, in the foreground.</summary>
    public static MediaProgram Nginx(string program, string configuration) => Start(program, "-e", "stderr", "-c", configuration, "-g", "daemon off;");

    /// <summary>A small test picture with a tone, in real time: what a broadcaster's software sends.</summary>
    /// <param name="program">ffmpeg.</param>
    /// <param name="stream">The RTMP address, stream key and all.</param>
    /// <param name="seconds">How long.</param>
    public static MediaProgram Broadcast(string program, string stream, int seconds) => Start(
        program, "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc=size=160x90:rate=10", "-f", "lavfi", "-i", "sine=frequency=440",
        "-t", seconds.ToString(CultureInfo.InvariantCulture), "-threads", "1", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", "20", "-b:v", "60k",
        "-c:a", "aac", "-b:a", "32k", "-f", "flv", stream);

    /// <summary>A player that shows nothing.</summary>
    public static MediaProgram Watch(string program, string stream, int seconds) => Start(
        program, "-nostdin", "-loglevel", "error", "-t", seconds.ToString(CultureInfo.InvariantCulture), "-i", stream, "-c", "copy", "-f", "null", "-");

    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, once it has ended.</summary>
    public async Task<int> EndedAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static MediaProgram Start(string program, params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;

        // Nobody reads what it says; without a reader it would stop when the pipe is full.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return new MediaProgram(process);
    }
}
