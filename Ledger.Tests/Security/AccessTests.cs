using System.Net;
using System.Text;
using Grpc.AspNetCore.Server;
using Ledger.Core.Events;
using Ledger.Host.Security;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Ledger.Tests.Security;

/// <summary>Nothing is done for nobody: every endpoint states who may use it, and the gate asks for a live key with that scope.</summary>
public sealed class AccessTests
{
    [Fact]
    public void The_scopes_on_the_page_are_the_scopes_in_the_code()
    {
        var page = SpecTables.Read("security.md", "Scopes");
        Assert.Equal(Scope.All.Select(s => s.ToString()), page.Select(r => r["scope"]));
        string[] stated = [.. page.SelectMany(r => r["events"].Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(kind => $"{kind.Trim('`')} {r["scope"]}")).Order(StringComparer.Ordinal)];
        string[] code = [.. EventCatalogue.Kinds.Where(k => KindScopes.Of(k) is not null).Select(k => $"{EventCatalogue.Name(k)} {KindScopes.Of(k)}").Order(StringComparer.Ordinal)];
        Assert.Equal(code, stated);
        Assert.All(EventCatalogue.Kinds, k => Assert.Equal(k.Origin() == EventOrigin.Ledger, KindScopes.Of(k) is null));
    }

    [Fact]
    public async Task Every_endpoint_states_its_access_and_what_is_open_only_reads()
    {
        await using ApiHarness api = await ApiHarness.StartAsync();
        foreach (Endpoint endpoint in api.Endpoints)
        {
            AccessRule? rule = endpoint.Metadata.GetMetadata<AccessRule>();
            Assert.True(rule is not null, $"{endpoint.DisplayName} does not say who may use it");
            if (endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is { } call)
                Assert.True(!rule.IsPublic || call.Name is "GetSupportedMethods" || call.FullName == "/event_store.client.gossip.Gossip/Read", $"{call.FullName} is open to all");
            else if (rule.IsPublic) Assert.All(endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods, m => Assert.Contains(m, new[] { "GET", "HEAD" }));
        }
    }

    [Fact]
    public async Task An_endpoint_with_a_scope_needs_a_live_key_that_has_it()
    {
        ManualClock clock = new("2026-11-22T12:00:00Z");
        await using ApiHarness api = await ApiHarness.StartAsync(clock);
        ApiKey key = api.NewKey("metrics:read");
        ApiKey other = api.NewKey("log:read");
        Assert.Equal("key-missing", await (await Get(api, null)).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("key-invalid", await (await Get(api, $"Bearer {ApiKey.Generate().Text}")).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("key-invalid", await (await Get(api, $"Bearer {key.Text[..^1]}")).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("key-invalid", await (await Get(api, $"Digest {key.Text}")).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("key-invalid", await (await Get(api, $"Bearer {new string('x', 5000)}")).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("scope-missing", await (await Get(api, $"Bearer {other.Text}")).ProblemAsync(HttpStatusCode.Forbidden));
        Assert.Equal(HttpStatusCode.OK, (await Get(api, $"Bearer {key.Text}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Get(api, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{key.Text}")))).StatusCode);
        Assert.Equal("key-invalid", await (await Get(api, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(key.Text)))).ProblemAsync(HttpStatusCode.Unauthorized));
        api.Keys.Revoke(key.Id);
        clock.Now = clock.Now.PlusMs(1000);
        Assert.Equal("key-invalid", await (await Get(api, $"Bearer {key.Text}")).ProblemAsync(HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task What_is_not_there_is_a_problem_too()
    {
        await using ApiHarness api = await ApiHarness.StartAsync();
        using HttpClient client = api.Client();
        Assert.Equal("route-unknown", await (await client.GetAsync("/v1/nothing")).ProblemAsync(HttpStatusCode.NotFound));
        Assert.Equal("method-not-allowed", await (await client.PostAsync("/health/live", null)).ProblemAsync(HttpStatusCode.MethodNotAllowed));
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(api.Grpc, "/health/ready")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(request)).StatusCode);
        Assert.Equal("3.1.1", (await (await client.GetAsync("/openapi/v1.json")).JsonAsync()).GetProperty("openapi").GetString());
    }

    private static async Task<HttpResponseMessage> Get(ApiHarness api, string? credentials)
    {
        using HttpClient client = api.Client();
        using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
        if (credentials is not null) request.Headers.TryAddWithoutValidation("Authorization", credentials);
        return await client.SendAsync(request);
    }
}
