using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog.Embedded;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>
/// What a writer has acknowledged is there after it is killed at any moment, and what is there is an exact prefix. The killed state is taken while
/// the writer runs: until its first checkpoint, far beyond what is written here, it only appends to the write-ahead log, so a copy is what a kill leaves.
/// </summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Every_acknowledged_event_survives_a_kill_at_any_moment()
    {
        const int Kills = 30;
        DirectoryInfo root = Directory.CreateTempSubdirectory("event-log-crash-");
        string live = Path.Combine(root.FullName, "live");
        List<EventId> ids = [];
        long acknowledged = 0;
        int torn = 0;
        using CancellationTokenSource stop = new();
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(live))
        {
            Task writer = Task.Run(async () =>
            {
                SampleEvents sample = new(21);
                Random random = new(21);
                while (!stop.IsCancellationRequested && ids.Count < 60_000)
                {
                    NewEvent[] batch = sample.Take(random.Next(1, 200));
                    lock (ids) ids.AddRange(batch.Select(e => e.Id));
                    await log.AppendAsync(batch);
                    Interlocked.Add(ref acknowledged, batch.Length);
                }
            });
            for (int kill = 0; kill < Kills; kill++)
            {
                long promised = Interlocked.Read(ref acknowledged);
                string copy = Path.Combine(root.FullName, $"killed-{kill}");
                Copy(live, copy);
                if (await Reopened(copy, promised, ids) > promised) torn++;
                Directory.Delete(copy, recursive: true);
            }

            await stop.CancelAsync();
            await writer;
        }

        Assert.True(torn > 0, "the writer never got ahead of a copy: nothing was tried");
        root.Delete(recursive: true);
    }

    private static async Task<long> Reopened(string directory, long promised, List<EventId> ids)
    {
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(directory);
        Assert.True(log.Head >= promised, $"{log.Head} events survived, {promised} were acknowledged");
        List<EventId> found = [.. (await log.ReadAllAsync(0).ListAsync()).Select(e => e.Event.Id)];
        lock (ids) Assert.Equal(ids.Take((int)log.Head), found);
        Assert.Equal(await log.LogRootAsync(log.Head), await log.VerifyAsync());
        return log.Head;
    }

    // The head file first: what it says was committed before it was written.
    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string name in new[] { "log.head", "log.db", "log.db-wal" })
        {
            if (!File.Exists(Path.Combine(from, name))) continue;
            using FileStream source = new(Path.Combine(from, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using FileStream target = File.Create(Path.Combine(to, name));
            source.CopyTo(target);
        }
    }
}
