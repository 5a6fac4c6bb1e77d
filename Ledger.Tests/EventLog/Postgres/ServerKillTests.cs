using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Postgres;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog.Postgres;

/// <summary>A server that is killed at any moment and started again has every acknowledged event once; writer, reader and subscriber go on by themselves.</summary>
public sealed class ServerKillTests
{
    [PartFact("postgres")]
    public async Task Every_acknowledged_event_survives_kills_of_the_server()
    {
        int kills = 4 * Soak.Factor;
        await using PrivatePostgres server = await PrivatePostgres.StartAsync();
        string address = server.Address("killed");
        List<(EventId Id, long Position)> acknowledged = [];
        int lost = 0;
        await using (PostgresEventLog log = await PostgresEventLog.OpenAsync(address, new PostgresOptions { AwayMax = TimeSpan.FromMinutes(2) }))
        await using (PostgresEventLog follower = await PostgresEventLog.FollowAsync(address, new PostgresOptions { AwayMax = TimeSpan.FromMinutes(2) }))
        {
            using CancellationTokenSource stop = new();
            Task writer = Task.Run(async () =>
            {
                SampleEvents sample = new(31);
                while (!stop.IsCancellationRequested)
                {
                    NewEvent[] batch = sample.Take(40);
                    IReadOnlyList<AppendOutcome> outcomes = await log.AppendAsync(batch);
                    lock (acknowledged) acknowledged.AddRange(batch.Select((e, i) => (e.Id, outcomes[i].Position)));
                }
            });
            NewEvent last = new SampleEvents(32).Next();
            List<long> seen = [];
            Task subscriber = Task.Run(async () =>
            {
                await foreach (RecordedEvent e in follower.SubscribeAsync(0))
                {
                    seen.Add(e.Position);
                    if (e.Event.Id == last.Id) return;
                }
            });
            for (int kill = 0; kill < kills; kill++)
            {
                long before = log.Head;
                while (log.Head < before + 200 && !writer.IsCompleted) await Task.Delay(5);
                server.Kill();
                lost++;
                await server.RestartAsync();
            }

            long recovered = log.Head;
            while (log.Head < recovered + 200 && !writer.IsCompleted) await Task.Delay(5);
            await stop.CancelAsync();
            await writer;
            await log.AppendAsync([last]);
            await subscriber;
            Assert.Equal(Enumerable.Range(0, seen.Count).Select(i => (long)i), seen);
            Assert.Equal(log.Head, seen.Count);
        }

        Assert.Equal(kills, lost);
        await using PostgresEventLog after = await PostgresEventLog.OpenAsync(address);
        List<EventId> stored = [.. (await after.ReadAllAsync(0).ListAsync()).Select(e => e.Event.Id)];
        Assert.Equal(acknowledged.Select(a => a.Id), stored.Take(acknowledged.Count));
        Assert.Equal(acknowledged.Select((_, i) => (long)i), acknowledged.Select(a => a.Position));
        Assert.Equal(acknowledged.Count + 1, stored.Count);
        await after.VerifyAsync();
    }
}
