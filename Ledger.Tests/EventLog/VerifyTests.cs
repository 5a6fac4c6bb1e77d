using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>The full check passes a sound log with the root that it publishes, and names the block of any damage.</summary>
public sealed class VerifyTests : IAsyncLifetime
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("event-log-verify-");

    public async Task InitializeAsync()
    {
        SampleEvents sample = new(12);
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(_root.FullName);
        for (int i = 0; i < 5; i++) await log.AppendAsync(sample.Take(400));
    }

    public Task DisposeAsync()
    {
        _root.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_sound_log_passes_with_its_root()
    {
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenReadOnlyAsync(_root.FullName);
        Assert.Equal(await log.LogRootAsync(log.Head), await log.VerifyAsync());
    }

    [Theory]
    [InlineData(BlockPart.Rows)]
    [InlineData(BlockPart.Activity)]
    [InlineData(BlockPart.Ids)]
    [InlineData(BlockPart.Tree)]
    [InlineData(BlockPart.Streams)]
    internal async Task Damage_of_any_part_is_found_and_named(BlockPart part)
    {
        using (SqliteConnection connection = new($"Data Source={LogFile.PathIn(_root.FullName)};Pooling=False"))
        {
            connection.Open();
            LogFile.Execute(connection, $"UPDATE part SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'a5' AS BLOB) WHERE key = {LogFile.PartKey(800, part)}");
        }

        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenReadOnlyAsync(_root.FullName);
        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(() => log.VerifyAsync());
        Assert.Equal("block-checksum", fault.Code);
        Assert.Contains("position 800", fault.Message, StringComparison.Ordinal);
    }
}
