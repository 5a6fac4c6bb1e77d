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
        Call[] syncs = await CallsAsync("fsync", "fdatasync");
        Assert.True(syncs.Length >= Batches / 2, $"{syncs.Length} syncs for {Batches} commits");
        await EachAsync(syncs.SelectMany(call => Errors.Select(error => (call, $"error={error}"))));
    }

    [PartFact("strace")]
    public async Task After_a_failed_write_nothing_is_acknowledged() =>
        await EachAsync(Sample(await CallsAsync("pwrite64", "ftruncate")).Select((call, i) => (call, $"error={Errors[i % Errors.Length]}")));

    [PartFact("strace")]
    public async Task A_process_killed_inside_a_call_loses_nothing_acknowledged() =>
        await EachAsync(Sample(await CallsAsync("pwrite64", "ftruncate", "fsync", "fdatasync", "unlink", "openat")).Select(call => (call, "signal=SIGKILL")));

    private static IEnumerable<Call> Sample(Call[] calls)
    {
        int step = Math.Max(1, TestScale.Of(calls.Length / 16, 1));
        return calls.Where((_, i) => i % step == 0);
    }

    private static async Task EachAsync(IEnumerable<(Call Call, string Fault)> injections)
    {
        (Call Call, string Fault)[] all = [.. injections];
        int fired = 0;
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (injection, _) =>
        {
            string what = $"{injection.Fault} at {injection.Call.Name} number {injection.Call.Nth}";
            using ScratchFolder root = new("inject");
            string folder = root.PathOf("log");
            (ProgramRun run, string[] lines, int fault) = await InjectAsync(root, injection.Call, injection.Fault);
            if (fault < 0 && run.ExitCode != ExitKilled)
            {
                Assert.True(BusiestThread(lines, injection.Call.Name) < injection.Call.Nth, $"{what}: it never fired");
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

    // Which thread makes the last calls differs from run to run, and strace counts each thread's calls of each name apart: a fault that found no call is tried again.
    private static async Task<(ProgramRun Run, string[] Lines, int Fault)> InjectAsync(ScratchFolder root, Call call, string fault)
    {
        for (int attempt = 1; ; attempt++)
        {
            ProgramRun run = await RunAsync(root, [call.Name], $"{fault}:when={call.Nth}");
            string[] lines = await File.ReadAllLinesAsync(root.PathOf("trace.txt"));
            int injected = Array.FindIndex(lines, line => line.Contains("(INJECTED)", StringComparison.Ordinal));
            if (injected >= 0 || run.ExitCode == ExitKilled || attempt == 5) return (run, lines, injected);
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

    // Every call of these names that the busiest thread makes, but for the last fifth: those of closing are not the same in every run.
    private static async Task<Call[]> CallsAsync(params string[] names)
    {
        using ScratchFolder root = new("inject");
        await RunAsync(root, names, null);
        string[] trace = await File.ReadAllLinesAsync(root.PathOf("trace.txt"));
        return [.. names.SelectMany(name => Enumerable.Range(1, BusiestThread(trace, name) * 4 / 5).Select(nth => new Call(name, nth)))];
    }

    private static int BusiestThread(string[] trace, string name) => trace
        .Where(line => line.Contains($" {name}(", StringComparison.Ordinal))
        .CountBy(line => line[..line.IndexOf(' ', StringComparison.Ordinal)])
        .Select(thread => thread.Value)
        .DefaultIfEmpty()
        .Max();

    // Not the folder: SQLite lets a failed sync of it pass, which is why the log syncs it itself.
    // The file of answers is traced, to see what was written after the fault, but nothing is injected there: its calls are not among those given.
    private static Task<ProgramRun> RunAsync(ScratchFolder root, string[] names, string? injection)
    {
        string calls = string.Join(',', names);
        string[] inject = injection is null ? [] : ["-e", $"inject={calls}:{injection}"];
        return ProgramRun.StraceAsync(
            root.PathOf("answers.txt"),
            [.. CallRecorder.Files(root.PathOf("log"))[1..].Append(root.PathOf("answers.txt")).SelectMany(file => new[] { "-P", file }), "-y", "-e", $"trace={calls},write", .. inject, "-o", root.PathOf("trace.txt")],
            ["append", "history", root.PathOf("log"), Batches.ToString(CultureInfo.InvariantCulture), "sound"]);
    }

    private readonly record struct Call(string Name, int Nth);
}
