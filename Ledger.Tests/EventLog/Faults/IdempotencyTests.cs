using System.Diagnostics;
using System.Globalization;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog.Faults;

/// <summary>64 callers send the same 10,000 ids, each in an order of its own, to a process that is killed again and again: every event is in the log exactly once.</summary>
public sealed class IdempotencyTests
{
    private const int Callers = 64;
    private const int Ids = 10_000;

    /// <summary>What all callers send.</summary>
    public static NewEvent[] Events() => new SampleEvents(77, accounts: 500, contents: 500).Take(Ids);

    [Fact]
    public async Task Each_event_is_there_exactly_once_and_where_it_was_acknowledged()
    {
        using ScratchFolder root = new("idempotency");
        int kills = TestScale.Of(5, 100);
        int seed = Environment.TickCount;
        Random random = new(seed);
        string[] program = ["append", "ids", root.PathOf("log"), $"{Callers}", "sound"];
        for (int kill = 0; kill < kills; kill++) await KillAsync(program, root.PathOf("answers.txt"), random.Next(1, 2_000));
        using (Process last = ProgramRun.Start(root.PathOf("answers.txt"), program))
        {
            await last.WaitForExitAsync();
            Assert.Equal(0, last.ExitCode);
        }

        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(root.PathOf("log"));
        await log.VerifyAsync();
        Assert.Equal(Ids, log.Head);
        Dictionary<EventId, long> found = [];
        foreach (RecordedEvent e in await log.ReadAllAsync(0).ListAsync()) found.Add(e.Event.Id, e.Position);
        NewEvent[] events = Events();
        Assert.All(events, e => Assert.True(found.ContainsKey(e.Id), $"seed {seed}: {e.Id} is missing"));
        string[] answers = await File.ReadAllLinesAsync(root.PathOf("answers.txt"));
        Assert.True(answers.Length >= Callers * Ids / 100, $"{answers.Length} answers");
        foreach (string answer in answers)
        {
            if (answer.Split(' ') is not [var index, var position] || position.Length == 0) continue; // the line being written when the process was killed
            Assert.Equal(found[events[int.Parse(index, CultureInfo.InvariantCulture)].Id], long.Parse(position, CultureInfo.InvariantCulture));
        }
    }

    // Kills the process once it has given so many more answers.
    private static async Task KillAsync(string[] program, string answers, int more)
    {
        long before = Size(answers);
        using Process process = ProgramRun.Start(answers, program);
        using FileSystemWatcher watcher = new(Path.GetDirectoryName(answers)!, Path.GetFileName(answers)) { NotifyFilter = NotifyFilters.Size | NotifyFilters.LastWrite };
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Changed += (_, _) => Check();
        watcher.EnableRaisingEvents = true;
        Check();
        await Task.WhenAny(reached.Task, process.WaitForExitAsync());
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();

        void Check()
        {
            if (Size(answers) - before >= more * 8L) reached.TrySetResult();
        }
    }

    private static long Size(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
