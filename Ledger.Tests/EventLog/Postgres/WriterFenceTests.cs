using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Postgres;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog.Postgres;

/// <summary>One writer at a time: a second one is refused, a dead one is replaced, and what a replaced one still sends is not stored.</summary>
public sealed class WriterFenceTests
{
    private const string EndWriter = "SELECT count(pg_terminate_backend(writer_pid)) FROM $s.log_state";

    private readonly SampleEvents _sample = new(9);

    [PartFact("postgres")]
    public async Task A_second_writer_is_refused_while_the_first_lives_and_readers_are_not()
    {
        await using PostgresHarness harness = new();
        IEventLog first = await harness.OpenAsync();
        await first.AppendAsync(_sample.Take(5));
        Assert.Equal("log-locked", (await Assert.ThrowsAsync<LogFaultException>(async () => await PostgresEventLog.OpenAsync(await harness.AddressAsync()))).Code);
        await using PostgresEventLog reader = await PostgresEventLog.OpenReadOnlyAsync(await harness.AddressAsync());
        Assert.Equal(5, reader.Head);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.AppendAsync(_sample.Take(1)));
        Assert.Equal(6, (await first.AppendAsync(_sample.Take(3)))[1].Position);
    }

    [PartFact("postgres")]
    public async Task A_writer_whose_session_is_ended_goes_on_in_a_new_one()
    {
        await using PostgresHarness harness = new();
        IEventLog log = await harness.OpenAsync();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(2 * i, (await log.AppendAsync(_sample.Take(2)))[0].Position);
            await harness.SqlAsync(EndWriter);
        }

        Assert.Equal(40, log.Head);
        await log.VerifyAsync();
    }

    [PartFact("postgres")]
    public async Task A_writer_that_was_replaced_stores_nothing_more_and_says_so()
    {
        await using PostgresHarness harness = new();
        await using PostgresEventLog zombie = await PostgresEventLog.OpenAsync(await harness.AddressAsync());
        await zombie.AppendAsync(_sample.Take(4));
        IEventLog second = await ReplacedAsync(harness);
        await second.AppendAsync(_sample.Take(3));

        NewEvent late = _sample.Next();
        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(async () => await zombie.AppendAsync([late]));
        Assert.Equal("writer-fenced", fault.Code);
        Assert.Null(await second.FindAsync(late.Id));
        Assert.Equal("writer-fenced", (await Assert.ThrowsAsync<LogFaultException>(async () => await zombie.AppendAsync([late]))).Code);
        Assert.Equal(7, (await second.AppendAsync([late]))[0].Position);
        await second.VerifyAsync();
    }

    [PartFact("postgres")]
    public async Task A_late_write_of_a_live_session_is_rejected_by_the_fence_alone()
    {
        await using PostgresHarness harness = new();
        IEventLog zombie = await harness.OpenAsync();
        await zombie.AppendAsync(_sample.Take(4));
        await harness.SqlAsync("UPDATE $s.log_state SET fence = fence + 1");
        Assert.Equal("writer-fenced", (await Assert.ThrowsAsync<LogFaultException>(async () => await zombie.AppendAsync(_sample.Take(1)))).Code);
        await using PostgresEventLog reader = await PostgresEventLog.OpenReadOnlyAsync(await harness.AddressAsync());
        Assert.Equal(4, reader.Head);
        await reader.VerifyAsync();
    }

    [PartFact("postgres")]
    public async Task A_refused_revision_is_not_told_by_a_writer_that_was_replaced()
    {
        await using PostgresHarness harness = new();
        IEventLog zombie = await harness.OpenAsync();
        NewEvent e = _sample.Of(new PoolToppedUp("reserve", default));
        await zombie.AppendAsync(StreamName.Fund, ExpectedRevision.NoStream, [e]);
        await harness.SqlAsync("UPDATE $s.log_state SET fence = fence + 1");
        NewEvent other = _sample.Of(new PoolToppedUp("reserve", default));
        Assert.Equal("writer-fenced", (await Assert.ThrowsAsync<LogFaultException>(async () => await zombie.AppendAsync(StreamName.Fund, ExpectedRevision.Exactly(7), [other]))).Code);
    }

    [PartFact("postgres")]
    public async Task A_server_that_does_not_sync_is_refused()
    {
        await using PrivatePostgres server = await PrivatePostgres.StartAsync();
        await server.SqlAsync("ALTER SYSTEM SET full_page_writes = off");
        await server.SqlAsync("SELECT pg_reload_conf()");
        while (await server.SqlAsync("SHOW full_page_writes") is not "off") await Task.Yield(); // the reload comes by signal
        Assert.Equal("store-unsafe", (await Assert.ThrowsAsync<LogFaultException>(() => PostgresEventLog.OpenAsync(server.Address("unsafe")))).Code);
    }

    // The zombie tries to come back at once; the second writer opens in the moment between.
    private static async Task<IEventLog> ReplacedAsync(PostgresHarness harness)
    {
        while (true)
        {
            await harness.SqlAsync(EndWriter);
            try
            {
                return await harness.OpenAsync();
            }
            catch (LogFaultException e) when (e.Code == "log-locked")
            {
                // The first session has not ended yet.
            }
        }
    }
}
