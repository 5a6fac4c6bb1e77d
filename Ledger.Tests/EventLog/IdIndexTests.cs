using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>The id index finds every id and no other, through any number of runs and merges, and makes anew whatever is lost or damaged.</summary>
public sealed class IdIndexTests : IAsyncLifetime, IDisposable
{
    private const int SmallSlots = 64;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("id-index-");
    private readonly List<NewEvent> _events = [];
    private BlockSource _source = null!;
    private BlockReader _reader = null!;

    private string Folder => Path.Combine(_root.FullName, "index-under-test");

    public async Task InitializeAsync()
    {
        SampleEvents sample = new(9);
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(_root.FullName))
        {
            for (int i = 0; i < 120; i++)
            {
                NewEvent[] batch = sample.Take(17);
                _events.AddRange(batch);
                await log.AppendAsync(batch);
            }
        }

        _source = new BlockSource(_root.FullName);
        _reader = _source.Rent();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _reader.Dispose();
        _source.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public void Every_id_is_found_through_runs_and_merges_and_no_other_is()
    {
        using (IdIndex index = Load(writes: true)) RequireAll(index);
        string[] runs = Directory.GetFiles(Folder);
        Assert.True(runs.Length is > 1 and < 12, $"{runs.Length} runs: merging did not happen, or nothing was written");
        using (IdIndex again = Load(writes: true)) RequireAll(again);
        using (IdIndex readOnly = Load(writes: false)) RequireAll(readOnly);
    }

    [Fact]
    public void A_known_id_is_not_added_again()
    {
        using IdIndex index = Load(writes: true);
        byte[] ids = [.. Bytes(_events[5].Id), .. Bytes(new EventId(new UInt128(1, 1))), .. Bytes(_events[7].Id), .. Bytes(new EventId(new UInt128(1, 1)))];
        long[] standing = new long[4];
        long next = _events.Count;
        Assert.Equal(1, index.Add(ids, next, standing));
        Assert.Equal([~5L, next, ~7L, ~next], standing);
    }

    [Fact]
    public void Missing_runs_and_damaged_footers_are_made_anew()
    {
        using (IdIndex index = Load(writes: true)) RequireAll(index);
        string[] runs = [.. Directory.GetFiles(Folder).Order(StringComparer.Ordinal)];
        File.Delete(runs[1]);
        byte[] bytes = File.ReadAllBytes(runs[0]);
        bytes[^30] ^= 1;
        File.WriteAllBytes(runs[0], bytes);
        using IdIndex repaired = Load(writes: true);
        RequireAll(repaired);
    }

    [Fact]
    public void A_damaged_page_is_a_fault_once_and_made_anew_after()
    {
        using (IdIndex index = Load(writes: true)) RequireAll(index);
        string first = Directory.GetFiles(Folder).Order(StringComparer.Ordinal).First();
        byte[] bytes = File.ReadAllBytes(first);
        bytes[100] ^= 1;
        File.WriteAllBytes(first, bytes);
        using (IdIndex damaged = Load(writes: true))
        {
            Assert.Equal("index-damaged", Assert.Throws<LogFaultException>(() => RequireAll(damaged)).Code);
        }

        using IdIndex repaired = Load(writes: true);
        RequireAll(repaired);
    }

    [Fact]
    public void Runs_of_another_log_are_not_believed()
    {
        Directory.CreateDirectory(Folder);
        IdTable foreign = new(SmallSlots);
        for (int i = 0; i < 17; i++) Assert.Equal(-1, foreign.FindOrAdd(1, (ulong)i + 1, IdEntry.HashOf(1, (ulong)i + 1), i));
        IdRunWriter.Write(Path.Combine(Folder, "foreign" + IdRun.Extension), foreign, 0, 17, new Digest(1, 2, 3, 4));
        using IdIndex index = Load(writes: true);
        RequireAll(index);
        Assert.Equal(-1, index.Find(new EventId(new UInt128(1, 1))));
    }

    [Fact]
    public void Every_id_is_found_while_runs_are_written_and_merged_behind()
    {
        for (int round = 0; round < 20; round++)
        {
            using IdIndex index = Load(writes: true);
            for (int i = _events.Count - 1; i >= 0; i -= 3) Assert.Equal(i, index.Find(_events[i].Id));
            Assert.Equal(-1, index.Find(new EventId(new UInt128(1, 1))));
            foreach (string run in Directory.GetFiles(Folder, "*" + IdRun.Extension)) File.Delete(run);
        }
    }

    private static byte[] Bytes(EventId id)
    {
        byte[] bytes = new byte[EventId.SizeBytes];
        id.WriteTo(bytes);
        return bytes;
    }

    private IdIndex Load(bool writes) => IdIndex.Load(Folder, _reader, _events.Count, writes, SmallSlots);

    private void RequireAll(IdIndex index)
    {
        for (int i = 0; i < _events.Count; i++) Assert.Equal(i, index.Find(_events[i].Id));
        SampleEvents other = new(10);
        for (int i = 0; i < 2_000; i++) Assert.Equal(-1, index.Find(other.NextId()));
    }
}
