using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ledger.Host.Cli;
using Xunit;
using Program = Ledger.Host.Program;

namespace Ledger.Tests.Cli;

/// <summary>Command lines run inside the test, in a folder of their own.</summary>
internal sealed partial class CliRun : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weledger-cli-");

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public string Folder => _folder.FullName;

    public string Data => PathOf("weledger-data");

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Write(string name, params IEnumerable<string> lines)
    {
        File.WriteAllText(PathOf(name), string.Concat(lines.Select(line => line + "\n")));
        return PathOf(name);
    }

    public Task<CliAnswer> Async(params string[] args) => Async(args, CancellationToken.None);

    public async Task<CliAnswer> Async(string[] args, CancellationToken cancel)
    {
        using MemoryStream output = new();
        using MemoryStream error = new();
        int exitCode;
        using (CliIo io = new(output, error) { WorkingDirectory = Folder, Clock = Clock })
        {
            exitCode = await Program.RunAsync(args, io, cancel);
        }

        return new CliAnswer(exitCode, Encoding.UTF8.GetString(output.ToArray()), ProgressLines().Replace(Encoding.UTF8.GetString(error.ToArray()), ""));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // How far a command is comes after its first second: whether it comes says how busy the machine is, nothing else.
    [GeneratedRegex("^ *[0-9]+ %  .*\n", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ProgressLines();
}

/// <summary>What a command line answered; the errors without lines of progress.</summary>
internal sealed record CliAnswer(int ExitCode, string Out, string Error)
{
    /// <summary>The one document of an answer with <c>--json</c>; anything else beside it fails.</summary>
    public JsonElement Json()
    {
        using JsonDocument document = JsonDocument.Parse(Out);
        return document.RootElement.Clone();
    }

    public CliAnswer Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, expected {exitCode}\n{Out}\n{Error}");
        return this;
    }
}
