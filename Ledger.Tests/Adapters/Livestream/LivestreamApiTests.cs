using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ledger.Host.Adapters;
using Ledger.Host.Cli;
using Ledger.Tests.Api;
using Ledger.Tests.Cli;
using Xunit;

namespace Ledger.Tests.Adapters.Livestream;

/// <summary>Guaranteed: media servers and programs reach the adapter by HTTP as specs/adapters.md says, and the command line speaks of the same keys.</summary>
public sealed class LivestreamApiTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private const string Settings = "{\"livestream\":{\"callbackSecret\":\"" + Secret + "\"," + """ "servers":[{"name":"edge-1","kind":"nginx-rtmp","stat":"http://127.0.0.1:9/stat"},{"name":"srs-1","kind":"srs","stat":"http://127.0.0.1:9"}]}}""";

    [Theory]
    [InlineData("\"servers\":[]", "media-servers-malformed")]
    [InlineData("\"servers\":[{\"name\":\"a\",\"kind\":\"srs\",\"stat\":\"http://h\"},{\"name\":\"a\",\"kind\":\"srs\",\"stat\":\"http://h\"}]", "media-servers-malformed")]
    [InlineData("\"servers\":[{\"name\":\"a/b\",\"kind\":\"srs\",\"stat\":\"http://h\"}]", "media-servers-malformed")]
    [InlineData("\"servers\":[{\"name\":\"a\",\"kind\":\"wowza\",\"stat\":\"http://h\"}]", "adapter-settings-malformed")]
    [InlineData("\"servers\":[{\"name\":\"a\",\"kind\":\"srs\",\"stat\":\"ftp://h\"}]", "url-malformed")]
    [InlineData("\"servers\":[{\"name\":\"a\",\"kind\":\"srs\",\"stat\":\"http://h\"}],\"sampleSeconds\":21", "out-of-range")]
    public void Settings_that_make_no_sense_are_refused(string rest, string code) =>
        Assert.StartsWith(code + ":", Assert.Throws<FormatException>(() => AdaptersFile.Parse(Encoding.UTF8.GetBytes("{\"livestream\":{\"callbackSecret\":\"" + Secret + "\"," + rest + "}}"), "/", AdapterKinds.All)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Callbacks_are_answered_as_each_server_understands_it()
    {
        await using ApiHarness api = await StartAsync();
        using HttpClient client = api.Client("spaces:write", "spaces:read", "live:write", "metrics:read");
        await OpenAsync(api);
        JsonElement key = await (await client.PostAsJsonAsync("/v1/livestream/keys", new { space = "music", account = "ann" })).JsonAsync();
        string secret = key.GetProperty("key").GetString()!;

        Assert.Equal(HttpStatusCode.OK, (await FormAsync(client, "edge-1", $"app=live&call=publish&name=music&clientid=1&key={secret}")).StatusCode);
        Assert.Equal("stream-key-invalid", await (await FormAsync(client, "edge-1", "app=live&call=publish&name=music&clientid=1&key=wrong")).ProblemAsync(HttpStatusCode.Forbidden));
        Assert.Equal("callback-malformed", await (await FormAsync(client, "edge-1", "nonsense")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("media-server-unknown", await (await FormAsync(client, "edge-9", "app=live")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("body-too-large", await (await FormAsync(client, "edge-1", new string('x', 20_000))).ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
        Assert.Equal("callback-secret", await (await client.PostAsync("/adapters/livestream/callbacks?server=edge-1", null)).ProblemAsync(HttpStatusCode.Forbidden));
        Assert.Equal(0, await SrsAsync(client, secret));
        Assert.Equal(403, await SrsAsync(client, "wrong"));

        Assert.Equal("keys-two-live", await TwiceMoreAsync(client));
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"/v1/livestream/keys/{key.GetProperty("id").GetString()}")).StatusCode);
        Assert.Equal("stream-key-unknown", await (await client.DeleteAsync("/v1/livestream/keys/none")).ProblemAsync(HttpStatusCode.NotFound));
        Assert.Equal(403, await SrsAsync(client, secret));
        Assert.Equal(2, (await (await client.GetAsync("/v1/livestream/keys")).JsonAsync()).GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.Created, (await client.PostAsJsonAsync("/v1/livestream/tickets", new { space = "music", account = "bob", seconds = 60 })).StatusCode);
        Assert.Equal("out-of-range", await (await client.PostAsJsonAsync("/v1/livestream/tickets", new { space = "music", account = "bob", seconds = 0 })).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal(0, (await (await client.GetAsync("/v1/livestream/broadcasts")).JsonAsync()).GetProperty("items").GetArrayLength());
        Assert.Contains("weledger_livestream_callbacks", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_issues_lists_and_revokes_keys_and_writes_a_configuration()
    {
        using CliRun cli = new();
        string key = (await cli.Async("media", "keys", "add", "music", "ann", "--json")).Expect(ExitCode.Ok).Json().GetProperty("id").GetString()!;
        (await cli.Async("media", "keys", "add", "music", "ann")).Expect(ExitCode.Ok);
        Assert.StartsWith("keys-two-live", (await cli.Async("media", "keys", "add", "music", "ann")).Expect(ExitCode.No).Error, StringComparison.Ordinal);
        (await cli.Async("media", "keys", "revoke", key)).Expect(ExitCode.Ok);
        Assert.StartsWith("stream-key-unknown", (await cli.Async("media", "keys", "revoke", "none")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.Async("media", "keys", "list", "--json")).Expect(ExitCode.Ok).Json().GetProperty("keys").GetArrayLength());

        string adapters = cli.Write("adapters.json", Settings);
        Assert.StartsWith("media-server-unknown", (await cli.Async("media", "config", "--adapters", adapters, "--out", "m")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.StartsWith("media-server-kind", (await cli.Async("media", "config", "--adapters", adapters, "--out", "m", "--server", "srs-1")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.StartsWith("url-malformed", (await cli.Async("media", "config", "--adapters", adapters, "--out", "m", "--server", "edge-1", "--ledger", "https://h")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        string file = (await cli.Async("media", "config", "--adapters", adapters, "--out", "m", "--server", "edge-1", "--json")).Expect(ExitCode.Ok).Json().GetProperty("file").GetString()!;
        Assert.Contains($"on_publish \"http://127.0.0.1:5080/adapters/livestream/callbacks?token={Secret}&server=edge-1\";", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    private static Task<ApiHarness> StartAsync() => ApiHarness.StartAsync(adapters: AdaptersFile.Parse(Encoding.UTF8.GetBytes(Settings), Path.GetTempPath(), AdapterKinds.All));

    private static async Task OpenAsync(ApiHarness api)
    {
        using HttpClient operatorClient = api.Client("accounts:write", "spaces:write", "funding:write", "payments:write");
        string[] events =
        [
            """{"id":"0197a6d2-4b7e-7c31-9d05-000000000001","kind":"account-opened","v":1,"occurredAt":"2026-11-22T12:00:00Z","account":"ann"}""",
            """{"id":"0197a6d2-4b7e-7c31-9d05-000000000002","kind":"space-opened","v":1,"occurredAt":"2026-11-22T12:00:00Z","space":"music","provider":"ann"}""",
            """{"id":"0197a6d2-4b7e-7c31-9d05-000000000003","kind":"allocation-released","v":1,"occurredAt":"2026-11-22T12:00:00Z","allocation":"token-sale","account":"ann","amount":"100"}""",
            """{"id":"0197a6d2-4b7e-7c31-9d05-000000000004","kind":"bandwidth-purchased","v":1,"occurredAt":"2026-11-22T12:00:00Z","account":"ann","minutes":5,"amount":"10"}""",
        ];
        using StringContent body = new(string.Join('\n', events), Encoding.UTF8, "application/x-ndjson");
        JsonElement verdicts = await (await operatorClient.PostAsync("/v1/events", body)).JsonAsync();
        Assert.Equal(4, verdicts.GetProperty("accepted").GetInt32());
        await api.Session.Ledger.CatchUpAsync();
    }

    private static Task<HttpResponseMessage> FormAsync(HttpClient client, string server, string form) =>
        client.PostAsync($"/adapters/livestream/callbacks?token={Secret}&server={server}", new StringContent(form, Encoding.ASCII, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")));

    private static async Task<int> SrsAsync(HttpClient client, string key)
    {
        HttpResponseMessage answer = await client.PostAsJsonAsync($"/adapters/livestream/callbacks?token={Secret}&server=srs-1", new { action = "on_publish", app = "live", stream = "music", client_id = "7", param = $"?key={key}" });
        return (await answer.EnsureSuccessStatusCode().JsonAsync()).GetProperty("code").GetInt32();
    }

    private static async Task<string> TwiceMoreAsync(HttpClient client)
    {
        (await client.PostAsJsonAsync("/v1/livestream/keys", new { space = "music", account = "ann" })).EnsureSuccessStatusCode();
        return await (await client.PostAsJsonAsync("/v1/livestream/keys", new { space = "music", account = "ann" })).ProblemAsync(HttpStatusCode.Conflict);
    }
}
