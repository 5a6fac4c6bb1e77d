using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>
/// Guaranteed: a reader that follows an embedded log has, at every head it shows, what the writer has up to there: events, names, ids, streams and
/// root. What does not continue the log is a fault and is not served.
/// </summary>
public sealed class FollowTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("event-log-follow-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task A_follower_has_what_the_writer_has()
    {
        const int Seed = 5, Batches = 8;
        SampleEvents sample = new(Seed, accounts: 400, contents: 400);
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(_root.FullName);
        await log.AppendAsync(sample.Take(100));
        await using EmbeddedEventLog follower = await EmbeddedEventLog.FollowAsync(_root.FullName);
        for (int batch = 0; batch < Batches; batch++)
        {
            NewEvent[] events = sample.Take(300);
            NewEvent last = events[^1];

            // Asked before, so that what is made of the shorter log must not stay.
            Assert.Equal(-1, await follower.PositionOfAsync(last.Id));
            Assert.NotEmpty(await StreamAsync(follower, (await follower.ReadAllAsync(0, ReadDirection.Forwards).FirstAsync()).Event.Stream));
            long before = follower.Head;
            await log.AppendAsync(events);
            await foreach (RecordedEvent e in follower.SubscribeAsync(before))
            {
                if (e.Event.Id == last.Id) break;
            }

            Assert.Equal(log.Head, follower.Head);
            Assert.Equal(log.Head - 1, await follower.PositionOfAsync(last.Id));
            Assert.Equal(await log.ReadAllAsync(0).TextsAsync(), await follower.ReadAllAsync(0).TextsAsync());
            Assert.Equal(await StreamAsync(log, last.Stream), await StreamAsync(follower, last.Stream));
            Assert.Equal(await log.LogRootAsync(log.Head), await follower.LogRootAsync(log.Head));
            Assert.Equal(log.Names.Count, follower.Names.Count);
            for (int name = 0; name < log.Names.Count; name++) Assert.Equal(log.Names.Text(name), follower.Names.Text(name));
        }
    }

    [Fact]
    public async Task What_does_not_continue_the_log_ends_the_following()
    {
        long head;
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(_root.FullName))
        {
            await log.AppendAsync(new SampleEvents(6).Take(50));
            head = log.Head;
        }

        await using EmbeddedEventLog follower = await EmbeddedEventLog.FollowAsync(_root.FullName);
        await using (SqliteConnection raw = new($"Data Source={Path.Combine(_root.FullName, "log.db")};Pooling=False"))
        {
            await raw.OpenAsync();
            await using SqliteCommand forge = new($"INSERT INTO block SELECT {head}, header, hash FROM block LIMIT 1", raw);
            await forge.ExecuteNonQueryAsync();
        }

        using (HeadFile.Open(_root.FullName, head + 1, default))
        {
            LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(async () =>
            {
                await foreach (RecordedEvent _ in follower.SubscribeAsync(head)) Assert.Fail("a forged block is served");
            });
            Assert.Equal("block-chain", fault.Code);
            Assert.Equal(head, follower.Head);
        }
    }

    private static async Task<List<string>> StreamAsync(EmbeddedEventLog log, StreamName stream) => await log.ReadStreamAsync(stream, 0).TextsAsync();
}
