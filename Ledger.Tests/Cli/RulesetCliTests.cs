using System.Text.Json;
using Ledger.Host.Cli;
using Xunit;

namespace Ledger.Tests.Cli;

/// <summary>Rulesets from the command line: what could harm the fund is refused by code and path, and nothing takes effect twice or late.</summary>
public sealed class RulesetCliTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task The_default_document_may_be_adopted_and_is_certified_per_team_size()
    {
        await NewAsync("mine.json");
        JsonElement answer = (await _cli.Async("ruleset", "check", "mine.json", "--json")).Expect(ExitCode.Ok).Json();
        JsonElement[] teams = [.. answer.GetProperty("teams").EnumerateArray()];
        Assert.Equal(Enumerable.Range(2, 11), teams.Select(t => t.GetProperty("teamSize").GetInt32()));
        // theta 1/2 and k = 4 keep the incentive up to k/(1 - theta) = 8 members.
        Assert.All(teams, t => Assert.Equal(t.GetProperty("teamSize").GetInt32() <= 8, t.GetProperty("holdsGlobally").GetBoolean()));
        Assert.Contains("Graded: holds for teams of up to k/(1 - theta) = 8.", (await _cli.Async("ruleset", "check", "mine.json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ruleset_that_could_overdraw_the_fund_is_refused_by_code_and_path()
    {
        await NewAsync("mine.json");
        string changed = Change(await File.ReadAllTextAsync(_cli.PathOf("mine.json")), "delta", "\"0.9\"");
        await File.WriteAllTextAsync(_cli.PathOf("greedy.json"), changed);

        CliAnswer check = (await _cli.Async("ruleset", "check", "greedy.json", "--json")).Expect(ExitCode.No);
        JsonElement error = Assert.Single(check.Json().GetProperty("errors").EnumerateArray());
        Assert.Equal("fund-overdraw", error.GetProperty("code").GetString());
        Assert.Equal("$.pool.delta", error.GetProperty("path").GetString());
        CliAnswer page = (await _cli.Async("ruleset", "check", "greedy.json")).Expect(ExitCode.No);
        Assert.Contains("fund-overdraw", page.Out, StringComparison.Ordinal);
        Assert.Contains("$.pool.delta", page.Out, StringComparison.Ordinal);

        CliAnswer adopt = (await _cli.Async("ruleset", "adopt", "greedy.json", "--from", "2031-01-01")).Expect(ExitCode.No);
        Assert.StartsWith("fund-overdraw: ", adopt.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adopted_it_holds_from_its_window_on_and_never_for_one_that_was_opened()
    {
        await _cli.Async("import", _cli.Write("in.ndjson", SampleActivity.Opened(1, "alice")));
        await NewAsync("old.json");
        await File.WriteAllTextAsync(_cli.PathOf("new.json"), Change(await File.ReadAllTextAsync(_cli.PathOf("old.json")), "idleWindows", "9"));

        JsonElement diff = (await _cli.Async("ruleset", "diff", "old.json", "new.json", "--json")).Expect(ExitCode.No).Json();
        Assert.Equal("$.poc.idleWindows", Assert.Single(diff.GetProperty("changes").EnumerateArray()).GetProperty("path").GetString());
        (await _cli.Async("ruleset", "diff", "old.json", "old.json")).Expect(ExitCode.Ok);

        CliAnswer late = (await _cli.Async("ruleset", "adopt", "new.json", "--from", SampleActivity.FirstDay.ToString())).Expect(ExitCode.No);
        Assert.StartsWith("window-already-open: ", late.Error, StringComparison.Ordinal);
        JsonElement adopted = (await _cli.Async("ruleset", "adopt", "new.json", "--from", "2031-01-01", "--json")).Expect(ExitCode.Ok).Json();
        JsonElement shown = (await _cli.Async("ruleset", "show", "--window", "2031-02-01", "--json")).Expect(ExitCode.Ok).Json();
        Assert.Equal(adopted.GetProperty("hash").GetString(), shown.GetProperty("hash").GetString());
        Assert.Equal(9, shown.GetProperty("document").GetProperty("poc").GetProperty("idleWindows").GetInt32());
        JsonElement before = (await _cli.Async("ruleset", "show", "--json")).Expect(ExitCode.Ok).Json();
        Assert.Equal("1970-01-01", before.GetProperty("firstWindow").GetString());
    }

    private async Task NewAsync(string name) => await File.WriteAllTextAsync(_cli.PathOf(name), (await _cli.Async("ruleset", "new")).Expect(ExitCode.Ok).Out);

    private static string Change(string document, string field, string value)
    {
        string[] lines = document.Split('\n');
        int at = Array.FindIndex(lines, line => line.Contains($"\"{field}\":", StringComparison.Ordinal));
        Assert.True(at >= 0, $"no field {field}");
        lines[at] = lines[at][..(lines[at].IndexOf(':', StringComparison.Ordinal) + 1)] + " " + value + (lines[at].EndsWith(',') ? "," : "");
        return string.Join('\n', lines);
    }
}
