using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Host.Security;

namespace Ledger.Tests.Support;

/// <summary>The program itself, serving a data folder in a process of its own on free ports of this machine.</summary>
public sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said;

    private ServerProcess(Process process, StringBuilder said, Uri http) => (_process, _said, Http) = (process, said, http);

    /// <summary>Where it serves HTTP.</summary>
    public Uri Http { get; }

    /// <summary>What it wrote on standard error; all of it once it has ended.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="dataDirectory">The data folder.</param>
    /// <param name="more">Further arguments of <c>serve</c>.</param>
    /// <exception cref="InvalidOperationException">It ended instead; the message is what it said.</exception>
    public static async Task<ServerProcess> StartAsync(string dataDirectory, params string[] more)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "weledger.dll");
        ProcessStartInfo start = new("dotnet", [program, "serve", "--data", dataDirectory, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--json", .. more]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start)!;
        StringBuilder said = new();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (said) said.Append(line.Data).Append('\n');
        };
        process.BeginErrorReadLine();
        string answer = "";
        while (!answer.TrimEnd().EndsWith('}'))
        {
            if (await process.StandardOutput.ReadLineAsync() is not { } line) throw new InvalidOperationException($"the server ended before it listened: {said}");
            answer += line;
        }

        using JsonDocument document = JsonDocument.Parse(answer);
        return new ServerProcess(process, said, new Uri(document.RootElement.GetProperty("http").GetString()!));
    }

    /// <summary>Makes a client with these scopes and gives its key.</summary>
    public static string NewKey(string dataDirectory, string client, params string[] scopes)
    {
        using KeyStore keys = KeyStore.Open(dataDirectory, TimeProvider.System);
        return keys.Add(ApiClient.Create(client, ScopeSet.Parse(scopes), requestsPerSecond: 1_000_000, eventsPerSecond: 100_000_000)).Text;
    }

    /// <summary>Processor time it has used, all threads.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Asks it to end, by SIGTERM, and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Ends it as a power switch would: SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
