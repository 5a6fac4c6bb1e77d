using System.Text.Json;
using Ledger.Host.Cli;
using Xunit;

namespace Ledger.Tests.Cli;

/// <summary>A ledger from the command line: what is closed is stated, explained, proven and audited, for people and for programs.</summary>
public sealed class WindowCliTests : IAsyncLifetime, IDisposable
{
    private readonly CliRun _cli = new();

    public async Task InitializeAsync() => (await _cli.Async("import", _cli.Write("in.ndjson", SampleActivity.Lines(2, 3_000)))).Expect(ExitCode.Ok);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Close_statement_explain_prove_and_audit_agree()
    {
        JsonElement closed = (await _cli.Async("close", "--all", "--json")).Expect(ExitCode.Ok).Json();
        JsonElement[] windows = [.. closed.GetProperty("windows").EnumerateArray()];
        Assert.Equal(2, windows.Length);
        string last = windows[1].GetProperty("window").GetString()!;

        JsonElement statement = (await _cli.Async("statement", "--window", last, "--json")).Expect(ExitCode.Ok).Json();
        Assert.Equal(windows[1].GetProperty("statementDigest").GetString(), statement.GetProperty("digest").GetString());
        JsonElement[] lines = [.. statement.GetProperty("lines").EnumerateArray()];
        UInt128 total = lines.Aggregate(UInt128.Zero, (sum, l) => sum + Amount(l.GetProperty("amount")));
        Assert.Equal(Amount(statement.GetProperty("total")), total);

        string account = lines[0].GetProperty("account").GetString()!;
        JsonElement explained = (await _cli.Async("explain", "account", account, "--json")).Expect(ExitCode.Ok).Json();
        UInt128 own = lines.Where(l => l.GetProperty("account").GetString() == account).Aggregate(UInt128.Zero, (sum, l) => sum + Amount(l.GetProperty("amount")));
        Assert.Equal(own, Amount(explained.GetProperty("total")));
        string counted = explained.GetProperty("events").EnumerateArray().First(e => e.GetProperty("verdict").GetString() == "counted").GetProperty("id").GetString()!;
        JsonElement one = (await _cli.Async("explain", "event", counted, "--json")).Expect(ExitCode.Ok).Json();
        Assert.Equal("counted", one.GetProperty("judged").GetProperty("verdict").GetString());

        (await _cli.Async("prove", "account", account, "--out", "account.json")).Expect(ExitCode.Ok);
        (await _cli.Async("prove", "event", counted, "--out", "event.json")).Expect(ExitCode.Ok);
        Assert.True((await _cli.Async("verify", "account.json", "--json")).Expect(ExitCode.Ok).Json().GetProperty("ok").GetBoolean());
        Assert.True((await _cli.Async("verify", "event.json", "--json")).Expect(ExitCode.Ok).Json().GetProperty("ok").GetBoolean());

        CliAnswer audit = (await _cli.Async("audit")).Expect(ExitCode.Ok);
        Assert.EndsWith("\naudit ok, 2 windows, 0 differences\n", audit.Out, StringComparison.Ordinal);
        Assert.True((await _cli.Async("audit", "--json")).Expect(ExitCode.Ok).Json().GetProperty("ok").GetBoolean());
        JsonElement status = (await _cli.Async("status", "--json")).Expect(ExitCode.Ok).Json();
        Assert.Equal("0", status.GetProperty("trialBalance").GetProperty("difference").GetString());
        Assert.Equal(["closed", "closed"], status.GetProperty("windows").EnumerateArray().Select(w => w.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_changed_proof_does_not_hold()
    {
        await _cli.Async("close", "--all");
        (await _cli.Async("prove", "account", "user-000004", "--out", "proof.json")).Expect(ExitCode.Ok);
        string proof = await File.ReadAllTextAsync(_cli.PathOf("proof.json"));
        // The leaf's amount: the last of its three values.
        int at = proof.LastIndexOf('"', proof.IndexOf("\"leafHash\":", StringComparison.Ordinal) - 1) - 1;
        char other = proof[at] == '9' ? '8' : '9';
        await File.WriteAllTextAsync(_cli.PathOf("proof.json"), proof[..at] + other + proof[(at + 1)..]);
        CliAnswer answer = (await _cli.Async("verify", "proof.json")).Expect(ExitCode.No);
        Assert.StartsWith("proof-invalid: ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Windows_close_in_order_and_closing_again_changes_nothing()
    {
        string second = SampleActivity.FirstDay.Next.ToString();
        CliAnswer early = (await _cli.Async("close", "--window", second)).Expect(ExitCode.No);
        Assert.StartsWith($"window-order: window {SampleActivity.FirstDay} is still open", early.Error, StringComparison.Ordinal);

        JsonElement first = (await _cli.Async("close", "--window", SampleActivity.FirstDay.ToString(), "--json")).Expect(ExitCode.Ok).Json();
        JsonElement again = (await _cli.Async("close", "--window", SampleActivity.FirstDay.ToString(), "--json")).Expect(ExitCode.Ok).Json();
        Assert.Equal(first.GetRawText(), again.GetRawText());
    }

    [Fact]
    public async Task A_page_in_a_pipe_has_no_control_sequence_and_cuts_no_id()
    {
        string name = string.Concat(Enumerable.Repeat("long-name-", 6)) + "1234";
        await _cli.Async("import", _cli.Write("more.ndjson", SampleActivity.Opened(7, name), View(8, name)));
        await _cli.Async("close", "--all");
        CliAnswer answer = (await _cli.Async("explain", "account", name, "--window", SampleActivity.FirstDay.ToString())).Expect(ExitCode.Ok);
        Assert.DoesNotContain('\u001b', answer.Out);
        Assert.Contains(name, answer.Out, StringComparison.Ordinal);
        Assert.Contains("00000000-0000-8000-8000-000000000008", answer.Out, StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public async Task Csv_has_a_line_for_every_line_of_the_statement()
    {
        await _cli.Async("close", "--all");
        string window = SampleActivity.FirstDay.ToString();
        int lines = (await _cli.Async("statement", "--window", window, "--json")).Expect(ExitCode.Ok).Json().GetProperty("lines").GetArrayLength();
        string[] csv = (await _cli.Async("statement", "--window", window, "--csv")).Expect(ExitCode.Ok).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("account,rule,base_units", csv[0]);
        Assert.Equal(lines, csv.Length - 1);
    }

    [Fact]
    public async Task What_does_not_exist_is_exit_code_3_and_says_what()
    {
        await _cli.Async("close", "--all");
        Assert.StartsWith("unknown-account: ", (await _cli.Async("explain", "account", "nobody")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.StartsWith("unknown-window: ", (await _cli.Async("statement", "--window", "2031-01-01")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.StartsWith("unknown-event: ", (await _cli.Async("explain", "event", "00000000-0000-8000-8000-0000000000ff")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.StartsWith("log-missing: ", (await _cli.Async("status", "--data", "nowhere")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
    }

    private static UInt128 Amount(JsonElement amount) => UInt128.Parse(amount.GetString()!);

    private static string View(int number, string account) =>
        $$"""{"id":"00000000-0000-8000-8000-{{number:D12}}","kind":"viewed","v":1,"occurredAt":"{{SampleActivity.FirstDay}}T09:00:00.000Z","account":"{{account}}","content":"no-such-video","watchSeconds":9}""";
}
