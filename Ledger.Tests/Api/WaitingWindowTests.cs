using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Cluster;
using Ledger.Tests.DayWindows.Cluster;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>
/// Guaranteed: while a sealed window waits for its cluster nobody waits with it. Events are taken, what the close does not decide is answered
/// as of the seal, what it decides is refused with a code that says why, and health says which window waits.
/// </summary>
public sealed class WaitingWindowTests
{
    private const string Sealed = "2026-11-21", Open = "2026-11-22", Behind = "2026-11-23";

    [Fact]
    public async Task Nobody_waits_with_a_window_that_waits_for_its_cluster()
    {
        ManualClock clock = new("2026-11-22T12:00:00Z");
        await using ApiHarness api = await ApiHarness.StartAsync(clock, closeGrace: TimeSpan.Zero, cluster: true);
        using HttpClient client = api.Client("activity:write", "accounts:write", "accounts:read", "windows:read", "rulesets:write", "rulesets:read", "log:read");
        Assert.Equal(JsonValueKind.Null, (await WaitingAsync(client)).ValueKind);
        await SubmitAsync(client, Opened("ann", Open), Liked("ann", Open), Liked("bob", Sealed));
        await Until.HoldsAsync("health says that the window waits", async () => (await WaitingAsync(client)).ValueKind != JsonValueKind.Null);
        JsonElement waiting = await WaitingAsync(client);
        Assert.Equal((Sealed, 0, ClusterFold.PartCount), (waiting.GetProperty("window").GetString(), waiting.GetProperty("partsHeld").GetInt32(), waiting.GetProperty("partCount").GetInt32()));

        // Events are taken, also those that open a window behind the seal.
        long seal = api.Session.Ledger.State.Pending!.Value.SealedAt;
        clock.Set("2026-11-22T23:59:30Z");
        (string late, long position) = await SubmitAsync(client, Opened("eve", Behind), Liked("eve", Behind), Liked("ann", Open));
        Assert.True(position > seal);

        // What the close does not decide is told as of the seal.
        Assert.Equal((Open, "open"), await StateAsync(client, Open));
        Assert.Equal((Sealed, "sealed"), await StateAsync(client, Sealed));
        foreach ((string account, int likes) in new[] { ("ann", 1), ("eve", 0) })
        {
            JsonElement day = await GetAsync(client, $"/v1/accounts/{account}/day?window={Open}");
            Assert.Equal(seal + 1, day.GetProperty("asOf").GetInt64());
            Assert.Equal(likes, day.GetProperty("activity").EnumerateArray().Sum(a => a.GetProperty("events").GetInt32()));
        }

        Assert.Equal(seal, (await GetAsync(client, $"/v1/windows/{Open}/provisional")).GetProperty("asOf").GetInt64());
        await GetAsync(client, $"/v1/windows/{Open}/provisional/ranks");
        Assert.Equal("not-open", await (await client.GetAsync($"/v1/accounts/ann/day?window={Sealed}")).ProblemAsync(HttpStatusCode.NotFound));
        Assert.Equal("not-closed", await (await client.GetAsync($"/v1/accounts/ann/proof?window={Sealed}")).ProblemAsync(HttpStatusCode.NotFound));

        // What it decides is refused, and says why.
        string[] decided =
        [
            $"/v1/accounts/eve?minPosition={position + 1}", $"/v1/accounts/eve/day?window={Behind}", $"/v1/accounts/bob/explanation?window={Sealed}", $"/v1/accounts/ann/explanation?window={Open}",
            $"/v1/windows/{Sealed}/provisional", $"/v1/windows/{Behind}/provisional", $"/v1/events/{late}/explanation",
        ];
        foreach (string path in decided)
        {
            HttpResponseMessage refused = await client.GetAsync(path);
            Assert.Equal("window-waits-for-cluster", await refused.ProblemAsync(HttpStatusCode.ServiceUnavailable));
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Contains($"window {Sealed} is sealed and waits for the cluster that folds it, 0 of 16 parts are there", (await refused.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        // Adopting twice says nothing twice, although the views do not know of the first time.
        object ruleset = new { firstWindow = "2027-01-01", document = (await GetAsync(client, $"/v1/rulesets/for/{Open}")).GetProperty("document") };
        (await client.PostAsJsonAsync("/v1/rulesets", ruleset)).EnsureSuccessStatusCode();
        long head = api.Session.Log.Head;
        (await client.PostAsJsonAsync("/v1/rulesets", ruleset)).EnsureSuccessStatusCode();
        Assert.Equal(head, api.Session.Log.Head);

        await using SqliteSheets sheets = SqliteSheets.Open(api.Data);
        FoldedPart[] parts = await MemberParts.FoldAsync(
            new WindowFold(api.Session.Actors, api.Session.Log, new FoldOptions()), api.Session.Ledger.State.ContextOfPending(), await sheets.BeginTermAsync());
        await sheets.PutAsync(parts[..5]);
        await Until.HoldsAsync("health counts the parts", async () => (await WaitingAsync(client)).GetProperty("partsHeld").GetInt32() == 5);
        await sheets.PutAsync(parts[5..]);
        await Until.HoldsAsync("nothing waits", async () => (await WaitingAsync(client)).ValueKind == JsonValueKind.Null);

        clock.Set("2026-11-22T23:59:50Z");
        Assert.Equal((Sealed, "closed"), await StateAsync(client, Sealed));
        foreach (string path in decided.Where(path => path != $"/v1/windows/{Sealed}/provisional")) await GetAsync(client, path);
        Assert.True((await GetAsync(client, $"/v1/windows/{Open}/provisional")).GetProperty("asOf").GetInt64() > position);
        JsonElement evening = await GetAsync(client, $"/v1/accounts/ann/day?window={Open}");
        Assert.Equal(2, evening.GetProperty("activity").EnumerateArray().Sum(a => a.GetProperty("events").GetInt32()));
    }

    private static object Opened(string account, string day) => new { id = Guid.NewGuid(), kind = "account-opened", v = 1, occurredAt = $"{day}T00:00:00.000Z", account };

    private static object Liked(string account, string day) => new { id = Guid.NewGuid(), kind = "liked", v = 1, occurredAt = $"{day}T00:00:00.000Z", account, content = "clip" };

    /// <summary>Has events taken, and gives the id and the position of the last.</summary>
    private static async Task<(string Id, long Position)> SubmitAsync(HttpClient client, params object[] events)
    {
        HttpResponseMessage answer = await client.PostAsJsonAsync("/v1/events", events);
        JsonElement verdicts = await answer.EnsureSuccessStatusCode().JsonAsync();
        Assert.Equal(events.Length, verdicts.GetProperty("accepted").GetInt32());
        JsonElement last = JsonSerializer.SerializeToElement(events[^1]);
        return (last.GetProperty("id").GetString()!, verdicts.GetProperty("items")[events.Length - 1].GetProperty("position").GetInt64());
    }

    private static async Task<JsonElement> WaitingAsync(HttpClient client)
    {
        JsonElement health = await GetAsync(client, "/health/ready");
        Assert.Equal("ready", health.GetProperty("status").GetString());
        return health.GetProperty("waitsForCluster");
    }

    private static async Task<(string?, string?)> StateAsync(HttpClient client, string window)
    {
        JsonElement answer = await GetAsync(client, $"/v1/windows/{window}");
        return (answer.GetProperty("window").GetString(), answer.GetProperty("state").GetString());
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string path) => await (await client.GetAsync(path)).EnsureSuccessStatusCode().JsonAsync();
}
