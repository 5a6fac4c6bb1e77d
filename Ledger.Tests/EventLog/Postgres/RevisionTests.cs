using System.Collections.Concurrent;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog.Postgres;

/// <summary>The expected revision is linearizable: of all who expect a revision one wins, every revision has one winner, and what is told of a stream is true.</summary>
public sealed class RevisionTests
{
    private const int Writers = 32;
    private const int Streams = 50;

    [PartFact("postgres")]
    public async Task Thirty_two_writers_on_fifty_streams_leave_no_gap_and_no_second_winner()
    {
        int operations = 20_000 * Soak.Factor;
        await using PostgresHarness harness = new();
        IEventLog log = await harness.OpenAsync();
        ConcurrentDictionary<(int Stream, long Revision), EventId> winners = new();
        int next = 0;
        int refused = 0;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            Random random = new(writer);
            SampleEvents sample = new(1000 + writer);
            long[] known = [.. Enumerable.Repeat(-1L, Streams)];
            while (Interlocked.Increment(ref next) <= operations)
            {
                int stream = random.Next(Streams);
                NewEvent e = sample.Of(new MemberLeft(new SpaceId($"s{stream}"), new AccountId($"m{writer}")));
                StreamAppendResult result = await log.AppendAsync(e.Stream, known[stream] < 0 ? ExpectedRevision.NoStream : ExpectedRevision.Exactly(known[stream]), [e]);
                if (result.Accepted)
                {
                    Assert.Equal(known[stream] + 1, result.Revision);
                    Assert.True(winners.TryAdd((stream, result.Revision), e.Id), $"revision {result.Revision} of s{stream} was won twice");
                }
                else
                {
                    Assert.NotEqual(known[stream], result.Revision);
                    Interlocked.Increment(ref refused);
                }

                known[stream] = result.Revision;
            }
        })));
        Assert.True(refused > 0, "nobody ever lost: nothing was tried");
        Assert.Equal(winners.Count, log.Head);
        for (int stream = 0; stream < Streams; stream++)
        {
            int expected = winners.Keys.Count(won => won.Stream == stream);
            List<RecordedEvent> events = await log.ReadStreamAsync(StreamName.Space(new SpaceId($"s{stream}")), 0).ListAsync();
            Assert.Equal(Enumerable.Range(0, expected).Select(revision => winners[(stream, revision)]), events.Select(e => e.Event.Id));
        }
    }
}
