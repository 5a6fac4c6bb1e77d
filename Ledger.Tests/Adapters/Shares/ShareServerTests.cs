using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Host.Adapters;
using Ledger.Host.Adapters.Shares;
using Ledger.Tests.Api;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Shares;

/// <summary>Guaranteed over HTTP: links are made with a key, followed without one, lead to the app alone, and a visit is in the log before the visitor is sent on.</summary>
public sealed class ShareServerTests
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0.0.0";
    private const string Settings = """{"shares":{"link":"http://127.0.0.1","target":"https://app.example.org/v/{content}?from={platform}"}}""";

    [Fact]
    public async Task A_visitor_is_sent_on_and_is_a_visit_once()
    {
        await using ApiHarness api = await StartAsync();
        using HttpClient app = api.Client("activity:write"), visitor = Visitor(api);
        string path = await LinkAsync(app, "ann", "clip/é", "kakao");
        for (int i = 0; i < 3; i++)
        {
            HttpResponseMessage sent = await visitor.GetAsync(path);
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
            Assert.Equal("https://app.example.org/v/clip%2F%C3%A9?from=kakao", sent.Headers.Location!.OriginalString);
            Assert.Contains("no-store", sent.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            string cookie = Assert.Single(sent.Headers.GetValues("Set-Cookie"));
            Assert.StartsWith(ShareVisits.VisitCookie + "=", cookie, StringComparison.Ordinal);
            Assert.Contains("max-age=43200", cookie, StringComparison.Ordinal); // from noon to the end of the day
            Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Redirect, (await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Head, path))).StatusCode);
        RecordedEvent e = Assert.Single(await VisitsAsync(api));
        ShareVisited visit = Assert.IsType<ShareVisited>(e.Payload);
        Assert.Equal(("ann", "clip/é"), (visit.Account.Value, visit.Content.Value));
        using HttpClient metrics = api.Client("metrics:read");
        string text = await metrics.GetStringAsync("/metrics");
        Assert.Matches("weledger_shares_requests[^{]*\\{[^}]*outcome=\"visit\",platform=\"kakao\"[^}]*\\} 1", text);
        Assert.Matches("weledger_shares_requests[^{]*\\{[^}]*outcome=\"again\",platform=\"kakao\"[^}]*\\} 2", text);
        Assert.Matches("weledger_shares_requests[^{]*\\{[^}]*outcome=\"program\",platform=\"kakao\"[^}]*\\} 1", text);
    }

    [Fact]
    public async Task The_app_vouches_for_its_users_and_the_sharer_earns_nothing_by_coming()
    {
        await using ApiHarness api = await StartAsync();
        using HttpClient app = api.Client("activity:write"), visitor = Visitor(api);
        string path = await LinkAsync(app, "ann", "clip", "x");
        JsonElement ann = await (await PostAsync(app, "/v1/shares/visitors", """{"account":"ann"}""")).EnsureSuccessStatusCode().JsonAsync();
        JsonElement bob = await (await PostAsync(app, "/v1/shares/visitors", """{"account":"bob","seconds":60}""")).EnsureSuccessStatusCode().JsonAsync();
        foreach (JsonElement who in (JsonElement[])[ann, bob, bob])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.Add("Cookie", $"{who.GetProperty("cookie").GetString()}={who.GetProperty("value").GetString()}");
            Assert.Equal(HttpStatusCode.Redirect, (await visitor.SendAsync(request)).StatusCode);
        }

        Assert.Equal("bob", ((ShareVisited)Assert.Single(await VisitsAsync(api)).Payload).Visitor.Value);
    }

    [Fact]
    public async Task Links_are_made_with_a_key_and_nothing_else_is_one()
    {
        await using ApiHarness api = await StartAsync();
        using HttpClient app = api.Client("activity:write"), reader = api.Client("log:read"), visitor = Visitor(api);
        const string Link = """{"account":"ann","content":"clip","platform":"line"}""";
        Assert.Equal("key-missing", await (await PostAsync(visitor, "/v1/shares", Link)).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("scope-missing", await (await PostAsync(reader, "/v1/shares", Link)).ProblemAsync(HttpStatusCode.Forbidden));
        Assert.Equal("key-missing", await (await PostAsync(visitor, "/v1/shares/visitors", """{"account":"ann"}""")).ProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("platform-unknown", await (await PostAsync(app, "/v1/shares", Link.Replace("line", "tv", StringComparison.Ordinal))).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("id-empty", await (await PostAsync(app, "/v1/shares", Link.Replace("clip", "", StringComparison.Ordinal))).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("json-malformed", await (await PostAsync(app, "/v1/shares", """{"account":"ann"}""")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("out-of-range", await (await PostAsync(app, "/v1/shares/visitors", """{"account":"ann","seconds":86401}""")).ProblemAsync(HttpStatusCode.BadRequest));
        string path = await LinkAsync(app, "ann", "clip", "line");
        foreach (string wrong in (string[])["/s/x", path[..^1], path + "A", "/s/" + new string('A', 3_000)])
            Assert.Equal("unknown-link", await (await visitor.GetAsync(wrong)).ProblemAsync(HttpStatusCode.NotFound));
        Assert.Empty(await VisitsAsync(api));
    }

    [Fact]
    public async Task Whatever_is_asked_for_no_request_fails()
    {
        await using ApiHarness api = await StartAsync();
        using HttpClient app = api.Client("activity:write");
        string path = await LinkAsync(app, "ann", "clip", "line");
        int seed = Random.Shared.Next(1_000_000);
        ConcurrentDictionary<int, int> statuses = [];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            Random random = new(seed + caller);
            using HttpClient visitor = Visitor(api);
            for (int i = 0; i < 250 * Soak.Factor; i++)
            {
                using HttpRequestMessage request = new(random.Next(8) == 0 ? HttpMethod.Head : HttpMethod.Get, random.Next(3) == 0 ? "/s/" + Noise(random, 40) : path);
                foreach (string name in (string[])["User-Agent", "Cookie", "X-Forwarded-For", "Sec-Purpose", "Sec-Fetch-Dest"])
                {
                    if (random.Next(3) == 0) request.Headers.TryAddWithoutValidation(name, random.Next(2) == 0 ? $"{ShareVisits.VisitCookie}={Noise(random, 60)}; {ShareVisits.AccountCookie}={Noise(random, 60)}" : Noise(random, 100));
                }

                HttpResponseMessage answer = await visitor.SendAsync(request);
                statuses.AddOrUpdate((int)answer.StatusCode, 1, (_, n) => n + 1);
                Assert.True((int)answer.StatusCode is 302 or 404 or 400, $"seed {seed}, caller {caller}, request {i}: {answer.StatusCode}");
            }
        })));
        Assert.True(statuses.Count >= 2, $"seed {seed}");
        Assert.InRange((await VisitsAsync(api)).Count, 1, Visitors.PerAddress);
    }

    private static string Noise(Random random, int length) => new([.. Enumerable.Range(0, random.Next(1, length)).Select(_ => "ABCabc012-_=.:;,%~ "[random.Next(19)])]);

    private static Task<ApiHarness> StartAsync() => ApiHarness.StartAsync(adapters: AdaptersFile.Parse(Encoding.UTF8.GetBytes(Settings), Path.GetTempPath(), AdapterKinds.All));

    private static HttpClient Visitor(ApiHarness api)
    {
        HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = api.Http };
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Browser);
        return client;
    }

    private static async Task<string> LinkAsync(HttpClient app, string account, string content, string platform)
    {
        HttpResponseMessage answer = await PostAsync(app, "/v1/shares", JsonSerializer.Serialize(new { account, content, platform }));
        JsonElement link = await answer.EnsureSuccessStatusCode().JsonAsync();
        Assert.Equal($"http://127.0.0.1/s/{link.GetProperty("code").GetString()}", link.GetProperty("url").GetString());
        return $"/s/{link.GetProperty("code").GetString()}";
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string body) => client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<List<RecordedEvent>> VisitsAsync(ApiHarness api)
    {
        List<RecordedEvent> visits = [];
        await foreach (RecordedEvent e in api.Session.Log.ReadAllAsync(0))
        {
            if (e.Payload is ShareVisited) visits.Add(e);
        }

        return visits;
    }
}
