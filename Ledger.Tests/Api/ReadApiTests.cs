using System.Net;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Payouts.Proofs;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Tests.ReadModels;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>Guaranteed: what is asked over HTTP is what the ledger knows; pages together are the whole list; an entity tag changes exactly with the answer; what was written can be read at once.</summary>
public sealed class ReadApiTests : IAsyncLifetime
{
    private const int Days = 3;

    private ApiHarness _api = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _api = await ApiHarness.StartAsync();
        _client = _api.Client("*:read");
        await ViewHarness.LiveAsync(_api.Session.Ledger, new RandomLife(31), Days, 250);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Theory]
    [InlineData("/v1/accounts")]
    [InlineData("/v1/accounts/p1/statements")]
    [InlineData("/v1/accounts/p5/spaces")]
    [InlineData("/v1/spaces")]
    [InlineData("/v1/spaces/s0/members")]
    [InlineData("/v1/content")]
    [InlineData("/v1/content?space=s0")]
    [InlineData("/v1/content?owner=p1")]
    [InlineData("/v1/windows")]
    [InlineData("/v1/windows/2024-10-04/statement")]
    [InlineData("/v1/windows/2024-10-05/ranks")]
    [InlineData("/v1/windows/OPEN/provisional/ranks")]
    [InlineData("/v1/ranks")]
    [InlineData("/v1/rulesets")]
    public async Task Pages_together_are_the_whole_list(string list)
    {
        list = list.Replace("OPEN", _api.Session.Ledger.State.Open.Keys.Last().ToString(), StringComparison.Ordinal);
        char more = list.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        JsonElement whole = await GetAsync($"{list}{more}limit=1000");
        Assert.False(whole.TryGetProperty("next", out JsonElement next) && next.ValueKind != JsonValueKind.Null);
        List<string> items = [];
        string? cursor = null;
        do
        {
            JsonElement page = await GetAsync($"{list}{more}limit=2{(cursor is null ? "" : "&cursor=" + cursor)}");
            items.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetRawText()));
            cursor = page.TryGetProperty("next", out JsonElement link) ? link.GetString() : null;
        }
        while (cursor is not null);
        Assert.Equal(whole.GetProperty("items").EnumerateArray().Select(i => i.GetRawText()), items);
        Assert.NotEmpty(items);
    }

    [Fact]
    public async Task Answers_are_what_the_ledger_knows()
    {
        RewardLedger ledger = _api.Session.Ledger;
        foreach ((string name, Core.Quantities.TokenAmount balance) in ledger.State.Books.Balances.List(ledger.Log.Names).Where(b => b.Name.EndsWith(":available", StringComparison.Ordinal)))
        {
            JsonElement account = await GetAsync($"/v1/accounts/{name.Split(':')[1]}");
            Assert.Equal(balance.ToString(), account.GetProperty("balance").GetProperty("available").GetString());
        }

        Day window = RandomLife.FirstDay;
        JsonElement closed = await GetAsync($"/v1/windows/{window}");
        WindowRecord record = ledger.Records[window];
        Assert.Equal("closed", closed.GetProperty("state").GetString());
        Assert.Equal(record.Closed.Pool.ToString(), closed.GetProperty("facts").GetProperty("pool").GetString());
        Assert.Equal(record.Closed.Metrics[0], closed.GetProperty("facts").GetProperty("metrics").GetProperty("activeUsers").GetUInt64());
        Assert.Equal(record.Statement.RewardRoot.ToString(), closed.GetProperty("statement").GetProperty("rewardRoot").GetString());
        Assert.True((await GetAsync("/v1/trial-balance")).GetProperty("balanced").GetBoolean());
        Assert.Equal(Core.Quantities.TokenAmount.Supply.ToString(), (await GetAsync("/v1/supply")).GetProperty("issued").GetString());

        JsonElement explained = await GetAsync($"/v1/accounts/p1/explanation?window={window}");
        string paid = explained.GetProperty("total").GetString()!;
        JsonElement lines = await GetAsync("/v1/accounts/p1/statements?limit=1000");
        Assert.Equal(paid, lines.GetProperty("items").EnumerateArray().Where(l => l.GetProperty("window").GetString() == window.ToString())
            .Aggregate(UInt128.Zero, (sum, l) => sum + UInt128.Parse(l.GetProperty("amount").GetString()!, System.Globalization.CultureInfo.InvariantCulture)).ToString(System.Globalization.CultureInfo.InvariantCulture));

        byte[] proof = await _client.GetByteArrayAsync(new Uri($"/v1/accounts/p1/proof?window={window}&statement=true", UriKind.Relative));
        Assert.True(ProofVerifier.Verify(ProofFile.Read(proof).Proof!).Ok);
        JsonElement ruleset = await GetAsync($"/v1/rulesets/for/{window}");
        Assert.Equal(record.Closed.RulesetHash.ToString(), ruleset.GetProperty("hash").GetString());
        Assert.Equal(ruleset.GetRawText(), (await GetAsync($"/v1/rulesets/{ruleset.GetProperty("hash").GetString()}")).GetRawText());
    }

    [Fact]
    public async Task An_open_window_is_told_as_if_it_were_closed_now()
    {
        RewardLedger ledger = _api.Session.Ledger;
        Day open = ledger.State.Open.Keys.Last(), closed = RandomLife.FirstDay;
        WindowClosed facts = (await ledger.ReplayAsync(open)).Close.Facts;
        JsonElement provisional = await GetAsync($"/v1/windows/{open}/provisional");
        Assert.Equal(ledger.State.Position, provisional.GetProperty("asOf").GetInt64());
        Assert.Equal(facts.Pool.ToString(), provisional.GetProperty("facts").GetProperty("pool").GetString());
        Assert.Equal(facts.SheetDigest.ToString(), provisional.GetProperty("facts").GetProperty("sheetDigest").GetString());
        JsonElement ranks = await GetAsync($"/v1/windows/{open}/provisional/ranks?limit=1000");
        Assert.Equal(Enumerable.Range(1, ranks.GetProperty("items").GetArrayLength()), ranks.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("rank").GetInt32()));

        JsonElement explained = await GetAsync($"/v1/accounts/p1/explanation?window={open}"), day = await GetAsync($"/v1/accounts/p1/day?window={open}");
        Assert.Equal(explained.GetProperty("pointsMicro").GetRawText(), day.GetProperty("pointsMicro").GetRawText());
        Assert.Equal(explained.GetProperty("events").GetArrayLength(), day.GetProperty("activity").EnumerateArray().Sum(a => a.GetProperty("events").GetInt32()));
        foreach (string path in (string[])[$"/v1/windows/{closed}/provisional", $"/v1/windows/{closed}/provisional/ranks", $"/v1/accounts/p1/day?window={closed}", "/v1/accounts/p1/day"])
            Assert.Equal("not-open", await (await _client.GetAsync(path)).ProblemAsync(HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Events_come_by_position_as_they_are_exported_and_each_can_be_asked_for_explained_and_proven()
    {
        List<string> lines = [];
        System.Buffers.ArrayBufferWriter<byte> line = new();
        using JsonEventWriter json = new(line);
        RecordedEvent? like = null;
        await foreach (RecordedEvent e in _api.Session.Log.ReadAllAsync(0))
        {
            line.ResetWrittenCount();
            json.Write(e);
            lines.Add(Encoding.UTF8.GetString(line.WrittenSpan).TrimEnd('\n'));
            if (e.Payload is Liked && e.Event.Window == RandomLife.FirstDay) like ??= e;
        }

        List<string> found = [];
        for (long from = 0; ;)
        {
            using HttpResponseMessage page = await _client.GetAsync(new Uri($"/v1/events?from={from}&limit=97", UriKind.Relative));
            string[] part = (await page.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (part.Length == 0) break;
            found.AddRange(part);
            from = long.Parse(page.Headers.GetValues("Weledger-Position").Single(), System.Globalization.CultureInfo.InvariantCulture);
        }

        Assert.Equal(lines, found);
        Assert.Equal(lines[(int)like!.Position], (await _client.GetStringAsync(new Uri($"/v1/events/{like.Event.Id}", UriKind.Relative))).TrimEnd('\n'));
        JsonElement story = await GetAsync($"/v1/events/{like.Event.Id}/explanation");
        Assert.Equal(like.Position, story.GetProperty("judged").GetProperty("position").GetInt64());
    }

    [Fact]
    public async Task An_entity_tag_changes_exactly_with_the_answer()
    {
        using HttpResponseMessage first = await _client.GetAsync(new Uri("/v1/spaces/s0", UriKind.Relative));
        using HttpRequestMessage again = new(HttpMethod.Get, "/v1/spaces/s0");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage unchanged = await _client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());

        await SubmitAsync(new AccountOpened(new AccountId("new")));
        long position = await SubmitAsync(new ProviderShareSet(new SpaceId("s0"), 1234));
        using HttpRequestMessage changed = new(HttpMethod.Get, $"/v1/spaces/s0?minPosition={position + 1}");
        changed.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage fresh = await _client.SendAsync(changed);
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
        Assert.Equal(1234, (await fresh.JsonAsync()).GetProperty("providerShareBps").GetInt32());
        Assert.NotEqual(first.Headers.ETag, fresh.Headers.ETag);
    }

    [Fact]
    public async Task What_was_written_can_be_read_at_once()
    {
        for (int i = 0; i < 20; i++)
        {
            long position = await SubmitAsync(new AccountOpened(new AccountId($"fresh{i}")));
            JsonElement account = await GetAsync($"/v1/accounts/fresh{i}?minPosition={position + 1}");
            Assert.Equal(position, account.GetProperty("openedAt").GetInt64());
        }
    }

    [Fact]
    public async Task Windows_that_are_due_close_by_themselves()
    {
        ManualClock clock = new("2026-11-22T12:00:00Z");
        await using ApiHarness api = await ApiHarness.StartAsync(clock, TimeSpan.FromMinutes(30));
        await api.Session.Ledger.Intake.SubmitAsync([new SubmittedEvent(EventId.Derive("t", "1"), clock.Now, new AccountOpened(new AccountId("a")))]);
        clock.Set("2026-11-23T00:30:00Z");
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        await foreach (RecordedEvent e in api.Session.Log.SubscribeAsync(0, patience.Token))
        {
            if (e.Payload is StatementIssued issued)
            {
                Assert.Equal("2026-11-22", issued.Window.ToString());
                clock.Now = UnixMs.From(issued.FinalFromMs);
            }

            if (e.Payload is StatementFinalized) break;
        }
    }

    [Theory]
    [InlineData("/v1/accounts/nobody", 404, "unknown-account")]
    [InlineData("/v1/accounts/nobody/explanation", 404, "unknown-account")]
    [InlineData("/v1/accounts/p1/explanation?window=2020-01-01", 404, "unknown-window")]
    [InlineData("/v1/accounts/p1/explanation?window=yesterday", 400, "day-malformed")]
    [InlineData("/v1/accounts/p1/proof?window=2020-01-01", 404, "not-closed")]
    [InlineData("/v1/accounts/p1/settlement-proof", 404, "nothing-settled")]
    [InlineData("/v1/accounts?limit=0", 400, "limit-malformed")]
    [InlineData("/v1/accounts?cursor=!", 400, "cursor-malformed")]
    [InlineData("/v1/accounts?minPosition=99999999", 400, "position-unknown")]
    [InlineData("/v1/accounts?minPosition=x", 400, "position-malformed")]
    [InlineData("/v1/accounts/p1/statements?cursor=YQ", 400, "cursor-malformed")]
    [InlineData("/v1/spaces/none", 404, "unknown-space")]
    [InlineData("/v1/content/none", 404, "unknown-content")]
    [InlineData("/v1/content?space=s0&owner=p1", 400, "filter-ambiguous")]
    [InlineData("/v1/windows/2020-01-01", 404, "unknown-window")]
    [InlineData("/v1/windows/2020-01-01/statement", 404, "not-closed")]
    [InlineData("/v1/windows/2020-01-01/ranks", 404, "not-closed")]
    [InlineData("/v1/rulesets/0x00", 400, "digest-malformed")]
    [InlineData("/v1/rulesets/0x0000000000000000000000000000000000000000000000000000000000000000", 404, "unknown-ruleset")]
    [InlineData("/v1/rulesets/for/2020-13-01", 400, "day-malformed")]
    [InlineData("/v1/events?from=99999999", 400, "position-unknown")]
    [InlineData("/v1/events?from=-1", 400, "position-malformed")]
    [InlineData("/v1/events?limit=10001", 400, "limit-malformed")]
    [InlineData("/v1/events/01234567-89ab-8cde-8f01-23456789abcd", 404, "unknown-event")]
    [InlineData("/v1/events/x", 400, "event-id-malformed")]
    public async Task What_cannot_be_answered_is_told_by_a_code(string address, int status, string code)
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri(address, UriKind.Relative));
        Assert.Equal(code, await response.ProblemAsync((HttpStatusCode)status));
    }

    private async Task<JsonElement> GetAsync(string address)
    {
        string minPosition = address.Contains("minPosition", StringComparison.Ordinal) ? "" : (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + $"minPosition={_api.Session.Log.Head}";
        using HttpResponseMessage response = await _client.GetAsync(new Uri(address + minPosition, UriKind.Relative));
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{address}: {await response.Content.ReadAsStringAsync()}");
        return await response.JsonAsync();
    }

    private async Task<long> SubmitAsync(EventPayload payload)
    {
        SubmittedEvent e = new(EventId.Derive("read-api", Guid.NewGuid().ToString()), RandomLife.FirstDay.Plus(Days).Start, payload);
        return (await _api.Session.Ledger.Intake.SubmitAsync([e]))[0].Position;
    }
}
