using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Host.Cli;
using Ledger.Tests.EventLog.Postgres;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Cli;

/// <summary>Every verb works on a log in PostgreSQL, and what it answers is bit for bit what it answers on the embedded store.</summary>
public sealed class PostgresCliTests : IDisposable
{
    private readonly CliRun _cli = new() { Clock = new ManualClock("2026-01-09T00:00:00.000Z") };

    public void Dispose() => _cli.Dispose();

    [PartFact("postgres")]
    public async Task Windows_folded_closed_and_audited_have_the_same_roots_digests_and_history()
    {
        await using PostgresHarness harness = new();
        string address = await harness.AddressAsync();
        string file = _cli.Write("in.ndjson", SampleActivity.Lines(3, 2_000));
        string window = SampleActivity.FirstDay.ToString();
        string[][] verbs =
        [
            ["import", file, "--json"], ["import", file, "--json"], ["close", "--all", "--json"], ["status", "--json"], ["audit", "--json"], ["ruleset", "show"],
            ["statement", "--window", window, "--json"], ["statement", "--window", window, "--csv"], ["export"],
        ];
        foreach (string[] verb in verbs)
        {
            string embedded = (await _cli.Async([.. verb, "--data", "embedded"])).Expect(ExitCode.Ok).Out;
            string postgres = (await _cli.Async([.. verb, "--data", "postgres", "--log", address])).Expect(ExitCode.Ok).Out;
            if (verb[0] != "status" && verb[0] != "import")
            {
                Assert.Equal(embedded, postgres);
                continue;
            }

            Assert.Equal(Comparable(embedded), Comparable(postgres));
        }

        Assert.Equal(_cli.PathOf("embedded"), (await _cli.Async("status", "--data", "embedded", "--json")).Json().GetProperty("log").GetString());
        JsonElement line = (await _cli.Async("statement", "--window", window, "--json", "--data", "embedded")).Json().GetProperty("lines")[0];
        string account = line.GetProperty("account").GetString()!;
        string activity = File.ReadLines(file).Last();
        using JsonDocument last = JsonDocument.Parse(activity);
        string id = last.RootElement.GetProperty("id").GetString()!;
        string rules = _cli.Write("rules.json", (await _cli.Async("ruleset", "new")).Expect(ExitCode.Ok).Out);
        string[][] later =
        [
            ["explain", "account", account, "--window", window, "--json"], ["prove", "account", account, "--window", window],
            ["explain", "event", id, "--json"], ["prove", "event", id], ["ruleset", "adopt", rules, "--from", "2026-02-01", "--json"], ["ruleset", "show", "--window", "2026-02-01"],
        ];
        foreach (string[] verb in later)
        {
            string embedded = (await _cli.Async([.. verb, "--data", "embedded"])).Expect(ExitCode.Ok).Out;
            Assert.Equal(embedded, (await _cli.Async([.. verb, "--data", "postgres", "--log", address])).Expect(ExitCode.Ok).Out);
        }
    }

    [PartFact("postgres")]
    public async Task The_demo_pays_the_same_tokens_and_its_audit_finds_nothing()
    {
        await using PostgresHarness harness = new();
        string[] demo = ["demo", "--accounts", "200", "--days", "3", "--events", "9000", "--seed", "11", "--json"];
        JsonElement embedded = (await _cli.Async(demo)).Expect(ExitCode.Ok).Json();
        JsonElement postgres = (await _cli.Async([.. demo, "--log", await harness.AddressAsync()])).Expect(ExitCode.Ok).Json();
        Assert.Equal(embedded.GetProperty("windows").GetRawText(), postgres.GetProperty("windows").GetRawText());
        Assert.True(postgres.GetProperty("audit").GetProperty("ok").GetBoolean());
    }

    [PartFact("postgres")]
    public async Task The_server_takes_events_and_knows_them_again_after_a_kill()
    {
        await using PostgresHarness harness = new();
        string key = ServerProcess.NewKey(_cli.Data, "app", "activity:write");
        foreach (string outcome in new[] { "\"accepted\":1,", "\"duplicates\":1," })
        {
            using ServerProcess server = await ServerProcess.StartAsync(_cli.Data, "--log", await harness.AddressAsync());
            using HttpClient client = new() { BaseAddress = server.Http };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using StringContent body = new(
                """{"id":"0197a6d2-4b7e-7c31-9d05-1f0e5a7c2b12","kind":"liked","v":1,"occurredAt":"2025-06-01T10:00:05.000Z","account":"ann","content":"clip-7"}""",
                Encoding.UTF8,
                "application/json");
            using HttpResponseMessage answer = await client.PostAsync("/v1/events", body);
            Assert.Contains(outcome, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            server.Kill();
        }

        Assert.Equal(1L, await harness.SqlAsync("SELECT count(*) FROM $s.activity"));
    }

    [PartFact("postgres")]
    public async Task A_schema_without_a_log_is_exit_code_3_and_a_server_that_is_away_4()
    {
        await using PostgresHarness harness = new();
        Assert.StartsWith("log-missing: ", (await _cli.Async("status", "--log", await harness.AddressAsync())).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.StartsWith("store-unreachable: ", (await _cli.Async("status", "--log", "postgres://nobody@127.0.0.1:9/none")).Expect(ExitCode.Fault).Error, StringComparison.Ordinal);
        Assert.StartsWith("log-address: ", (await _cli.Async("status", "--log", "postgres://nobody@127.0.0.1:9/none?color=red")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    /// <summary>Everything but where it is.</summary>
    private static string Comparable(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return string.Join('\n', document.RootElement.EnumerateObject().Where(member => member.Name is not ("data" or "log")).Select(member => $"{member.Name}: {member.Value.GetRawText()}"));
    }
}
