using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Ledger.Host.Api;
using Ledger.Tests.Support;

namespace Ledger.Tests.DayWindows.Cluster;

/// <summary>A real <c>weledger node</c>, on ports of its own, that can be killed, frozen and asked to leave.</summary>
internal sealed class NodeProcess : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(3) };

    private readonly Process _process;
    private readonly int _http;

    private NodeProcess(Process process, int port, int http)
    {
        (_process, Port, _http) = (process, port, http);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where the others reach it.</summary>
    public int Port { get; }

    /// <summary>Everything it said.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Two ports that nobody listens on.</summary>
    public static (int Port, int Http) FreePorts() => (FreePort.Next(), FreePort.Next());

    /// <param name="log">Where the log is.</param>
    /// <param name="data">Folder of what it keeps beside the log.</param>
    /// <param name="ports">Where the others reach it, and where its health page is.</param>
    /// <param name="seeds">Whom it joins.</param>
    /// <param name="core">The one core it may use; null: all.</param>
    public static NodeProcess Start(string log, string data, (int Port, int Http) ports, IEnumerable<int> seeds, int? core = null)
    {
        ProcessStartInfo start = new(core is null ? "dotnet" : "taskset") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            .. core is { } only ? new[] { "-c", only.ToString(CultureInfo.InvariantCulture), "dotnet" } : [],
            Path.Combine(AppContext.BaseDirectory, "weledger.dll"), "node", "--log", log, "--data", data,
            "--listen", Address(ports.Port), "--http", Address(ports.Http), .. seeds.SelectMany(seed => new[] { "--seed", Address(seed) }),
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return new NodeProcess(Process.Start(start)!, ports.Port, ports.Http);

        static string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
    }

    /// <summary>What it says of itself and the cluster; null while it does not answer.</summary>
    public async Task<NodeStatus?> StatusAsync()
    {
        try
        {
            return await Http.GetFromJsonAsync<NodeStatus>(new Uri($"http://127.0.0.1:{_http}/cluster"), ApiJson.Answers);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return null;
        }
    }

    public void Kill() => _process.Kill();

    /// <summary>Sends a signal by name.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task<bool> ExitsAsync(TimeSpan within)
    {
        using CancellationTokenSource late = new(within);
        try
        {
            await _process.WaitForExitAsync(late.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null) Lines.Enqueue(line);
    }
}
