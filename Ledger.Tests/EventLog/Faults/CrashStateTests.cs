using System.Globalization;
using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Projections.EventLog;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.EventLog.Faults;

/// <summary>
/// Every call that an appending process makes to its files is recorded once, with its bytes. The process is then killed after each of them, and the
/// power is lost at random ones: the log opens, checks clean, is an exact prefix of what was sent, and has everything that was acknowledged.
/// </summary>
[TakesMinutes]
public sealed class CrashStateTests
{
    private const int Batches = 80;

    [PartFact("strace")]
    public async Task Nothing_acknowledged_is_lost_by_a_kill_at_any_file_system_call()
    {
        using ScratchFolder root = new("kill");
        List<FileCall> calls = await CallRecorder.RecordAsync(root.Path, "sound", Batches);
        Expectation expected = new();
        SimulatedDisk disk = new(root.PathOf("recorded"));
        int points = 0;
        long acknowledged = 0;
        foreach (FileCall call in calls)
        {
            if (call.Path == root.PathOf("answers.txt"))
            {
                acknowledged = Answer(call) ?? acknowledged;
                continue;
            }

            disk.Apply(call);
            string? fault = await expected.FaultAsync(root, disk.AfterKill(), acknowledged, verify: true);
            Assert.True(fault is null, $"killed after call {points}, {call.Kind} of {Path.GetFileName(call.Path)}: {fault}");
            points++;
        }

        Assert.Equal(expected.Total, acknowledged);
        Assert.True(points >= 500, $"only {points} calls");
        Assert.Contains(calls, call => call.Kind == FileCallKind.Write && Path.GetFileName(call.Path) == "log.db" && call.Offset > 0); // checkpoints are among them
    }

    [PartFact("strace")]
    public async Task Nothing_acknowledged_is_lost_by_a_power_loss()
    {
        int wanted = TestScale.Of(10_000, 200_000);
        (int seeds, string? fault) = await PowerLossesAsync("sound", wanted);
        Assert.True(fault is null, fault);
        Assert.True(seeds >= wanted, $"{seeds} of {wanted}");
    }

    [PartFact("strace")]
    public async Task A_writer_that_skips_the_sync_is_caught() => Assert.NotNull((await PowerLossesAsync("skip-sync", 1_000)).Fault);

    [PartFact("strace")]
    public async Task A_writer_that_answers_before_the_commit_is_caught() => Assert.NotNull((await PowerLossesAsync("early-answer", 1_000)).Fault);

    private static long? Answer(FileCall call) =>
        call.Kind == FileCallKind.Write ? long.Parse(Encoding.ASCII.GetString(call.Bytes), CultureInfo.InvariantCulture) : null;

    private static async Task<(int Seeds, string? Fault)> PowerLossesAsync(string mutant, int seeds)
    {
        using ScratchFolder root = new("power");
        List<FileCall> calls = await CallRecorder.RecordAsync(root.Path, mutant, Batches);
        Expectation expected = new();
        int tried = 0;
        int workers = Environment.ProcessorCount;
        int draws = (seeds / (calls.Count + 1)) + 1;
        string? fault = null;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            SimulatedDisk disk = new(root.PathOf("recorded"));
            long acknowledged = 0;
            for (int cut = 0; cut <= calls.Count && Volatile.Read(ref fault) is null; cut++)
            {
                for (int draw = 0; cut % workers == worker && draw < draws; draw++)
                {
                    int seed = (cut * draws) + draw;
                    string? found = await expected.FaultAsync(root, disk.AfterPowerLoss(new Random(seed)), acknowledged, verify: draw % 10 == 0);
                    if (found is not null) Interlocked.CompareExchange(ref fault, $"seed {seed}, power lost after call {cut} of {calls.Count}: {found}", null);
                    Interlocked.Increment(ref tried);
                }

                if (cut == calls.Count) break;
                if (calls[cut].Path == root.PathOf("answers.txt")) acknowledged = Answer(calls[cut]) ?? acknowledged;
                else disk.Apply(calls[cut]);
            }
        })));
        return (tried, fault);
    }

    /// <summary>The history that was sent, and its root at every size.</summary>
    private sealed class Expectation
    {
        private readonly List<EventId> _ids = [];
        private readonly List<Digest> _roots = [LogHash.EmptyRoot];

        public Expectation()
        {
            LogFrontier frontier = new();
            foreach (NewEvent e in AppendProgram.History(Batches).SelectMany(batch => batch))
            {
                _ids.Add(e.Id);
                frontier.Append(LogHash.Leaf(CanonicalBytes.Of(e)));
                _roots.Add(frontier.Root());
            }
        }

        public long Total => _ids.Count;

        /// <summary>What is wrong with a log that a crash left; null when nothing is.</summary>
        public async Task<string?> FaultAsync(ScratchFolder root, IEnumerable<(string Path, byte[] Bytes)> files, long acknowledged, bool verify)
        {
            string folder = Directory.CreateDirectory(root.PathOf($"state-{Guid.NewGuid():N}")).FullName;
            foreach ((string path, byte[] bytes) in files) await File.WriteAllBytesAsync(Path.Combine(folder, Path.GetFileName(path)), bytes);
            try
            {
                await using EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(folder);
                if (log.Head < acknowledged) return $"{log.Head} events are there, {acknowledged} were acknowledged";
                if (await log.LogRootAsync(log.Head) != _roots[(int)log.Head]) return $"the {log.Head} events are not the first that were sent";
                return verify && await log.VerifyAsync() != _roots[(int)log.Head] ? "the events do not check" : null;
            }
            catch (LogFaultException e)
            {
                return e.Message;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
