using System.Net;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Host.Api;
using Ledger.Host.Security;
using Ledger.Projections.DayWindows;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>Guaranteed: a command states exactly the event that it names, once however often it is sent, under the scope of that event and no other.</summary>
public sealed class CommandApiTests : IAsyncLifetime
{
    private ApiHarness _api = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _api = await ApiHarness.StartAsync();
        _client = _api.Client("*:write", "*:read");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    public static TheoryData<string> Commands => [.. CommandEndpoints.All.Select(c => c.Name)];

    [Fact]
    public void The_page_lists_every_command() => Assert.Equal(
        SpecTables.Read("api.md", "Commands").Select(row => (row["command"], row["event"], row["scope"])),
        CommandEndpoints.All.Select(c => ($"POST {c.Route}", EventCatalogue.Name(c.Kind), KindScopes.Of(c.Kind)!.Value.ToString())));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_states_its_event_once(string name)
    {
        CommandEndpoints.Command command = CommandEndpoints.All.Single(c => c.Name == name);
        (string address, Dictionary<string, object> body) = Sample(command);
        using HttpResponseMessage first = await SendAsync(_client, address, body, "key-1");
        Assert.True(first.StatusCode == HttpStatusCode.Created, await first.Content.ReadAsStringAsync());
        JsonElement answer = await first.JsonAsync();
        Assert.Equal("accepted", answer.GetProperty("status").GetString());

        Assert.True(EventId.TryParse(answer.GetProperty("id").GetString(), out EventId id));
        RecordedEvent recorded = (await _api.Session.Log.FindAsync(id))!;
        Assert.Equal(answer.GetProperty("position").GetInt64(), recorded.Position);
        Assert.Equal(command.Kind, recorded.Payload.Kind);
        Dictionary<string, string> fields = RecordedNumbers.Of(recorded.Payload).ToDictionary(f => f.Field, f => f.Value, StringComparer.Ordinal);
        foreach ((string field, string _) in CommandFields.Of(command.Kind)) Assert.Equal(SampleValue(command.Kind, field).ToString(), fields[field]);

        using HttpResponseMessage replayed = await SendAsync(_client, address, body, "key-1");
        Assert.Equal(HttpStatusCode.Created, replayed.StatusCode);
        Assert.Equal(answer.GetRawText(), (await replayed.JsonAsync()).GetRawText());

        // When that answer is long forgotten, the event's own id still is not.
        body["id"] = id.ToString();
        using HttpResponseMessage again = await SendAsync(_client, address, body, null);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("duplicate", (await again.JsonAsync()).GetProperty("status").GetString());
        Assert.Equal(recorded.Position, (await again.JsonAsync()).GetProperty("position").GetInt64());

        body["id"] = EventId.Derive("command-test", name).ToString();
        using HttpResponseMessage named = await SendAsync(_client, address, body, null);
        Assert.Equal(HttpStatusCode.Created, named.StatusCode);
        Assert.Equal(body["id"], (await named.JsonAsync()).GetProperty("id").GetString());

        body.Remove("id");
        using HttpResponseMessage nameless = await SendAsync(_client, address, body, null);
        Assert.Equal("id-missing", await nameless.ProblemAsync(HttpStatusCode.BadRequest));
        body["surprise"] = 1;
        using HttpResponseMessage unknown = await SendAsync(_client, address, body, "key-2");
        Assert.Equal("field-unknown", await unknown.ProblemAsync(HttpStatusCode.BadRequest));

        Scope scope = KindScopes.Of(command.Kind)!.Value;
        using HttpClient other = _api.Client([.. Scope.All.Where(s => s != scope).Select(s => s.ToString())]);
        using HttpResponseMessage refused = await SendAsync(other, address, body, "key-3");
        Assert.Equal("scope-missing", await refused.ProblemAsync(HttpStatusCode.Forbidden));
    }

