using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog.Faults;

/// <summary>Appends that expect a revision are linearizable: of those that expect the same one of a stream exactly one wins, and revisions have no gap.</summary>
public sealed class ExpectedRevisionTests
{
    private const int Writers = 32;
    private const int Streams = 50;

    [Fact]
    public async Task One_winner_for_each_revision_and_no_gap()
    {
        int operations = TestScale.Of(100_000, 1_000_000);
        using ScratchFolder root = new("revisions");
        long[] wins = new long[Streams];
        long refusals = 0;
        AccountId[] accounts = [.. Enumerable.Range(0, Streams).Select(i => new AccountId($"account-{i}"))];
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(root.Path);
        List<(int Stream, long Revision)>[] won = new List<(int, long)>[Writers];
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            Random random = new(writer);
            SampleEvents sample = new(1_000 + writer);
            long[] known = new long[Streams];
            Array.Fill(known, -1);
            won[writer] = [];
            for (int i = 0; i < operations / Writers; i++)
            {
                int stream = random.Next(Streams);
                ExpectedRevision expected = known[stream] < 0 ? ExpectedRevision.NoStream : ExpectedRevision.Exactly(known[stream]);
                StreamAppendResult result = await log.AppendAsync(StreamName.Account(accounts[stream]), expected, [sample.Of(new AccountOpened(accounts[stream]))]);
                if (result.Accepted)
                {
                    Assert.Equal(known[stream] + 1, result.Revision);
                    won[writer].Add((stream, result.Revision));
                    Interlocked.Increment(ref wins[stream]);
                }
                else
                {
                    Assert.True(result.Revision != known[stream], "refused although the revision was as expected");
                    Interlocked.Increment(ref refusals);
                }

                Assert.True(result.Revision >= known[stream], "a revision went back");
                known[stream] = result.Revision;
            }
        })));
        Assert.True(refusals > operations / 10, $"{refusals} refusals: the writers did not meet");
        Assert.Equal(log.Head, wins.Sum());
        for (int stream = 0; stream < Streams; stream++)
        {
            Assert.Equal(Enumerable.Range(0, (int)wins[stream]).Select(i => (long)i), won.SelectMany(list => list).Where(win => win.Stream == stream).Select(win => win.Revision).Order());
            Assert.Equal(wins[stream], (await log.ReadStreamAsync(StreamName.Account(accounts[stream]), 0).ListAsync()).Count);
        }
    }
}
