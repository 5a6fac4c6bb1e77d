using System.Text.Json;
using Ledger.Host.Cli;
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
}