    [Theory]
    [InlineData("""{"account":"a","account":"b"}""", "json-malformed")]
    [InlineData("""["account"]""", "json-malformed")]
    [InlineData("""{"account":"a"}x""", "json-malformed")]
    [InlineData("", "json-malformed")]
    [InlineData("""{"account":7}""", "wrong-type")]
    [InlineData("{}", "field-missing")]
    [InlineData("""{"account":"a","kind":"tipped"}""", "field-duplicate")]
    [InlineData("""{"account":"a","occurredAt":"now"}""", "time-malformed")]
    [InlineData("""{"account":""}""", "id-empty")]
    public async Task A_body_that_is_none_is_refused_by_its_fault(string body, string code)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/accounts") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", "k");
        using HttpResponseMessage response = await _client.SendAsync(request);
        Assert.Equal(code, await response.ProblemAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Two_clients_with_the_same_key_are_two_commands()
    {
        using HttpClient other = _api.Client("accounts:write");
        Dictionary<string, object> body = new() { ["account"] = "same" };
        using HttpResponseMessage one = await SendAsync(_client, "/v1/accounts", body, "k");
        using HttpResponseMessage two = await SendAsync(other, "/v1/accounts", body, "k");
        Assert.Equal(HttpStatusCode.Created, two.StatusCode);
        Assert.NotEqual((await one.JsonAsync()).GetProperty("id").GetString(), (await two.JsonAsync()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_ruleset_is_adopted_once_from_a_window_that_nothing_has_reached()
    {
        string document = Encoding.UTF8.GetString(RulesetDocument.Canonical(Ruleset.Default with { Popularity = new PopularityRules { HalfLifeDays = 9 } }));
        string body = $$"""{"firstWindow":"2026-12-01","document":{{document}}}""";
        using HttpResponseMessage first = await PostAsync(body);
        Assert.True(first.StatusCode == HttpStatusCode.Created, await first.Content.ReadAsStringAsync());
        long head = _api.Session.Log.Head;
        using HttpResponseMessage again = await PostAsync(body);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(head, _api.Session.Log.Head);
        using HttpResponseMessage held = await _client.GetAsync(new Uri("/v1/rulesets/for/2026-12-05", UriKind.Relative));
        Assert.Equal((await first.JsonAsync()).GetProperty("hash").GetString(), (await held.JsonAsync()).GetProperty("hash").GetString());

        await _api.Session.Ledger.Intake.OpenAsync(Core.Time.Day.TryParse("2026-11-22", out Core.Time.Day today) ? today : default);
        using HttpResponseMessage late = await PostAsync($$"""{"firstWindow":"2026-11-22","document":{{document}}}""");
        Assert.Equal("window-already-open", await late.ProblemAsync(HttpStatusCode.Conflict));
        using HttpResponseMessage bad = await PostAsync("""{"firstWindow":"2026-12-01","document":{}}""");
        Assert.Equal("ruleset-invalid", await bad.ProblemAsync(HttpStatusCode.UnprocessableEntity));

        Task<HttpResponseMessage> PostAsync(string text) =>
            _client.PostAsync(new Uri("/v1/rulesets", UriKind.Relative), new StringContent(text, Encoding.UTF8, "application/json"));
    }

    private static (string Address, Dictionary<string, object> Body) Sample(CommandEndpoints.Command command)
    {
        string address = command.Route;
        Dictionary<string, object> body = new(StringComparer.Ordinal);
        foreach ((string field, string _) in CommandFields.Of(command.Kind))
        {
            object value = SampleValue(command.Kind, field);
            if (command.Fields.Contains(field)) address = address.Replace($"{{{field}}}", Uri.EscapeDataString(value.ToString()!), StringComparison.Ordinal);
            else body[field] = value;
        }

        if (EventCatalogue.Version(command.Kind) is var newest and > 1) body["v"] = (int)newest;
        return (address, body);
    }

    private static object SampleValue(EventKind kind, string field) => field switch
    {
        "minutes" or "shareBps" or "durationSeconds" => 30,
        "amount" => "1500000000000000000",
        "cid" => new Cid(CidCodec.Raw, default).ToString(),
        "tip" => EventId.Derive("a", "tip").ToString(),
        _ => $"{field}-{(int)kind} é 라",
    };

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string address, Dictionary<string, object> body, string? key)
    {
        HttpRequestMessage request = new(HttpMethod.Post, address) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request);
    }
}
