using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Postgres;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog.Postgres;

/// <summary>
/// Wherever around COMMIT the connection is lost, an append that is acknowledged is stored once, one that is not acknowledged is stored once or not at all,
/// and nothing is said that is not known.
/// </summary>
[TakesMinutes]
public sealed class CommitOutcomeTests
{
    private static readonly Cut[] Kinds = [Cut.BeforeCommit, Cut.InsideCommit, Cut.AfterCommit, Cut.AfterAnswer, Cut.InsideCopy];

    [PartFact("postgres")]
    public async Task A_thousand_cuts_around_commit_lose_nothing_and_double_nothing()
    {
        int cuts = 1000 * Soak.Factor;
        PrivatePostgres server = await PrivatePostgres.SharedAsync();
        await using PostgresHarness harness = new();
        using CuttingProxy proxy = new(server.Port);
        SampleEvents sample = new(77);
        List<NewEvent> acknowledged = [];
        await using (PostgresEventLog log = await PostgresEventLog.OpenAsync(await harness.AddressAsync(proxy.Port)))
        {
            await log.AppendAsync([sample.Next()]);
            for (int i = 0; i < cuts; i++)
            {
                NewEvent[] batch = [sample.Of(new Liked(sample.Account(), new ContentId("video"))), .. sample.Take(i % 4)];
                proxy.Next = Kinds[i % Kinds.Length];
                IReadOnlyList<AppendOutcome> outcomes = await log.AppendAsync(batch);
                Assert.All(outcomes, outcome => Assert.False(outcome.IsDuplicate, $"cut {i}: an event was taken for its own duplicate"));
                Assert.Equal(acknowledged.Count + 1, outcomes[0].Position);
                acknowledged.AddRange(batch);
            }

            Assert.Equal(cuts, proxy.Cuts.Sum());
            Assert.All(Kinds, kind => Assert.True(proxy.Cuts[(int)kind] >= cuts / Kinds.Length, $"{kind} was hardly tried"));
        }

        await using IEventLog after = await harness.OpenAsync();
        Assert.Equal(acknowledged.Select(e => e.Id), (await after.ReadAllAsync(1).ListAsync()).Select(e => e.Event.Id));
        Assert.Equal(await after.LogRootAsync(after.Head), await after.VerifyAsync());
    }

    [PartFact("postgres")]
    public async Task When_nobody_can_be_asked_the_answer_is_that_it_is_unknown_and_sending_again_stores_once()
    {
        PrivatePostgres server = await PrivatePostgres.SharedAsync();
        foreach (Cut kind in Kinds)
        {
            await using PostgresHarness harness = new();
            using CuttingProxy proxy = new(server.Port) { StaysAway = true };
            NewEvent[] batch = new SampleEvents(5).Take(20);
            await using (PostgresEventLog log = await PostgresEventLog.OpenAsync(await harness.AddressAsync(proxy.Port), new PostgresOptions { AwayMax = TimeSpan.FromMilliseconds(200) }))
            {
                proxy.Next = kind;
                LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(async () => await log.AppendAsync(batch));
                Assert.Equal(kind == Cut.InsideCopy ? "store-unreachable" : "commit-unknown", fault.Code);
                Assert.Equal(fault.Code, (await Assert.ThrowsAsync<LogFaultException>(async () => await log.AppendAsync(batch))).Code);
                Assert.Equal(1, proxy.Cuts[(int)kind]);
            }

            await using IEventLog after = await OpenSoonAsync(harness);
            bool stored = kind is Cut.AfterCommit or Cut.AfterAnswer;
            if (kind != Cut.AfterCommit) Assert.Equal(stored ? 20 : 0, after.Head); // whether the server read on after its door closed is its own affair
            IReadOnlyList<AppendOutcome> again = await after.AppendAsync(batch);
            if (kind != Cut.AfterCommit) Assert.All(again, outcome => Assert.Equal(stored, outcome.IsDuplicate));
            Assert.Equal(20, after.Head);
            Digest root = await after.VerifyAsync();
            Assert.Equal(root, await after.LogRootAsync(20));
        }
    }

    /// <summary>The server may need a moment to notice that the former writer's connection is gone.</summary>
    private static async Task<IEventLog> OpenSoonAsync(PostgresHarness harness)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await harness.OpenAsync();
            }
            catch (LogFaultException e) when (e.Code == "log-locked" && attempt < 200)
            {
                await Task.Delay(50);
            }
        }
    }
}
