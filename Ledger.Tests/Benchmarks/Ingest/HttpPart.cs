using System.Globalization;
using System.Text;

namespace Ledger.Benchmarks.Ingest;

/// <summary>What <c>POST /v1/events</c> takes, alone.</summary>
internal static class HttpPart
{
    private const int WarmUpRequests = 400;
    private const int Rounds = 3;

    public static Task BatchesAsync() => RunAsync("http", requests: 3_000, eventsEach: 1_000, callers: 8);

    public static Task SinglesAsync() => RunAsync("http-single", requests: 40_000, eventsEach: 1, callers: 64);

    /// <summary>60 % views, 25 % likes, the rest follows and shares, of the last hour.</summary>
    public static IEnumerable<byte[]> Bodies(Random random, int requests, int eventsEach)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        StringBuilder text = new();
        for (int i = 0; i < requests; i++)
        {
            text.Clear();
            for (int e = 0; e < eventsEach; e++)
            {
                string at = now.AddMilliseconds(-random.Next(3_600_000)).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
                (string kind, string rest) = random.Next(100) switch
                {
                    < 60 => ("viewed", string.Create(CultureInfo.InvariantCulture, $"\"content\":\"video-{Skewed(random, 200_000):D7}\",\"watchSeconds\":{random.Next(1, 600)}")),
                    < 85 => ("liked", string.Create(CultureInfo.InvariantCulture, $"\"content\":\"video-{Skewed(random, 200_000):D7}\"")),
                    < 95 => ("followed", string.Create(CultureInfo.InvariantCulture, $"\"followee\":\"user-{Skewed(random, 10_000):D6}\"")),
                    _ => ("shared", string.Create(CultureInfo.InvariantCulture, $"\"content\":\"video-{Skewed(random, 200_000):D7}\",\"platform\":1")),
                };
                text.Append(CultureInfo.InvariantCulture, $"{{\"id\":\"{Guid.NewGuid():D}\",\"kind\":\"{kind}\",\"v\":1,\"occurredAt\":\"{at}\",\"account\":\"user-{Skewed(random, 10_000):D6}\",{rest}}}\n");
            }

            yield return Encoding.UTF8.GetBytes(text.ToString());
        }
    }

    private static async Task RunAsync(string figure, int requests, int eventsEach, int callers)
    {
        using HttpLoad load = await HttpLoad.StartAsync(callers);
        Random random = new(1);
        await load.RoundAsync(Bodies(random, WarmUpRequests, eventsEach), eventsEach);
        List<HttpRound> rounds = [];
        for (int i = 0; i < Rounds; i++)
        {
            HttpRound round = await load.RoundAsync(Bodies(random, requests, eventsEach), eventsEach);
            rounds.Add(round);
            IngestBench.Print($"{callers} callers, events", round.Events, round.Elapsed);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    {requests / round.Elapsed.TotalSeconds:N0} requests/s; answered in p50 {round.Ms[requests / 2]:F1} ms, p99 {round.P99:F1} ms, max {round.Ms[^1]:F1} ms; processor per event: server {round.ServerTime.TotalMicroseconds / round.Events:F2} µs, load {round.OwnTime.TotalMicroseconds / round.Events:F2} µs"));
        }

        HttpRound middle = rounds.OrderBy(round => round.Rate).ElementAt(Rounds / 2);
        Figures.Record(figure, middle.Rate);
        Figures.Record(figure + "-p99", middle.P99);
    }

    private static int Skewed(Random random, int count)
    {
        double u = random.NextDouble();
        return (int)(count * u * u * u);
    }
}
