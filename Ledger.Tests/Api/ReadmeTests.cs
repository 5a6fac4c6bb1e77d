using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using Ledger.Host.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>The README's examples with <c>weledger serve</c> and <c>curl</c> do what they say, run as they are written.</summary>
public sealed class ReadmeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [PartFact("bash", "curl")]
    public async Task The_examples_with_curl_run_as_written()
    {
        string[] blocks = [.. Blocks(await File.ReadAllTextAsync(Repository.PathOf("README.md"))).Where(b => b.Contains("curl ", StringComparison.Ordinal))];
        Assert.NotEmpty(blocks);
        using CancellationTokenSource patience = new(Patience);
        while (IsTaken(ServeOptions.HttpDefault) || IsTaken(ServeOptions.GrpcDefault)) await Task.Delay(100, patience.Token); // another checkout's run of this test

        DirectoryInfo folder = Directory.CreateTempSubdirectory("weledger-readme-");
        string launcher = Path.Combine(folder.FullName, "weledger");
        await File.WriteAllTextAsync(launcher, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "weledger.dll")}' \"$@\"\n", patience.Token);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(launcher, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string script = $"set -eo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n{string.Join('\n', blocks)}";
        ProcessStartInfo start = new("bash", ["-c", script]) { UseShellExecute = false, WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("WELEDGER_DATA");
        using Process bash = Process.Start(start)!;
        Task<string> output = bash.StandardOutput.ReadToEndAsync(patience.Token);
        Task<string> error = bash.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await bash.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!bash.HasExited) bash.Kill(entireProcessTree: true);
        }

        Assert.True(bash.ExitCode == 0, $"exit code {bash.ExitCode}\n{await output}\n{await error}");
        foreach (string said in new[] { "\"status\":\"ready\"", "\"accepted\":2,", "\"duplicates\":2,", "\"dryRun\":true", "weledger_events_total" }) Assert.Contains(said, await output, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    private static bool IsTaken(IPEndPoint address) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == address.Port);

    private static IEnumerable<string> Blocks(string markdown)
    {
        StringBuilder? block = null;
        foreach (string line in markdown.ReplaceLineEndings("\n").Split('\n'))
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                block?.Append(line).Append('\n');
                continue;
            }

            if (block is not null) yield return block.ToString();
            block = block is null ? new StringBuilder() : null;
        }
    }
}
