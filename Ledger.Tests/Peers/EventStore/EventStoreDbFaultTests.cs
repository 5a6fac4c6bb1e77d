using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.EventStoreDb;
using Ledger.Tests.EventLog;
using Xunit;

namespace Ledger.Tests.Peers.EventStore;

/// <summary>
/// Whatever happens to servers, connections and other writers: an acknowledged event is in the log once, an append is there whole or not at all,
/// and a subscriber sees no gap and no repeat.
/// </summary>
public sealed class EventStoreDbFaultTests
{
    private static readonly int Scale = Environment.GetEnvironmentVariable("SOAK") == "1" ? 20 : 1;

    [Fact]
    public async Task A_connection_cut_around_an_append_loses_nothing_and_doubles_nothing()
    {
        const int Seed = 7;
        Random random = new(Seed);
        await using ClusterDouble cluster = await ClusterDouble.StartAsync();
        using CutProxy proxy = new(new Uri(cluster.Address()).Port);
        int before = 0;
        int after = 0;
        cluster.Store.Before = () => Cut(ref before, 6, dies: true);
        cluster.Store.After = () => Cut(ref after, 6, dies: false);
        await using EventStoreDbLog log = await EventStoreDbLog.OpenAsync($"esdb://localhost:{proxy.Port}?tls=false&discoveryInterval=1&maxDiscoverAttempts=1000");
        SampleEvents sample = new(Seed);
        List<NewEvent> sent = [];
        for (int i = 0; i < 60 * Scale; i++)
        {
            NewEvent[] events = sample.Take(random.Next(1, 20));
            IReadOnlyList<AppendOutcome> outcomes = await log.AppendAsync(events);
            Assert.Equal(Enumerable.Range(sent.Count, events.Length).Select(p => new AppendOutcome(p, false)), outcomes);
            sent.AddRange(events);
        }

        Assert.True(before > 0 && after > 0, $"seed {Seed}: {before} cuts before and {after} after an append");
        Assert.Equal(sent.Select(e => e.Id), (await log.ReadAllAsync(0).ListAsync()).Select(e => e.Event.Id));
        await log.VerifyAsync();

        Task Cut(ref int count, int oneIn, bool dies)
        {
            if (random.Next(oneIn) != 0) return Task.CompletedTask;
            count++;
            proxy.Cut();
            return dies ? Task.FromException(new IOException("cut before the append")) : Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_server_killed_and_started_again_interrupts_neither_appends_nor_subscriptions()
    {
        await using ClusterDouble cluster = await ClusterDouble.StartAsync();
        await using EventStoreDbLog log = await EventStoreDbLog.OpenAsync(cluster.Address());
        await using EventStoreDbLog reader = await EventStoreDbLog.OpenAsync(cluster.Address());
        int total = 400 * Scale;
        Task<List<long>> own = CollectAsync(log, total);
        Task<List<long>> others = CollectAsync(reader, total);
        SampleEvents sample = new(3);
        int kills = 0;
        for (int sent = 0; sent < total; sent += 10)
        {
            ValueTask<IReadOnlyList<AppendOutcome>> append = log.AppendAsync(sample.Take(10));
            if (sent % 80 == 0)
            {
                await cluster.KillNodeAsync(0);
                await cluster.StartNodeAsync(0);
                kills++;
            }

            Assert.Equal(Enumerable.Range(sent, 10).Select(p => (long)p), (await append).Select(o => o.Position));
        }

        Assert.True(kills > 0);
        Assert.Equal(Enumerable.Range(0, total).Select(p => (long)p), await own);
        Assert.Equal(Enumerable.Range(0, total).Select(p => (long)p), await others);
    }

    [Fact]
    public async Task The_leader_is_found_and_followed_when_it_moves()
    {
        await using ClusterDouble cluster = await ClusterDouble.StartAsync(3);
        await using EventStoreDbLog named = await EventStoreDbLog.OpenAsync(cluster.Address(2)); // a follower
        await using EventStoreDbLog discovered = await EventStoreDbLog.OpenAsync(cluster.Discovery());
        SampleEvents sample = new(4);
        Task<List<long>> seen = CollectAsync(discovered, 60 * Scale);
        for (int i = 0; i < 60 * Scale; i++)
        {
            EventStoreDbLog writer = i % 2 == 0 ? named : discovered;
            Assert.False((await writer.AppendAsync([sample.Next()]))[0].IsDuplicate);
            if (i % 10 == 9) cluster.MoveLeader((cluster.Leader + 1) % 3);
            if (i % 25 != 24) continue;
            await cluster.KillNodeAsync(0);
            await cluster.StartNodeAsync(0);
        }

        Assert.True(cluster.SentToLeader > 0, "no call was sent to another node");
        Assert.Equal(Enumerable.Range(0, 60 * Scale).Select(p => (long)p), await seen);
    }

    [Fact]
    public async Task Two_writers_at_once_agree_on_one_log()
    {
        await using ClusterDouble cluster = await ClusterDouble.StartAsync();
        await using EventStoreDbLog first = await EventStoreDbLog.OpenAsync(cluster.Address());
        await using EventStoreDbLog second = await EventStoreDbLog.OpenAsync(cluster.Address());
        NewEvent[] shared = new SampleEvents(50).Take(40);
        IReadOnlyList<AppendOutcome>[] outcomes = await Task.WhenAll(
            Task.Run(() => WriteAsync(first, new SampleEvents(51), shared)),
            Task.Run(() => WriteAsync(second, new SampleEvents(52), shared)));
        long total = 40 + (2 * 300);
        await WaitAsync(first, total);
        await WaitAsync(second, total);
        Assert.Equal(outcomes[0].Select(o => o.Position), outcomes[1].Select(o => o.Position));
        Assert.Equal(await first.ReadAllAsync(0).TextsAsync(), await second.ReadAllAsync(0).TextsAsync());
        Assert.Equal(await first.VerifyAsync(), await second.VerifyAsync());

        static async Task<IReadOnlyList<AppendOutcome>> WriteAsync(EventStoreDbLog log, SampleEvents sample, NewEvent[] shared)
        {
            for (int i = 0; i < 15; i++) await log.AppendAsync(sample.Take(10));
            IReadOnlyList<AppendOutcome> outcomes = await log.AppendAsync(shared);
            for (int i = 0; i < 15; i++) await log.AppendAsync(sample.Take(10));
            return outcomes;
        }
    }

    [Fact]
    public async Task An_append_larger_than_the_clusters_limit_is_there_whole_or_not_at_all()
    {
        await using ClusterDouble cluster = await ClusterDouble.StartAsync();
        SampleEvents sample = new(5);
        NewEvent[] large = sample.Take(9_000);
        NewEvent[] few = sample.Take(30);
        int appends = 0;
        await using (EventStoreDbLog dying = await EventStoreDbLog.OpenAsync(cluster.Address()))
        {
            await dying.AppendAsync(few[..10]);
            cluster.Store.Before = () => ++appends == 2 ? Task.FromException(new Grpc.Core.RpcException(new Grpc.Core.Status(Grpc.Core.StatusCode.FailedPrecondition, "the disk is full"))) : Task.CompletedTask;
            await Assert.ThrowsAsync<LogFaultException>(async () => await dying.AppendAsync(large));
            cluster.Store.Before = () => Task.CompletedTask;
            Assert.Equal(2, appends);
            Assert.Equal(10, dying.Head);
        }

        // The beginning is in the cluster without its end. It has no positions, and what comes next goes on where the log ended.
        await using EventStoreDbLog log = await EventStoreDbLog.OpenAsync(cluster.Address());
        Assert.Equal(10, log.Head);
        Assert.Null(await log.FindAsync(large[0].Id));
        Assert.Equal(Enumerable.Range(10, 20).Select(p => new AppendOutcome(p, false)), await log.AppendAsync(few[10..]));
        Assert.Equal(Enumerable.Range(30, 9_000).Select(p => new AppendOutcome(p, false)), await log.AppendAsync(large));
        NewEvent[] all = [.. few, .. large];
        await using EventStoreDbLog again = await EventStoreDbLog.OpenReadOnlyAsync(cluster.Address());
        foreach (EventStoreDbLog one in new[] { log, again })
        {
            List<string> texts = await one.ReadAllAsync(0).TextsAsync();
            Assert.Equal(all.Select(e => e.Id), (await one.ReadAllAsync(0).ListAsync()).Select(e => e.Event.Id));
            Assert.Equal(texts.Take(31).Reverse(), await one.ReadAllAsync(31, ReadDirection.Backwards).TextsAsync());
            Assert.Equal(all[20].Id, one.IdsAt([20])[0]);
            LogFrontier frontier = new();
            foreach (NewEvent e in all) frontier.Append(LogHash.Leaf(CanonicalBytes.Of(e)));
            Assert.Equal(frontier.Root(), await one.VerifyAsync());
        }
    }

    [Fact]
    public async Task What_another_program_puts_into_the_stream_is_found_and_nothing_behind_it_served()
    {
        await using ClusterDouble cluster = await ClusterDouble.StartAsync();
        await using EventStoreDbLog log = await EventStoreDbLog.OpenAsync(cluster.Address());
        await log.AppendAsync(new SampleEvents(6).Take(5));
        await cluster.Store.AppendAsync(EventStoreDbLog.LogStream, Host.Api.EventStore.ExpectedVersion.Any, [new(EventId.Derive("foreign", "1"), "order-placed", true, "{}"u8.ToArray(), default)], _ => true, default);
        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(async () => await log.AppendAsync(new SampleEvents(8).Take(1)));
        Assert.Equal("event-foreign", fault.Code);
        Assert.Equal("event-foreign", (await Assert.ThrowsAsync<LogFaultException>(() => EventStoreDbLog.OpenAsync(cluster.Address()))).Code);
        await Assert.ThrowsAsync<LogFaultException>(async () => await log.VerifyAsync());
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_a_fault_that_says_so_and_an_event_too_large_is_refused_before_it_is_sent()
    {
        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(() => EventStoreDbLog.OpenAsync("esdb://localhost:1?tls=false&discoveryInterval=1&maxDiscoverAttempts=3"));
        Assert.Equal("cluster-unreachable", fault.Code);
        await using ClusterDouble cluster = await ClusterDouble.StartAsync();
        Assert.Equal("log-missing", (await Assert.ThrowsAsync<LogFaultException>(() => EventStoreDbLog.OpenReadOnlyAsync(cluster.Address()))).Code);
        await using EventStoreDbLog log = await EventStoreDbLog.OpenAsync(cluster.Address());
        SampleEvents sample = new(9);
        NewEvent huge = sample.Of(new RulesetAdopted(default, default, new byte[1_000_000]));
        Assert.Equal("event-too-large", (await Assert.ThrowsAsync<EventFormatException>(async () => await log.AppendAsync([sample.Next(), huge]))).Code);
        Assert.Equal(0, log.Head);
    }

    private static async Task<List<long>> CollectAsync(EventStoreDbLog log, int total)
    {
        List<long> positions = [];
        await foreach (RecordedEvent e in log.SubscribeAsync(0))
        {
            positions.Add(e.Position);
            if (positions.Count == total) break;
        }

        return positions;
    }

    private static async Task WaitAsync(EventStoreDbLog log, long head)
    {
        await foreach (RecordedEvent e in log.SubscribeAsync(head - 1))
        {
            Assert.Equal(head - 1, e.Position);
            return;
        }
    }
}
