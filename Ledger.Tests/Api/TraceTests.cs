using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>
/// What <c>weledger serve</c> tells whoever watches it: by <c>--otlp</c> a span for every request and one for the append in it, with the attributes of
/// specs/api.md; on standard error one JSON object a line. Nothing secret is in either, and nobody waits for a collector.
/// </summary>
public sealed class TraceTests
{
    private const string CallersTrace = "0af7651916cd43dd8448eb211c80319c";
    private const string CallersSpan = "b7ad6b7169203331";

    private const string TwoEvents = """
        {"id":"0197a6d2-4b7e-7c31-9d05-1f0e5a7c2b11","kind":"account-opened","v":1,"occurredAt":"2025-06-01T10:00:00.000Z","account":"ann"}
        {"id":"0197a6d2-4b7e-7c31-9d05-1f0e5a7c2b12","kind":"liked","v":1,"occurredAt":"2025-06-01T10:00:05.000Z","account":"ann","content":"secret-clip"}
        """;

    [Fact]
    public async Task A_collector_gets_a_span_for_each_request_and_one_for_the_append_in_the_callers_trace()
    {
        await using OtlpCollector collector = await OtlpCollector.StartAsync();
        using ScratchFolder folder = new("traces");
        string key = ServerProcess.NewKey(folder.Path, "app", "activity:write", "accounts:write");
        using ServerProcess server = await ServerProcess.StartAsync(folder.Path, "--otlp", collector.Address.ToString());
        using HttpClient client = new() { BaseAddress = server.Http };
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, key, "/v1/events")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, key, "/v1/events?dryRun=true")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(client, "secret-key", "/v1/events?dryRun=true&word=secret-word")).StatusCode);
        Assert.Equal(0, await server.StopAsync()); // which sends what is left

        OtlpSpan[] requests = [.. collector.Spans.Where(span => span.Kind == OtlpSpan.Server).OrderBy(span => span.Attributes["http.response.status_code"], StringComparer.Ordinal)];
        Assert.Equal(["200", "200", "401"], requests.Select(span => span.Attributes["http.response.status_code"]));
        Assert.All(requests, request =>
        {
            Assert.Equal("POST /v1/events", request.Name);
            Assert.Equal("weledger", request.Resource["service.name"]);
            Assert.Equal(("POST", "/v1/events", "/v1/events"), (request.Attributes["http.request.method"], request.Attributes["http.route"], request.Attributes["url.path"]));
            Assert.Equal(("http", server.Http.Host, $"{server.Http.Port}"), (request.Attributes["url.scheme"], request.Attributes["server.address"], request.Attributes["server.port"]));
            Assert.Equal((CallersTrace, CallersSpan), (request.TraceId, request.ParentId));
        });

        OtlpSpan[] own = [.. collector.Spans.Where(span => span.Kind == OtlpSpan.Internal).OrderBy(span => span.Name, StringComparer.Ordinal)];
        Assert.Equal(["events.append", "events.check"], own.Select(span => span.Name));
        Assert.All(own, span =>
        {
            Assert.Equal(("app", "2"), (span.Attributes["weledger.client"], span.Attributes["weledger.events"]));
            Assert.Equal(CallersTrace, span.TraceId);
            Assert.Contains(requests, request => request.SpanId == span.ParentId && request.Attributes["http.response.status_code"] == "200");
        });

        string[] lines = [.. server.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipWhile(line => line.Contains(" %  ", StringComparison.Ordinal))]; // how far the opening is, where the machine is slow
        JsonElement[] logs = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.All(logs, log => Assert.True(log.TryGetProperty("Timestamp", out _) && log.TryGetProperty("LogLevel", out _)));
        Assert.Contains(logs, log => log.GetProperty("State").TryGetProperty("Code", out JsonElement code) && code.ValueEquals("key-invalid"));

        byte[] told = [.. collector.Requests.SelectMany(request => request), .. Encoding.UTF8.GetBytes(server.Said)];
        foreach (string secret in new[] { key, key[..20], "secret-key", "secret-word", "secret-clip" })
            Assert.True(told.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"'{secret}' is told");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_collector_that_refuses_or_is_gone_holds_up_no_request(bool refuses)
    {
        await using OtlpCollector collector = await OtlpCollector.StartAsync();
        collector.GrpcStatus = 14;
        Uri address = collector.Address;
        if (!refuses) await collector.DisposeAsync();
        await using (ApiHarness api = await ApiHarness.StartAsync(otlp: address))
        {
            using HttpClient client = new() { BaseAddress = api.Http };
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, api.NewKey("activity:write", "accounts:write").Text, "/v1/events")).StatusCode);
        }

        Assert.Equal(refuses, collector.Requests.Any());
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string key, string address)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = new StringContent(TwoEvents, Encoding.UTF8, "application/x-ndjson") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Add("traceparent", $"00-{CallersTrace}-{CallersSpan}-01");
        return await client.SendAsync(request);
    }
}
