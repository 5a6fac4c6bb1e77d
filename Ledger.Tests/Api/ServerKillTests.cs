using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Api;

/// <summary>64 callers send the same ten thousand events to a serving process that is killed under them: every event stands once, at the position that was told.</summary>
public sealed class ServerKillTests
{
    private const int Callers = 64;
    private const int Ids = 10_000;
    private const int BatchEvents = 500;

    [Fact]
    public async Task A_killed_server_loses_no_acknowledged_event_and_doubles_none()
    {
        int kills = 3 * Soak.Factor;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weledger-kill-");
        string key = ServerProcess.NewKey(folder.FullName, "load", "activity:write");
        ConcurrentDictionary<int, long> positions = [];
        using SemaphoreSlim answers = new(0);
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(4 * Soak.Factor));
        int broken = 0;
        ServerProcess server = await ServerProcess.StartAsync(folder.FullName);
        Uri address = server.Http;
        using HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = Callers });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            int[] ids = [.. Enumerable.Range(1, Ids)];
            new Random(caller).Shuffle(ids);
            foreach (int[] batch in ids.Chunk(BatchEvents))
            {
                while (!await TrySendAsync(batch))
                {
                    patience.Token.ThrowIfCancellationRequested();
                    Interlocked.Increment(ref broken);
                    await Task.Delay(20); // the pause of a client that tries again
                }

                answers.Release();
            }
        }))];
        Task allDone = Task.WhenAll(callers);

        try
        {
            for (int kill = 1; kill <= kills; kill++)
            {
                // A kill after so many answers more: the first ones meet new events, the later ones mostly repeats.
                for (int i = 0; i < (kill == 1 ? 10 : Callers * (Ids / BatchEvents) / (kills + 1)); i++)
                {
                    Task answer = answers.WaitAsync();
                    await await Task.WhenAny(answer, allDone); // callers that failed end the test instead of leaving it waiting
                }

                server.Kill();
                server.Dispose();
                server = await ServerProcess.StartAsync(folder.FullName);
                Volatile.Write(ref address, server.Http);
            }

            await allDone;
        }
        finally
        {
            server.Dispose();
        }

        Assert.True(broken >= kills, "no kill met a request: nothing was tried");

        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(folder.FullName);
        Dictionary<EventId, long> found = [];
        await foreach (RecordedEvent e in log.ReadAllAsync(0))
        {
            if (e.Payload is Liked) Assert.True(found.TryAdd(e.Event.Id, e.Position), $"{e.Event.Id} stands twice");
        }

        Assert.Equal(Ids, found.Count);
        Assert.All(positions, told => Assert.Equal(told.Value, found[new EventId((UInt128)told.Key)]));
        await log.VerifyAsync();
        folder.Delete(recursive: true);

        async Task<bool> TrySendAsync(int[] batch)
        {
            using StringContent content = new(string.Concat(batch.Select(Line)), Encoding.UTF8, "application/x-ndjson");
            try
            {
                using HttpResponseMessage response = await http.PostAsync(new Uri(Volatile.Read(ref address), "/v1/events"), content, patience.Token);
                string answer = await response.Content.ReadAsStringAsync();
                Assert.True(response.StatusCode == HttpStatusCode.OK, answer);
                using JsonDocument document = JsonDocument.Parse(answer);
                int i = 0;
                foreach (JsonElement item in document.RootElement.GetProperty("items").EnumerateArray())
                {
                    long position = item.GetProperty("position").GetInt64();
                    Assert.Equal(position, positions.GetOrAdd(batch[i++], position));
                }

                Assert.Equal(batch.Length, i);
                return true;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
                return false;
            }
        }
    }

    private static string Line(int id) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"id":"00000000-0000-0000-0000-{{id:x12}}","kind":"liked","v":1,"occurredAt":"2025-06-01T11:00:00.000Z","account":"ann-{{id % 97}}","content":"clip-{{id}}"}""") + "\n";
}
