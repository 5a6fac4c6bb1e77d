using System.Diagnostics;
using System.Text.Json;
using Ledger.Host.Cli;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Cli;

/// <summary>The demo: the whole product in one command, the same for the same seed, in a folder of its own.</summary>
public sealed class DemoCliTests : IDisposable
{
    private static readonly string[] Small = ["demo", "--accounts", "200", "--days", "3", "--events", "9000", "--seed", "11"];

    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task It_ends_with_an_audit_of_every_day_and_names_its_folder()
    {
        CliAnswer answer = (await _cli.Async(Small)).Expect(ExitCode.Ok);
        Assert.EndsWith("\naudit ok, 3 windows, 0 differences\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains(_cli.PathOf("weledger-demo-11"), answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', answer.Out + answer.Error);
        (await _cli.Async("status", "--data", "weledger-demo-11")).Expect(ExitCode.Ok);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_tokens_in_another_folder_and_overwrites_nothing()
    {
        JsonElement first = (await _cli.Async([.. Small, "--json"])).Expect(ExitCode.Ok).Json();
        JsonElement second = (await _cli.Async([.. Small, "--json"])).Expect(ExitCode.Ok).Json();
        Assert.Equal(_cli.PathOf("weledger-demo-11-2"), second.GetProperty("data").GetString());
        Assert.Equal(first.GetProperty("windows").GetRawText(), second.GetProperty("windows").GetRawText());
        Assert.True(first.GetProperty("proof").GetProperty("ok").GetBoolean());
        Assert.True(first.GetProperty("audit").GetProperty("ok").GetBoolean());

        _cli.Write("mine.txt", "keep me");
        CliAnswer refused = (await _cli.Async([.. Small, "--data", _cli.Folder])).Expect(ExitCode.Usage);
        Assert.StartsWith("folder-not-empty: ", refused.Error, StringComparison.Ordinal);
    }

    [PartFact("Ledger.ChainBridge/Nodes:@foundry-rs/anvil")]
    public async Task It_settles_every_window_on_a_chain_of_its_own_and_five_holders_claim()
    {
        CliAnswer answer = (await _cli.Async(Small)).Expect(ExitCode.Ok);
        Assert.Contains("\nsettled 3 roots on chain 31337; 5 claims; balances match\n", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_no_anvil_it_says_so_and_proves_offline()
    {
        // A copy outside the repository, with a path that has nothing on it.
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.TopDirectoryOnly)) File.Copy(file, _cli.PathOf(Path.GetFileName(file)));
        if (Directory.Exists(Path.Combine(AppContext.BaseDirectory, "runtimes")))
            CopyFolder(Path.Combine(AppContext.BaseDirectory, "runtimes"), _cli.PathOf("runtimes"));
        ProcessStartInfo start = new(MachineParts.Require("dotnet"), [_cli.PathOf("weledger.dll"), "demo", "--accounts", "200", "--days", "1", "--events", "3000"])
        {
            WorkingDirectory = _cli.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = _cli.Folder;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == ExitCode.Ok, said + await error);
        Assert.Contains("\nsettled nothing: anvil is not here; the proof above holds offline\n", said, StringComparison.Ordinal);
        Assert.EndsWith("\naudit ok, 1 windows, 0 differences\n", said, StringComparison.Ordinal);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
