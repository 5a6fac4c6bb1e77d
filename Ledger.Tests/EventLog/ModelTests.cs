using FsCheck.Xunit;
using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.InMemory;
using Ledger.Projections.EventLog.Postgres;
using Ledger.Tests.EventLog.Postgres;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>Whatever is done, the stores answer as the model does.</summary>
public sealed class ModelTests
{
    [Property(MaxTest = 25)]
    public async Task Embedded_answers_as_the_model(int seed)
    {
        await using EmbeddedHarness harness = new();
        await AnswersAsTheModelAsync(harness, seed);
    }

    [PartFact("postgres")]
    public async Task Postgres_answers_as_the_model()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            await using PostgresHarness harness = new() { Options = new PostgresOptions { SegmentEvents = seed % 2 == 0 ? 64 : 1 << 20 } };
            try
            {
                await AnswersAsTheModelAsync(harness, seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}", e);
            }
        }
    }

    private static async Task AnswersAsTheModelAsync(LogHarness harness, int seed)
    {
        Random random = new(seed);
        SampleEvents sample = new(seed, accounts: 6, contents: 6);
        List<NewEvent> known = [];
        await using InMemoryEventLog model = new();
        IEventLog log = await harness.OpenAsync();
        for (int op = 0; op < 30; op++)
        {
            if (random.Next(8) == 0) log = await harness.OpenAsync();
            NewEvent[] events = Draw(random, sample, known);
            known.AddRange(events);
            if (random.Next(2) == 0 || events.Length == 0)
            {
                Assert.Equal(await model.AppendAsync(events), await log.AppendAsync(events));
            }
            else
            {
                StreamName stream = events[0].Stream;
                ExpectedRevision expected = random.Next(3) switch { 0 => ExpectedRevision.Any, 1 => ExpectedRevision.NoStream, _ => ExpectedRevision.Exactly(random.Next(4)) };
                NewEvent[] own = [.. events.Where(e => e.Stream == stream)];
                StreamAppendResult wanted = await model.AppendAsync(stream, expected, own);
                StreamAppendResult found = await log.AppendAsync(stream, expected, own);
                Assert.Equal((wanted.Accepted, wanted.Revision), (found.Accepted, found.Revision));
                Assert.Equal(wanted.Outcomes, found.Outcomes);
            }

            Assert.Equal(model.Head, log.Head);
        }

        Assert.Equal(await model.ReadAllAsync(0).TextsAsync(), await log.ReadAllAsync(0).TextsAsync());
        long from = random.NextInt64(model.Head + 1);
        long to = random.NextInt64(from, model.Head + 1);
        BlockRequest request = new(random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0 ? null : sample.Next().Window);
        Assert.Equal(model.BlockTexts(from, to, request with { Columns = false }), log.BlockTexts(from, to, request with { Columns = false }));
        Assert.Equal(model.BlockTexts(from, to, request with { Rows = false }), log.BlockTexts(from, to, request with { Rows = false }));
        StreamName some = sample.Next().Stream;
        long revision = random.NextInt64(10);
        ReadDirection direction = (ReadDirection)random.Next(2);
        Assert.Equal(await model.ReadStreamAsync(some, revision, direction).TextsAsync(), await log.ReadStreamAsync(some, revision, direction).TextsAsync());
        Assert.Equal(Enumerable.Range(0, model.Names.Count).Select(model.Names.Text), Enumerable.Range(0, log.Names.Count).Select(log.Names.Text));
        Assert.Equal(await model.LogRootAsync(to), await log.LogRootAsync(to));
        if (to > 0) Assert.Equal(await model.InclusionProofAsync(to - 1, to), await log.InclusionProofAsync(to - 1, to));
    }

    // New events mixed with some that were sent before.
    private static NewEvent[] Draw(Random random, SampleEvents sample, List<NewEvent> known)
    {
        NewEvent[] events = sample.Take(random.Next(random.Next(2) == 0 ? 4 : 400));
        for (int i = 0; i < events.Length; i++)
        {
            if (known.Count > 0 && random.Next(10) == 0) events[i] = known[random.Next(known.Count)];
        }

        return events;
    }
}
