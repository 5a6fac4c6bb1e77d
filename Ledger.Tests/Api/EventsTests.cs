using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Host.Api;
using Ledger.Projections.EventLog.Embedded;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary><c>POST /v1/events</c> answers with one verdict for every item, in order, when what was taken is durable; and takes nothing when it says so.</summary>
public sealed class EventsTests : IAsyncLifetime
{
    private ApiHarness _api = null!;
    private HttpClient _app = null!;

    public async Task InitializeAsync()
    {
        _api = await ApiHarness.StartAsync();
        _app = _api.Client("activity:write", "accounts:write");
    }

    public async Task DisposeAsync()
    {
        _app.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task One_event_an_array_and_lines_get_a_verdict_for_every_item_in_order()
    {
        JsonElement one = await Ok(await Post(Like(1)));
        Assert.Equal(["accepted"], Statuses(one));
        JsonElement array = await Ok(await Post($"[{Like(2)},{Like(1)},5,{Like(3, "kind-of-like")}]"));
        Assert.Equal(["accepted", "duplicate", "refused", "refused"], Statuses(array));
        Assert.Equal(["json-not-object", "unknown-kind"], array.GetProperty("items").EnumerateArray().Skip(2).Select(i => i.GetProperty("code").GetString()));
        Assert.Equal(one.GetProperty("items")[0].GetProperty("position").GetInt64(), array.GetProperty("items")[1].GetProperty("position").GetInt64());
        JsonElement lines = await Ok(await Post($"{Like(4)}\r\n\n{{\n{Like(2)}", "application/x-ndjson"));
        Assert.Equal(["accepted", "refused", "duplicate"], Statuses(lines));
        Assert.Equal((1, 1, 1, 0), (Number(lines, "accepted"), Number(lines, "refused"), Number(lines, "duplicates"), Number(lines, "carriedForward")));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task A_body_may_be_compressed(string encoding)
    {
        string body = string.Join('\n', Enumerable.Range(1, 500).Select(i => Like(i)));
        JsonElement verdicts = await Ok(await Send(Encode(body, encoding), "application/x-ndjson", encoding));
        Assert.Equal(500, Number(verdicts, "accepted"));
    }

    [Fact]
    public async Task What_was_answered_is_in_the_log_at_the_position_that_was_told()
    {
        JsonElement verdicts = await Ok(await Post(string.Join('\n', Enumerable.Range(1, 50).Select(i => Like(i))), "application/x-ndjson"));
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenReadOnlyAsync(_api.Data);
        int i = 0;
        foreach (JsonElement item in verdicts.GetProperty("items").EnumerateArray())
        {
            RecordedEvent e = (await log.FindAsync(new((UInt128)(++i))))!;
            Assert.Equal(item.GetProperty("position").GetInt64(), e.Position);
        }
    }

    [Fact]
    public async Task A_late_event_is_told_to_be_carried_forward()
    {
        await Ok(await Post(Like(1)));
        await _api.Session.Ledger.Intake.SealAsync(Day.FromNumber(20_779));
        JsonElement late = await Ok(await Post(Like(2)));
        Assert.Equal(["carried-forward"], Statuses(late));
    }

    [Fact]
    public async Task A_kind_that_the_key_does_not_state_is_refused_and_the_others_go_on()
    {
        string fund = """{"id":"00000000-0000-8000-8000-000000000009","kind":"pool-topped-up","v":1,"occurredAt":"2026-11-22T11:00:00Z","allocation":"reserve","amount":"1"}""";
        string own = """{"id":"00000000-0000-8000-8000-000000000008","kind":"window-sealed","v":1,"occurredAt":"2026-11-22T11:00:00Z","window":"2026-11-22"}""";
        JsonElement verdicts = await Ok(await Post($"{fund}\n{own}\n{Like(1)}", "application/x-ndjson"));
        Assert.Equal(["refused", "refused", "accepted"], Statuses(verdicts));
        Assert.Equal("scope-missing", verdicts.GetProperty("items")[0].GetProperty("code").GetString());
        Assert.Equal("kind-not-accepted", verdicts.GetProperty("items")[1].GetProperty("code").GetString());
        using HttpClient treasury = _api.Client("funding:write");
        Assert.Equal(["accepted"], Statuses(await Ok(await treasury.PostAsync("/v1/events", new StringContent(fund, Encoding.UTF8, "application/json")))));
        using HttpClient auditor = _api.Client("*:read");
        Assert.Equal("scope-missing", await (await auditor.PostAsync("/v1/events", new StringContent(fund, Encoding.UTF8, "application/json"))).ProblemAsync(HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task A_dry_run_judges_and_takes_nothing()
    {
        long head = _api.Session.Log.Head;
        string future = Like(2).Replace("2026-11-22T11", "2026-11-23T11", StringComparison.Ordinal);
        JsonElement verdicts = await Ok(await Post($"[{Like(1)},{future}]", path: "/v1/events?dryRun=true"));
        Assert.True(verdicts.GetProperty("dryRun").GetBoolean());
        Assert.Equal(["accepted", "refused"], Statuses(verdicts));
        Assert.False(verdicts.GetProperty("items")[0].TryGetProperty("position", out _));
        Assert.Equal(head, _api.Session.Log.Head);
        Assert.Equal("request-malformed", await (await Post(Like(1), path: "/v1/events?dryRun=perhaps")).ProblemAsync(HttpStatusCode.BadRequest));
    }

    [Theory]
    [InlineData("json-malformed", "")]
    [InlineData("json-malformed", "[")]
    [InlineData("json-malformed", "[{},]")]
    [InlineData("json-malformed", "{} {}")]
    [InlineData("json-malformed", "[[[[[[[[[[]]]]]]]]]]")]
    [InlineData("json-malformed", "\ufeff[]")]
    [InlineData("batch-empty", "[]")]
    [InlineData("batch-empty", "\n \n", "application/x-ndjson")]
    public async Task A_body_whose_items_cannot_be_told_apart_is_refused_whole(string code, string body, string type = "application/json")
    {
        long head = _api.Session.Log.Head;
        Assert.Equal(code, await (await Post(body, type)).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal(head, _api.Session.Log.Head);
    }

    [Theory]
    [InlineData("media-type-unsupported", "text/plain", null)]
    [InlineData("media-type-unsupported", "application/json; charset=utf-16", null)]
    [InlineData("encoding-unsupported", "application/json", "deflate")]
    [InlineData("encoding-unsupported", "application/json", "gzip, gzip")]
    public async Task A_type_or_encoding_that_is_not_spoken_is_415(string code, string type, string? encoding) =>
        Assert.Equal(code, await (await Send(Encoding.UTF8.GetBytes(Like(1)), type, encoding)).ProblemAsync(HttpStatusCode.UnsupportedMediaType));

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_body_cut_short_or_changed_takes_nothing(string encoding)
    {
        long head = _api.Session.Log.Head;
        byte[] whole = Encode(string.Join('\n', Enumerable.Range(1, 200).Select(i => Like(i))), encoding);
        foreach (int size in new[] { 1, 9, whole.Length / 2, whole.Length - 9, whole.Length - 1 })
            Assert.Equal("encoding-malformed", await (await Send(whole[..size], "application/x-ndjson", encoding)).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("encoding-malformed", await (await Send([.. whole, 0], "application/x-ndjson", encoding)).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal("encoding-malformed", await (await Send("{}"u8.ToArray(), "application/json", encoding)).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Equal(head, _api.Session.Log.Head);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_bomb_is_413_and_costs_no_more_memory_than_the_cap(string encoding)
    {
        byte[] bomb = Encode(new string(' ', 64 << 20), encoding);
        Assert.True(bomb.Length < 1 << 20, "a bomb is small");
        Assert.Equal("body-too-large", await (await Send(bomb, "application/json", encoding)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
        Assert.Equal(0, _api.Budget.TakenBytes);
    }

    [Fact]
    public async Task Too_much_of_anything_is_413()
    {
        using HttpRequestMessage announced = new(HttpMethod.Post, "/v1/events") { Content = new ByteArrayContent(new byte[(8 << 20) + 1]) };
        announced.Headers.ExpectContinue = true;
        announced.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Assert.Equal("body-too-large", await (await _app.SendAsync(announced)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
        using HttpRequestMessage chunked = new(HttpMethod.Post, "/v1/events") { Content = new StreamContent(new MemoryStream(new byte[(8 << 20) + 1])) };
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Assert.Equal("body-too-large", await (await _app.SendAsync(chunked)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
        string many = string.Join('\n', Enumerable.Range(1, ApiLimits.BatchItemsMax + 1).Select(i => Like(i)));
        long head = _api.Session.Log.Head;
        Assert.Equal("batch-too-large", await (await Post(many, "application/x-ndjson")).ProblemAsync(HttpStatusCode.RequestEntityTooLarge));
        Assert.Equal(head, _api.Session.Log.Head);
    }

    [Fact]
    public async Task A_full_queue_is_503_with_a_time_to_come_back_and_nothing_taken()
    {
        _api.Budget.Take((int)ApiLimits.BodiesBytesMax);
        HttpResponseMessage full = await Post(Like(1));
        Assert.Equal(TimeSpan.FromSeconds(1), full.Headers.RetryAfter!.Delta);
        Assert.Equal("busy", await full.ProblemAsync(HttpStatusCode.ServiceUnavailable));
        _api.Budget.Return((int)ApiLimits.BodiesBytesMax);
        Assert.Equal(["accepted"], Statuses(await Ok(await Post(Like(1)))));
        Assert.Equal(0, _api.Budget.TakenBytes);
    }

    [Fact]
    public async Task More_than_a_client_may_send_is_429_with_a_time_to_come_back()
    {
        Host.Security.ApiKey key = _api.Keys.Add(Host.Security.ApiClient.Create("slow", Host.Security.ScopeSet.Parse(["activity:write"]), requestsPerSecond: 1, eventsPerSecond: 1));
        using HttpClient slow = _api.Client();
        slow.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Text);
        Assert.Equal(HttpStatusCode.OK, (await slow.PostAsync("/v1/events", new StringContent(Like(1), Encoding.UTF8, "application/json"))).StatusCode);
        HttpResponseMessage more = await slow.PostAsync("/v1/events", new StringContent(Like(2), Encoding.UTF8, "application/json"));
        Assert.Equal(TimeSpan.FromSeconds(1), more.Headers.RetryAfter!.Delta);
        Assert.Equal("rate-limited", await more.ProblemAsync(HttpStatusCode.TooManyRequests));
    }

    private static string Like(int number, string kind = "liked") => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"id":"00000000-0000-0000-0000-{{number:x12}}","kind":"{{kind}}","v":1,"occurredAt":"2026-11-22T11:00:00.000Z","account":"ann-{{number}}","content":"clip"}""");

    private static byte[] Encode(string body, string encoding)
    {
        using MemoryStream encoded = new();
        using (Stream encoder = encoding switch
        {
            "gzip" => new GZipStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
            _ => encoded,
        })
        {
            encoder.Write(Encoding.UTF8.GetBytes(body));
        }

        return encoded.ToArray();
    }

    private static IEnumerable<string?> Statuses(JsonElement verdicts) => verdicts.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("status").GetString());

    private static int Number(JsonElement verdicts, string name) => verdicts.GetProperty(name).GetInt32();

    private static async Task<JsonElement> Ok(HttpResponseMessage response)
    {
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }

    private Task<HttpResponseMessage> Post(string body, string type = "application/json", string path = "/v1/events") => Send(Encoding.UTF8.GetBytes(body), type, null, path);

    private async Task<HttpResponseMessage> Send(byte[] body, string type, string? encoding, string path = "/v1/events")
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null) request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return await _app.SendAsync(request);
    }
}
