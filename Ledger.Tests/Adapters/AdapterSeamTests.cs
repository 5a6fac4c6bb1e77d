using System.Net;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters;
using Ledger.Host.Cli;
using Ledger.Host.Security;
using Ledger.Projections.Ingest;
using Ledger.Tests.Api;
using Ledger.Tests.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Ledger.Tests.Adapters;

/// <summary>Guaranteed: adapters run as the settings file says or not at all, state events as every producer does, and let in only who proves to be let in.</summary>
public sealed class AdapterSeamTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private static readonly AdapterKind Probe = AdapterKind.Of<ProbeSettings>("probe", (settings, context) => new ProbeAdapter(settings, context));

    [Theory]
    [InlineData("[]", "adapters-file-malformed")]
    [InlineData("{", "adapters-file-malformed")]
    [InlineData("""{"probe":{"account":"ann"},"probe":{"account":"ann"}}""", "adapters-file-malformed")]
    [InlineData("""{"probe":{"account":"ann","account":"bob"}}""", "adapters-file-malformed")]
    [InlineData("""{"prob":{"account":"ann"}}""", "adapter-unknown")]
    [InlineData("""{"probe":true}""", "adapter-settings-malformed")]
    [InlineData("""{"probe":{}}""", "adapter-settings-malformed")]
    [InlineData("""{"probe":{"account":null}}""", "adapter-settings-malformed")]
    [InlineData("""{"probe":{"account":"ann","acount":"ann"}}""", "adapter-settings-malformed")]
    public void A_file_that_leaves_any_doubt_is_refused(string json, string code) =>
        Assert.StartsWith(code + ":", Assert.Throws<FormatException>(() => AdaptersFile.Parse(Encoding.UTF8.GetBytes(json), Path.GetTempPath(), [Probe])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("too-short")]
    [InlineData("0123456789abcdef0123456789abcde/")]
    public void A_callback_secret_is_long_and_needs_no_escaping(string secret) =>
        Assert.StartsWith("callback-secret-malformed:", Assert.Throws<FormatException>(() => new CallbackAccess(secret, [])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_adapter_states_events_as_any_producer_and_tells_how_it_is()
    {
        await using ApiHarness api = await StartAsync("""{"probe":{"account":"ann"}}""");
        using HttpClient client = api.Client("metrics:read");
        Assert.Equal("accepted", await PostAsync(client, $"/adapters/probe?token={Secret}"));
        Assert.Equal("duplicate", await PostAsync(client, $"/adapters/probe?token={Secret}"));
        Assert.True(Directory.Exists(Path.Combine(api.Data, "adapters", "probe")));

        JsonElement adapter = (await (await client.GetAsync("/v1/adapters")).JsonAsync()).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(("probe", "degraded", "probe-tired"), (adapter.GetProperty("name").GetString(), adapter.GetProperty("state").GetString(), adapter.GetProperty("code").GetString()));
        string metrics = await client.GetStringAsync("/metrics");
        Assert.Matches("weledger_adapter_up\\{[^}]*adapter=\"probe\"[^}]*\\} 0", metrics);
        Assert.Matches("weledger_adapter_events[^{]*\\{[^}]*adapter=\"probe\",outcome=\"duplicate\"[^}]*\\} 1", metrics);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task A_callback_without_the_secret_or_from_elsewhere_is_denied()
    {
        await using ApiHarness api = await StartAsync("""{"probe":{"account":"ann"}}""");
        using HttpClient client = api.Client();
        foreach (string query in (string[])["", "?token=", $"?token={Secret[..^1]}0", $"?token={Secret}x", $"?token={Secret}&token={Secret}"])
            Assert.Equal("callback-secret", await (await client.PostAsync("/adapters/probe" + query, null)).ProblemAsync(HttpStatusCode.Forbidden));
        await using ApiHarness far = await StartAsync("""{"probe":{"account":"ann","networks":["192.0.2.0/24"]}}""");
        using HttpClient near = far.Client();
        Assert.Equal("callback-network", await (await near.PostAsync($"/adapters/probe?token={Secret}", null)).ProblemAsync(HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task An_adapter_that_fails_is_told_and_the_ledger_goes_on()
    {
        await using ApiHarness api = await StartAsync("""{"probe":{"account":"ann","fails":true}}""");
        using HttpClient client = api.Client("metrics:read");
        string? code;
        do code = (await (await client.GetAsync("/v1/adapters")).JsonAsync()).GetProperty("items")[0].GetProperty("code").GetString();
        while (code == "probe-tired");
        Assert.Equal("adapter-stopped", code);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task The_command_line_names_what_is_wrong_with_its_files_and_addresses()
    {
        using CliRun cli = new();
        (await cli.Async("serve", "--adapters", "none.json")).Expect(ExitCode.NotFound);
        Assert.StartsWith("adapter-unknown:", (await cli.Async("serve", "--adapters", cli.Write("a.json", """{"radio":{}}"""))).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.StartsWith("url-malformed:", (await cli.Async("serve", "--otlp", "127.0.0.1")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.StartsWith("tls-required:", (await cli.Async("serve", "--otlp", "http://127.0.0.1:4317", "--http", "0.0.0.0:0")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    private static Task<ApiHarness> StartAsync(string json) =>
        ApiHarness.StartAsync(adapters: AdaptersFile.Parse(Encoding.UTF8.GetBytes(json), Path.GetTempPath(), [Probe]));

    private static async Task<string> PostAsync(HttpClient client, string path) => await (await client.PostAsync(path, null)).EnsureSuccessStatusCode().Content.ReadAsStringAsync();

    private sealed record ProbeSettings(string Account, string[]? Networks = null, bool Fails = false);

    private sealed class ProbeAdapter(ProbeSettings settings, AdapterContext context) : IAdapter
    {
        public string Name => "probe";

        public AdapterHealth Health { get; } = new("probe-tired", "it has seen enough");

        public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/adapters/probe", async (HttpContext http) =>
        {
            SubmittedEvent e = new(EventId.Derive("probe", settings.Account), UnixMs.From(context.Clock.GetUtcNow().ToUnixTimeMilliseconds()), new AccountOpened(new AccountId(settings.Account)));
            IntakeOutcome outcome = (await context.SubmitAsync([e]))[0];
            await http.Response.WriteAsync(outcome.Status.ToString().ToLowerInvariant());
        }).RequireProof(new CallbackAccess(Secret, settings.Networks ?? []).Check);

        public Task RunAsync(CancellationToken cancel) => settings.Fails ? throw new InvalidOperationException("as told") : Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
