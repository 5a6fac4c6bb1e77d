using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>When the log cannot make an append durable it says so to everybody and acknowledges nothing more; a second writer is kept out.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("event-log-fault-");
    private EmbeddedEventLog _log = null!;

    public async Task InitializeAsync() => _log = await EmbeddedEventLog.OpenAsync(_root.FullName);

    public async Task DisposeAsync()
    {
        await _log.DisposeAsync();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task A_second_writer_is_refused_and_a_reader_is_not()
    {
        await _log.AppendAsync(new SampleEvents(1).Take(10));
        Assert.Equal("log-locked", (await Assert.ThrowsAsync<LogFaultException>(() => EmbeddedEventLog.OpenAsync(_root.FullName))).Code);
        await using EmbeddedEventLog reader = await EmbeddedEventLog.OpenReadOnlyAsync(_root.FullName);
        Assert.Equal(10, reader.Head);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.AppendAsync([]));
    }

    [Fact]
    public async Task There_is_nothing_to_read_where_no_log_is() =>
        Assert.Equal("log-missing", (await Assert.ThrowsAsync<LogFaultException>(() => EmbeddedEventLog.OpenReadOnlyAsync(Path.Combine(_root.FullName, "none")))).Code);

    [Fact]
    public async Task A_failed_commit_stops_the_log_for_all_who_wait_and_all_who_come()
    {
        SampleEvents sample = new(1);
        await _log.AppendAsync(sample.Take(10));
        NewEvent[] lost = sample.Take(10);
        Task<LogFaultException> subscriber = Assert.ThrowsAsync<LogFaultException>(async () =>
        {
            await foreach (RecordedEvent e in _log.SubscribeAsync(10)) Assert.Fail("an event that is not durable was shown");
        });

        // The table is gone under the writer: its next commit fails as it would on a broken disk.
        using (SqliteConnection thief = new($"Data Source={LogFile.PathIn(_root.FullName)};Pooling=False"))
        {
            thief.Open();
            LogFile.Execute(thief, "ALTER TABLE part RENAME TO stolen");
        }

        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(async () => await _log.AppendAsync(lost));
        Assert.Equal("disk-failed", fault.Code);
        Assert.Equal("disk-failed", (await Assert.ThrowsAsync<LogFaultException>(async () => await _log.AppendAsync(sample.Take(1)))).Code);
        Assert.Equal("disk-failed", (await subscriber).Code);
        Assert.Equal(10, _log.Head);

        using (SqliteConnection healer = new($"Data Source={LogFile.PathIn(_root.FullName)};Pooling=False"))
        {
            healer.Open();
            LogFile.Execute(healer, "ALTER TABLE stolen RENAME TO part");
        }

        await _log.DisposeAsync();
        _log = await EmbeddedEventLog.OpenAsync(_root.FullName);
        Assert.Equal(10, _log.Head);
        Assert.Null(await _log.FindAsync(lost[0].Id));
        Assert.All(await _log.AppendAsync(lost), o => Assert.False(o.IsDuplicate));
    }

    [Fact]
    public async Task A_moment_under_the_write_lock_is_waited_for()
    {
        // As a reader does that begins while a commit is being published.
        Task append;
        using (SqliteConnection reader = new($"Data Source={LogFile.PathIn(_root.FullName)};Pooling=False"))
        {
            reader.Open();
            LogFile.Execute(reader, "BEGIN IMMEDIATE");
            append = _log.AppendAsync(new SampleEvents(1).Take(10)).AsTask();
            await Task.WhenAny(append, Task.Delay(200));
            Assert.False(append.IsCompleted, "nothing is decided while somebody else holds the lock");
            LogFile.Execute(reader, "ROLLBACK");
        }

        await append;
        Assert.Equal(10, _log.Head);
    }

    [Fact]
    public async Task A_newer_layout_is_refused_with_its_own_code()
    {
        await _log.DisposeAsync();
        using (SqliteConnection newer = new($"Data Source={LogFile.PathIn(_root.FullName)};Pooling=False"))
        {
            newer.Open();
            LogFile.Execute(newer, "PRAGMA user_version = 2");
        }

        Assert.Equal("unknown-format", (await Assert.ThrowsAsync<LogFaultException>(() => EmbeddedEventLog.OpenAsync(_root.FullName))).Code);
        Assert.Equal("unknown-format", (await Assert.ThrowsAsync<LogFaultException>(() => EmbeddedEventLog.OpenReadOnlyAsync(_root.FullName))).Code);
    }
}
