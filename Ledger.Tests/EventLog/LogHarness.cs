using Ledger.Core.Events;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.EventLog.InMemory;
using Xunit;

namespace Ledger.Tests.EventLog;

/// <summary>Gives a contract test its log, and opens the same log again where the store outlives its object.</summary>
public abstract class LogHarness : IAsyncDisposable
{
    public abstract Task<IEventLog> OpenAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>The model.</summary>
public sealed class InMemoryHarness : LogHarness
{
    private readonly InMemoryEventLog _log = new();

    public override Task<IEventLog> OpenAsync() => Task.FromResult<IEventLog>(_log);

    public override ValueTask DisposeAsync() => _log.DisposeAsync();
}

/// <summary>The embedded store in a directory of its own.</summary>
public sealed class EmbeddedHarness : LogHarness
{
    private IEventLog? _open;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("event-log-").FullName;

    public override async Task<IEventLog> OpenAsync()
    {
        if (_open is not null) await _open.DisposeAsync();
        return _open = await EmbeddedEventLog.OpenAsync(Directory);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_open is not null) await _open.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}

/// <summary>Shorthands for comparing what logs answer.</summary>
internal static class LogAnswers
{
    /// <summary>Position, revision and canonical bytes: everything that an event in a log is.</summary>
    public static string Text(this RecordedEvent e) => $"{e.Position}@{e.Revision}:{Convert.ToHexStringLower(CanonicalBytes.Of(e.Event))}";

    public static string Columns(this ActivityColumns c, int i) => $"{c.Position[i]}:{c.Kind[i]},{c.Account[i]},{c.Target[i]},{c.Value[i]},{c.OccurredAtMs[i]}";

    public static async Task<List<string>> TextsAsync(this IAsyncEnumerable<RecordedEvent> events)
    {
        List<string> texts = [];
        await foreach (RecordedEvent e in events) texts.Add(e.Text());
        return texts;
    }

    public static async Task<List<RecordedEvent>> ListAsync(this IAsyncEnumerable<RecordedEvent> events)
    {
        List<RecordedEvent> list = [];
        await foreach (RecordedEvent e in events) list.Add(e);
        return list;
    }

    /// <summary>Rows and columns of all blocks, flattened.</summary>
    public static List<string> BlockTexts(this IEventLog log, long from, long to, BlockRequest request)
    {
        List<string> texts = [];
        long end = 0;
        foreach (LogBlock block in log.ReadBlocks(from, to, request))
        {
            Assert.True(block.FirstPosition >= end, "blocks come in order");
            end = block.FirstPosition + block.Count;
            texts.AddRange(block.Rows.Select(row => row.Text()));
            for (int i = 0; i < block.Activity.Count; i++) texts.Add(block.Activity.Columns(i));
        }

        return texts;
    }
}
