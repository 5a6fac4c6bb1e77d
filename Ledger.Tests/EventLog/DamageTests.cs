using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>
/// A damaged log either refuses with a fault, having served nothing but events that stood before the damage, or serves exactly what was appended
/// (the damage hit bytes that nothing uses). Never anything else, and never another kind of exception.
/// </summary>
public sealed class DamageTests : IAsyncLifetime
{
    private const int Tail = 64 * 1024;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("event-log-damage-");
    private List<string> _events = [];

    private string Closed => Path.Combine(_root.FullName, "closed");

    // As a killed writer leaves it: the last commits are in the write-ahead log only.
    private string Killed => Path.Combine(_root.FullName, "killed");

    public async Task InitializeAsync()
    {
        SampleEvents sample = new(4);
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(Closed))
        {
            for (int i = 0; i < 6; i++) await log.AppendAsync(sample.Take(150));
            _events = await log.ReadAllAsync(0).TextsAsync();
            Copy(Closed, Killed);
        }
    }

    public Task DisposeAsync()
    {
        _root.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("closed", LogFileName)]
    [InlineData("killed", LogFileName + "-wal")]
    public async Task A_flipped_bit_is_detected_or_harmless(string state, string file)
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(_root.FullName, state, file));
        int detected = 0;
        long first = Math.Max(0, bytes.Length - Tail) * 8L;
        long bits = Math.Min(Tail, bytes.Length) * 8L;
        int trials = TestScale.Of(500, (int)bits);
        for (int trial = 0; trial < trials; trial++)
        {
            long bit = first + (TestScale.IsSoak ? trial : random.NextInt64(bits));
            string? code = await ServedAsync(state, file, damaged => damaged[bit / 8] ^= (byte)(1 << (int)(bit % 8)), bytes, $"seed {seed}, bit {bit}", asWriter: trial % 5 == 0);
            if (code is not null) detected++;
        }

        Assert.True(detected > trials / 5, $"seed {seed}: only {detected} of {trials} flips did anything");
    }

    [Theory]
    [InlineData("closed", LogFileName)]
    [InlineData("killed", LogFileName + "-wal")]
    [InlineData("closed", "log.head")]
    public async Task A_file_cut_short_is_detected_or_harmless(string state, string file)
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(_root.FullName, state, file));
        int detected = 0;
        IEnumerable<int> sizes = TestScale.IsSoak ? Enumerable.Range(Math.Max(0, bytes.Length - Tail), Math.Min(Tail, bytes.Length)) : Enumerable.Range(0, 60).Select(_ => random.Next(bytes.Length));
        foreach (int size in sizes.Append(0).Append(bytes.Length - 1))
        {
            string? code = await ServedAsync(state, file, null, bytes[..size], $"seed {seed}, cut at {size}", asWriter: size % 5 == 0);
            if (code is not null) detected++;
        }

        Assert.True(detected >= (file == "log.head" ? 1 : 50), $"seed {seed}: only {detected} cuts were noticed");
    }

    [Fact]
    public async Task Swapped_blocks_are_detected()
    {
        string directory = Fresh("closed");
        Sql(directory, "UPDATE block SET first_position = -1 WHERE first_position = 150; UPDATE block SET first_position = 150 WHERE first_position = 300; UPDATE block SET first_position = 300 WHERE first_position = -1");
        Assert.Equal("block-chain", (await Assert.ThrowsAsync<LogFaultException>(() => EmbeddedEventLog.OpenReadOnlyAsync(directory))).Code);
    }

    [Fact]
    public async Task A_part_of_another_block_is_detected_and_nothing_from_there_on_is_served()
    {
        string directory = Fresh("closed");
        long key = LogFile.PartKey(300, BlockPart.Activity);
        Sql(directory, $"UPDATE part SET bytes = (SELECT bytes FROM part WHERE key = {LogFile.PartKey(150, BlockPart.Activity)}) WHERE key = {key}");
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenReadOnlyAsync(directory);
        long served = 0;
        LogFaultException fault = Assert.Throws<LogFaultException>(() =>
        {
            foreach (LogBlock block in log.ReadBlocks(0, log.Head, new BlockRequest(Rows: true, Columns: true))) served = block.FirstPosition + block.Count;
        });
        Assert.Equal("block-checksum", fault.Code);
        Assert.Contains("position 300", fault.Message, StringComparison.Ordinal);
        Assert.Equal(300, served);
        Assert.Equal("block-checksum", (await Assert.ThrowsAsync<LogFaultException>(() => log.ReadAllAsync(600).ListAsync())).Code);
        Assert.Equal(_events.Take(300).Reverse(), await log.ReadAllAsync(300, ReadDirection.Backwards).TextsAsync());
    }

    [Fact]
    public async Task A_missing_block_is_detected()
    {
        string directory = Fresh("closed");
        Sql(directory, "DELETE FROM block WHERE first_position = 450");
        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(() => EmbeddedEventLog.OpenAsync(directory));
        Assert.Equal("block-missing", fault.Code);
        Assert.Contains("position 450", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_tail_is_detected()
    {
        string directory = Fresh("closed");
        Sql(directory, "DELETE FROM block WHERE first_position = 750");
        Assert.Equal("log-truncated", (await Assert.ThrowsAsync<LogFaultException>(() => EmbeddedEventLog.OpenAsync(directory))).Code);
    }

    [Fact]
    public async Task An_older_file_put_back_is_detected()
    {
        string directory = Fresh("closed");
        string older = Path.Combine(_root.FullName, "older.db");
        File.Copy(LogFile.PathIn(directory), older);
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(directory)) await log.AppendAsync(new SampleEvents(5).Take(10));
        File.Copy(older, LogFile.PathIn(directory), overwrite: true);
        Assert.Equal("log-truncated", (await Assert.ThrowsAsync<LogFaultException>(() => EmbeddedEventLog.OpenAsync(directory))).Code);
    }

    [Fact]
    public async Task Another_history_of_the_same_length_is_detected()
    {
        string directory = Fresh("closed");
        string other = Path.Combine(_root.FullName, "other");
        await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(other)) await log.AppendAsync(new SampleEvents(6).Take(_events.Count));
        File.Copy(LogFile.PathIn(other), LogFile.PathIn(directory), overwrite: true);
        Assert.Equal("log-diverged", (await Assert.ThrowsAsync<LogFaultException>(() => EmbeddedEventLog.OpenAsync(directory))).Code);
    }

    private const string LogFileName = "log.db";

    // Opens and reads everything; gives the fault's code, or null when all was served.
    private async Task<string?> ServedAsync(string state, string file, Action<byte[]>? damage, byte[] bytes, string what, bool asWriter)
    {
        string directory = Fresh(state);
        byte[] damaged = [.. bytes];
        damage?.Invoke(damaged);
        await File.WriteAllBytesAsync(Path.Combine(directory, file), damaged);
        List<string> served = [];
        string? code = null;
        try
        {
            await using EmbeddedEventLog log = asWriter ? await EmbeddedEventLog.OpenAsync(directory) : await EmbeddedEventLog.OpenReadOnlyAsync(directory);
            await foreach (RecordedEvent e in log.ReadAllAsync(0)) served.Add(e.Text());
        }
        catch (LogFaultException e)
        {
            code = e.Code;
        }

        Assert.True(_events.Take(served.Count).SequenceEqual(served), $"{state} {file}, {what}: other events were served");
        Assert.True(code is not null || served.Count == _events.Count, $"{state} {file}, {what}: {served.Count} events were served without a fault");
        return code;
    }

    private string Fresh(string state)
    {
        string directory = Path.Combine(_root.FullName, "work");
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        Copy(Path.Combine(_root.FullName, state), directory);
        return directory;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string name in new[] { LogFileName, LogFileName + "-wal", "log.head" })
        {
            string path = Path.Combine(from, name);
            if (!File.Exists(path)) continue;
            using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using FileStream target = File.Create(Path.Combine(to, name));
            source.CopyTo(target);
        }
    }

    private static void Sql(string directory, string sql)
    {
        using SqliteConnection connection = new($"Data Source={LogFile.PathIn(directory)};Pooling=False");
        connection.Open();
        LogFile.Execute(connection, sql);
    }
}
