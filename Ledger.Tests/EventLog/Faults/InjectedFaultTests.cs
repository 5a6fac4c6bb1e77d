using System.Globalization;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog.Faults;

/// <summary>
/// The system's own calls fail under a real process: after a failed sync or write it acknowledges nothing more, says what happened and exits with a fault;
/// killed inside a call it loses nothing. The log then opens and checks clean.
/// </summary>
public sealed class InjectedFaultTests
{
    private const int Batches = 6;
    private const int ExitKilled = 128 + 9;

    private static readonly string[] Errors = ["EIO", "ENOSPC", "EROFS"];

    [PartFact("strace")]
    public async Task After_a_failed_sync_nothing_is_acknowledged()
    {
        int syncs = await CountAsync("fsync,fdatasync");
        Assert.True(syncs >= Batches / 2, $"{syncs} syncs for {Batches} commits");
        await EachAsync(Enumerable.Range(1, syncs).SelectMany(call => Errors.Select(error => (Calls: "fsync,fdatasync", Call: call, Fault: $"error={error}"))));
    }

    [PartFact("strace")]
    public async Task After_a_failed_write_nothing_is_acknowledged()
    {
        int writes = await CountAsync("pwrite64,ftruncate");
        int step = Math.Max(1, TestScale.Of(writes / 16, 1));
        await EachAsync(Enumerable.Range(0, writes / step).Select(i => (Calls: "pwrite64,ftruncate", Call: (i * step) + 1, Fault: $"error={Errors[i % Errors.Length]}")));
    }

    [PartFact("strace")]
    public async Task A_process_killed_inside_a_call_loses_nothing_acknowledged()
    {
        const string Calls = "pwrite64,ftruncate,fsync,fdatasync,unlink,openat";
        int calls = await CountAsync(Calls);
        int step = Math.Max(1, TestScale.Of(calls / 16, 1));
        await EachAsync(Enumerable.Range(0, calls / step).Select(i => (Calls, Call: (i * step) + 1, Fault: "signal=SIGKILL")));
    }

    private static async Task EachAsync(IEnumerable<(string Calls, int Call, string Fault)> injections)
    {
        (string Calls, int Call, string Fault)[] all = [.. injections];
        int fired = 0;
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (injection, _) =>
        {
            string what = $"{injection.Fault} at call {injection.Call} of {injection.Calls}";
            using ScratchFolder root = new("inject");
            string folder = root.PathOf("log");
            (ProgramRun run, string[] lines, int fault) = await InjectAsync(root, injection.Calls, $"{injection.Fault}:when={injection.Call}");
            if (fault < 0 && run.ExitCode != ExitKilled)
            {
                Assert.True(BusiestThread(lines, injection.Calls) < injection.Call, $"{what}: it never fired");
                return; // in none of the tries did one thread make so many calls
            }

            string[] answers = File.Exists(root.PathOf("answers.txt")) ? await File.ReadAllLinesAsync(root.PathOf("answers.txt"), CancellationToken.None) : [];
            Assert.True(fault < 0 || lines[..fault].Count(line => line.Contains("answers.txt", StringComparison.Ordinal)) == answers.Length, $"{what}: the trace shows other answers than were given");
            bool atTheEnd = answers.Length == Batches;
            if (injection.Fault.StartsWith("error", StringComparison.Ordinal))
            {
                Assert.DoesNotContain(lines[fault..], line => line.Contains(" write(", StringComparison.Ordinal) && line.Contains("answers.txt", StringComparison.Ordinal));
                Assert.True(atTheEnd || run.ExitCode == 4, $"{what}: exit code {run.ExitCode}, {run.Error}");
                if (!atTheEnd) Assert.StartsWith("disk-failed: ", run.Error, StringComparison.Ordinal);
            }

            await RequireSoundAsync(folder, answers, what);
            Interlocked.Increment(ref fired);
        });
        Assert.True(fired * 2 >= all.Length, $"only {fired} of {all.Length} faults fired");
    }

    // Which thread makes the last calls differs from run to run, and strace counts each thread's apart: a fault that found no call is tried again.
    private static async Task<(ProgramRun Run, string[] Lines, int Fault)> InjectAsync(ScratchFolder root, string calls, string injection)
    {
        for (int attempt = 1; ; attempt++)
        {
            ProgramRun run = await RunAsync(root, calls, injection);
            string[] lines = await File.ReadAllLinesAsync(root.PathOf("trace.txt"));
            int fault = Array.FindIndex(lines, line => line.Contains("(INJECTED)", StringComparison.Ordinal));
            if (fault >= 0 || run.ExitCode == ExitKilled || attempt == 5) return (run, lines, fault);
            Directory.Delete(root.PathOf("log"), recursive: true);
            File.Delete(root.PathOf("answers.txt"));
        }
    }

    private static async Task RequireSoundAsync(string folder, string[] answers, string what)
    {
        long acknowledged = answers.Length == 0 ? 0 : long.Parse(answers[^1], CultureInfo.InvariantCulture);
        await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(folder);
        Assert.True(log.Head >= acknowledged, $"{what}: {log.Head} events are there, {acknowledged} were acknowledged");
        Digest root = await log.VerifyAsync();
        Assert.Equal(await log.LogRootAsync(log.Head), root);
        Assert.Equal(
            AppendProgram.History(Batches).SelectMany(batch => batch).Take((int)log.Head).Select(e => e.Id),
            (await log.ReadAllAsync(0).ListAsync()).Select(e => e.Event.Id));
    }

    private static async Task<int> CountAsync(string calls)
    {
        using ScratchFolder root = new("inject");
        await RunAsync(root, calls, null);
        return BusiestThread(await File.ReadAllLinesAsync(root.PathOf("trace.txt")), calls) * 4 / 5; // the last ones, of closing, are not the same in every run
    }

    private static int BusiestThread(string[] trace, string calls) => trace
        .Where(line => calls.Split(',').Any(call => line.Contains($" {call}(", StringComparison.Ordinal)))
        .CountBy(line => line[..line.IndexOf(' ', StringComparison.Ordinal)])
        .Select(thread => thread.Value)
        .DefaultIfEmpty()
        .Max();

    // Not the folder: SQLite lets a failed sync of it pass, which is why the log syncs it itself.
    // The file of answers is traced, to see what was written after the fault, but nothing is injected there: its calls are not among those given.
    private static Task<ProgramRun> RunAsync(ScratchFolder root, string calls, string? injection)
    {
        string[] inject = injection is null ? [] : ["-e", $"inject={calls}:{injection}"];
        return ProgramRun.StraceAsync(
            root.PathOf("answers.txt"),
            [.. CallRecorder.Files(root.PathOf("log"))[1..].Append(root.PathOf("answers.txt")).SelectMany(file => new[] { "-P", file }), "-y", "-e", $"trace={calls},write", .. inject, "-o", root.PathOf("trace.txt")],
            ["append", "history", root.PathOf("log"), Batches.ToString(CultureInfo.InvariantCulture), "sound"]);
    }
}
