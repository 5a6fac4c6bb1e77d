using System.Net;
using System.Text;
using Ledger.Host.Api.Retries;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>A request with an <c>Idempotency-Key</c> is done once: the same request again, also after a restart, gets the same answer, and another one under the same key none.</summary>
public sealed class IdempotencyTests
{
    private const string Body = """{"id":"00000000-0000-0000-0000-000000000001","kind":"liked","v":1,"occurredAt":"2026-11-22T11:00:00.000Z","account":"ann","content":"clip"}""";

    private readonly ManualClock _clock = new("2026-11-22T12:00:00Z");

    [Fact]
    public async Task The_same_request_gets_the_same_answer_byte_for_byte()
    {
        await using ApiHarness api = await ApiHarness.StartAsync(_clock);
        using HttpClient app = api.Client("activity:write");
        using HttpClient other = api.Client("activity:write");
        HttpResponseMessage first = await Post(app, "k1", Body);
        HttpResponseMessage again = await Post(app, "k1", Body);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Contains("\"accepted\"", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(["true"], again.Headers.GetValues("Idempotency-Replayed"));
        Assert.Equal("idempotency-key-reused", await (await Post(app, "k1", Body + " ")).ProblemAsync(HttpStatusCode.UnprocessableEntity));
        Assert.Contains("\"duplicate\"", await (await Post(other, "k1", Body)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("idempotency-key-malformed", await (await Post(app, new string('k', 129), Body)).ProblemAsync(HttpStatusCode.BadRequest));
        _clock.Now = _clock.Now.PlusMs((long)RequestMemory.KeptFor.TotalMilliseconds);
        Assert.Contains("\"duplicate\"", await (await Post(app, "k1", Body)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_done_is_not_remembered()
    {
        await using ApiHarness api = await ApiHarness.StartAsync(_clock);
        using HttpClient app = api.Client("activity:write");
        Assert.Equal("json-malformed", await (await Post(app, "k1", "{")).ProblemAsync(HttpStatusCode.BadRequest));
        Assert.Contains("\"accepted\"", await (await Post(app, "k1", Body)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_with_one_key_are_one_request()
    {
        await using ApiHarness api = await ApiHarness.StartAsync(_clock);
        using HttpClient app = api.Client("activity:write");
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Post(app, "k1", Body)));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK && !a.Headers.Contains("Idempotency-Replayed"));
        foreach (HttpResponseMessage answer in answers.Where(a => a.StatusCode != HttpStatusCode.OK)) Assert.Equal("idempotency-key-under-way", await answer.ProblemAsync(HttpStatusCode.Conflict));
    }

    [Fact]
    public void An_answer_survives_a_restart()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weledger-requests-");
        GivenAnswer given = new([1, 2, 3], 200, "application/json", Encoding.UTF8.GetBytes(new string('x', 100_000)));
        using (RequestMemory memory = RequestMemory.Open(folder.FullName, _clock)) memory.Keep("app", "k1", given);
        using (RequestMemory memory = RequestMemory.Open(folder.FullName, _clock))
        {
            Assert.Equivalent(given, memory.Find("app", "k1"), strict: true);
            Assert.Null(memory.Find("app2", "k1"));
        }

        folder.Delete(recursive: true);
    }

    private static async Task<HttpResponseMessage> Post(HttpClient client, string key, string body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/events") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(IdempotencyGate.Header, key);
        return await client.SendAsync(request);
    }
}
