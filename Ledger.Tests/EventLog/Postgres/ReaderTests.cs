using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Postgres;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog.Postgres;

/// <summary>Readers of other processes never skip, whatever a commit's delay, and what they read is bit for bit what another store has.</summary>
public sealed class ReaderTests
{
    [PartFact("postgres")]
    public async Task Readers_skip_nothing_in_a_thousand_schedules_of_delayed_commits()
    {
        int schedules = 1000 * Soak.Factor;
        const int Callers = 4;
        PrivatePostgres server = await PrivatePostgres.SharedAsync();
        await using PostgresHarness harness = new();
        Random random = new(4);
        using CuttingProxy proxy = new(server.Port) { Delay = () => TimeSpan.FromMilliseconds(random.Next(4)) };
        await using PostgresEventLog log = await PostgresEventLog.OpenAsync(await harness.AddressAsync(proxy.Port));
        await log.AppendAsync(new SampleEvents(1).Take(10));
        await using PostgresEventLog follower = await PostgresEventLog.FollowAsync(await harness.AddressAsync());
        using CancellationTokenSource stop = new();
        NewEvent last = new SampleEvents(99).Next();
        List<long> seen = [];
        Task subscriber = Task.Run(async () =>
        {
            await foreach (RecordedEvent e in follower.SubscribeAsync(0))
            {
                seen.Add(e.Position);
                if (e.Event.Id == last.Id) return;
            }
        });

        // What SQL sees: a head, and behind it, a moment later, exactly so many events.
        int looks = 0;
        Task looker = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                string head = (await harness.SqlAsync("SELECT head FROM $s.log_state"))!.ToString()!;
                object? events = await harness.SqlAsync($"SELECT (SELECT count(*) FROM $s.activity WHERE position < {head}) + (SELECT count(*) FROM $s.event_row WHERE position < {head})");
                Assert.Equal(head, events!.ToString());
                looks++;
            }
        });
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            SampleEvents sample = new(caller + 10);
            for (int i = 0; proxy.Delayed < schedules; i++) await log.AppendAsync(sample.Take((i % 5) + 1));
        })));
        await log.AppendAsync([last]);
        await subscriber.WaitAsync(TimeSpan.FromMinutes(1));
        await stop.CancelAsync();
        await looker;
        Assert.True(proxy.Delayed >= schedules, "too few commits were delayed");
        Assert.True(looks > 0, "SQL never looked");
        Assert.Equal(Enumerable.Range(0, (int)log.Head).Select(i => (long)i), seen);
    }

    [PartFact("postgres")]
    public async Task Roots_proofs_names_and_blocks_are_those_of_the_embedded_store()
    {
        await using PostgresHarness harness = new() { Options = new PostgresOptions { SegmentEvents = 512 } };
        await using EmbeddedHarness other = new();
        IEventLog postgres = await harness.OpenAsync();
        IEventLog embedded = await other.OpenAsync();
        NewEvent[] events = new SampleEvents(17).Take(5_000);
        for (int i = 0; i < events.Length; i += 250) await postgres.AppendAsync(events[i..(i + 250)]);
        for (int i = 0; i < events.Length; i += 1000) await embedded.AppendAsync(events[i..(i + 1000)]);

        foreach (long size in new[] { 0L, 1, 255, 256, 257, 511, 512, 1000, 4096, 4999, 5000 })
        {
            Assert.Equal(await embedded.LogRootAsync(size), await postgres.LogRootAsync(size));
            for (long position = 0; position < size; position += Math.Max(1, size / 5)) Assert.Equal(await embedded.InclusionProofAsync(position, size), await postgres.InclusionProofAsync(position, size));
        }

        Assert.Equal(await embedded.VerifyAsync(), await postgres.VerifyAsync());
        Assert.Equal(Enumerable.Range(0, embedded.Names.Count).Select(embedded.Names.Text), Enumerable.Range(0, postgres.Names.Count).Select(postgres.Names.Text));
        Assert.Equal(await embedded.ReadAllAsync(0).TextsAsync(), await postgres.ReadAllAsync(0).TextsAsync());
        foreach (BlockRequest request in new BlockRequest[] { new(true, false), new(false, true), new(false, true, events[2_500].Window) })
            Assert.Equal(embedded.BlockTexts(0, 5_000, request), postgres.BlockTexts(0, 5_000, request));
        long[] positions = [.. Enumerable.Range(0, 1_000).Select(i => (long)i * 5)];
        Assert.Equal(embedded.IdsAt(positions), postgres.IdsAt(positions));
    }

    [PartFact("postgres")]
    public async Task Ids_stay_exact_in_memory_in_indexes_and_after_opening_again()
    {
        await using PostgresHarness harness = new() { Options = new PostgresOptions { SegmentEvents = 256 } };
        NewEvent[] events = new SampleEvents(18).Take(2_000);
        IEventLog log = await harness.OpenAsync();
        for (int i = 0; i < events.Length; i += 100)
        {
            await log.AppendAsync(events[i..(i + 100)]);
            NewEvent[] again = [.. events.Take(i + 100).Where((_, at) => at % 97 == 0)];
            Assert.Equal(again.Select((_, at) => new AppendOutcome(at * 97, true)), await log.AppendAsync(again));
        }

        log = await harness.OpenAsync();
        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => new AppendOutcome(i, true)), await log.AppendAsync(events));
        Assert.Equal(2_000, log.Head);
        await using PostgresEventLog reader = await PostgresEventLog.OpenReadOnlyAsync(await harness.AddressAsync());
        for (int i = 0; i < events.Length; i += 111)
        {
            Assert.Equal(i, (await reader.FindAsync(events[i].Id))!.Position);
            Assert.Equal(i, (await log.FindAsync(events[i].Id))!.Position);
        }

        Assert.True((long)(await harness.SqlAsync("SELECT count(*) FROM $s.id_segment"))! >= 6, "hardly anything was indexed: nothing was tried");
        await log.VerifyAsync();
    }
}
