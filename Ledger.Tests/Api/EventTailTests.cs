using System.Net;
using System.Net.Http.Headers;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>Guaranteed: who follows the log by server-sent events, and comes back with the last id after any break, sees every event once, in order.</summary>
public sealed class EventTailTests
{
    private const int Seed = 41;
    private const int Batches = 60;
    private const int BatchSize = 25;

    [Fact]
    public async Task Broken_off_anywhere_and_resumed_it_has_no_gap_and_no_repeat()
    {
        Random random = new(Seed);
        ManualClock clock = new("2026-11-22T12:00:00Z");
        await using ApiHarness api = await ApiHarness.StartAsync(clock);
        using HttpClient client = api.Client("log:read");
        Task writing = Task.Run(async () =>
        {
            for (int batch = 0; batch < Batches; batch++)
            {
                SubmittedEvent[] events = [.. Enumerable.Range(0, BatchSize).Select(i => new SubmittedEvent(
                    EventId.Derive("tail", $"{batch}/{i}"), clock.Now, i % 3 == 0 ? new Liked(new AccountId($"p{i}"), new ContentId("v")) : new AccountOpened(new AccountId($"p{batch}-{i}"))))];
                await api.Session.Ledger.Intake.SubmitAsync(events);
                await Task.Yield();
            }
        });

        // Genesis, the ruleset and the window's opening come before them.
        const long Expected = 3 + (Batches * BatchSize);
        List<long> seen = [];
        int breaks = 0;
        while (seen.Count < Expected)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/v1/events?from=0");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            if (seen.Count > 0) request.Headers.Add("Last-Event-ID", seen[^1].ToString(System.Globalization.CultureInfo.InvariantCulture));
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
            long position = -1;
            for (int left = random.Next(1, 200); left > 0 && seen.Count < Expected;)
            {
                string? line = await reader.ReadLineAsync();
                Assert.NotNull(line);
                if (line.StartsWith("id: ", StringComparison.Ordinal)) position = long.Parse(line[4..], System.Globalization.CultureInfo.InvariantCulture);
                if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
                JsonEvent e = new JsonEventReader().Read(System.Text.Encoding.UTF8.GetBytes(line[6..]));
                Assert.Equal(position, e.Log!.Position);
                seen.Add(position);
                left--;
            }

            breaks++;
        }

        await writing;
        Assert.True(breaks > 5, $"seed {Seed}: only {breaks} breaks");
        Assert.Equal(Enumerable.Range(0, (int)Expected).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task A_server_that_stops_lets_its_followers_go()
    {
        ApiHarness api = await ApiHarness.StartAsync();
        HttpClient client = api.Client("log:read");
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/events?from=0");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        Task<string> rest = reader.ReadToEndAsync();
        await api.DisposeAsync();
        Assert.StartsWith("id: 0\n", await rest, StringComparison.Ordinal);
        client.Dispose();
    }
}
