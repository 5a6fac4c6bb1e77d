using System.Diagnostics;
using Ledger.Benchmarks.Fold;
using Ledger.Core.Events;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Cluster;
using Ledger.Projections.EventLog.Embedded;
using Ledger.Projections.Ingest;
using Ledger.Tests.DayWindows.Cluster;

namespace Ledger.Benchmarks.Cluster;

/// <summary>
/// One <c>weledger node</c> process of one core, then two, on the same window, by turns: from its seal in the log to its last part in the store of
/// sheets, and to its recorded close. Then the fold on actors beside the same fold without them.
/// </summary>
/// <remarks>
/// Both nodes stand on one machine, so the same memory feeds both cores. Every run closes a log of its own and must record the same numbers. A member
/// runs for months: before the window that is measured it has closed a small one, so that its code is compiled, and it has kept up with what there is.
/// </remarks>
internal static class ClusterBench
{
    private const int Runs = 5;
    private const long EventsBefore = 1_000_000;
    private const double NodesGoal = 1.6;

    /// <summary>A day far off, so that no node seals it: the bench does, when every node stands ready.</summary>
    public static Day Window { get; } = Day.FromNumber(40_000);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(long events)
    {
        string folder = Directory.CreateTempSubdirectory("weledger-cluster-").FullName;
        try
        {
            string log = Path.Combine(folder, "log");
            await ReplayBench.BuildAsync(log, events, Window, EventsBefore);
            List<(double Parts, double Close)> one = [], two = [];
            EventPayload? recorded = null;
            for (int run = 0; run < Runs; run++)
            {
                foreach ((int nodes, List<(double, double)> times) in new[] { (1, one), (2, two) })
                {
                    string copy = Path.Combine(folder, "copy");
                    Copy(log, copy);
                    (double parts, double close, EventPayload facts) = await CloseAsync(copy, nodes);
                    times.Add((parts, close));
                    recorded ??= facts;
                    if (!RecordedNumbers.Same(recorded, facts)) throw new InvalidOperationException($"{nodes} nodes recorded another close than the first run");
                    Print($"cluster: {nodes} nodes of one core, {events:N0} events: parts in {parts:F2} s, close recorded in {close:F2} s");
                    Directory.Delete(copy, recursive: true);
                }
            }

            (double[] folding, double[] closing) = (Ratios(one, two, times => times.Parts), Ratios(one, two, times => times.Close));
            Print($"cluster: two nodes {folding[Runs / 2]:F2} times one in folding (goal {NodesGoal}; {folding[0]:F2} to {folding[^1]:F2}), {closing[Runs / 2]:F2} times in the whole close ({closing[0]:F2} to {closing[^1]:F2}); medians of {Runs} pairs, recorded numbers equal");
            await ActorsBench.RunAsync(log);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Starts nodes and closes both windows: each is sealed when all have kept up with their share of the parts, and its parts and its close are waited for.</summary>
    private static async Task<(double Parts, double Close, EventPayload Facts)> CloseAsync(string folder, int nodeCount)
    {
        (int Port, int Http)[] ports = [.. Enumerable.Range(0, nodeCount).Select(_ => NodeProcess.FreePorts())];
        NodeProcess[] nodes = [.. ports.Select((port, core) => NodeProcess.Start(folder, folder, port, ports.Select(p => p.Port), core))];
        try
        {
            // The nodes are not asked while they work: they would answer on the cores that are measured.
            await using EmbeddedEventLog follower = await EmbeddedEventLog.FollowAsync(folder);
            await using SqliteSheets sheets = SqliteSheets.Open(folder);
            await ReadyAsync(follower.Head);
            await CloseAsync(Window.Plus(-1));
            await ReadyAsync(follower.Head);
            return await CloseAsync(Window);

            async Task ReadyAsync(long head) => await UntilAsync(nodes, async () => (await Task.WhenAll(nodes.Select(node => node.StatusAsync()))) is var statuses
                && statuses.All(s => s is not null && s.Position == head && s.PartsFollowed == ClusterFold.PartCount / nodeCount && s.FollowedTo == head) && statuses.Any(s => s!.Term is not null));

            async Task<(double Parts, double Close, EventPayload Facts)> CloseAsync(Day window)
            {
                long seal = follower.Head;
                await using (EmbeddedEventLog log = await EmbeddedEventLog.OpenAsync(folder))
                    await log.AppendAsync([EventIntake.Seal(window, window.Next.Start)]);
                long sealedAt = Stopwatch.GetTimestamp();
                await UntilAsync(nodes, async () => (await sheets.HeldAsync(window, seal)).Count == ClusterFold.PartCount);
                double parts = Stopwatch.GetElapsedTime(sealedAt).TotalSeconds;
                await UntilAsync(nodes, () => Task.FromResult(follower.Head > seal + 1));
                double close = Stopwatch.GetElapsedTime(sealedAt).TotalSeconds;
                WindowClosed closed = (WindowClosed)(await follower.FindAsync(RewardLedger.ClosedId(window)))!.Payload;
                return (parts, close, closed with { LogRoot = default }); // the root covers when the window before was closed
            }
        }
        finally
        {
            foreach (NodeProcess node in nodes) node.Dispose();
        }
    }

    private static async Task UntilAsync(NodeProcess[] nodes, Func<Task<bool>> holds)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience || nodes.Any(node => node.HasExited))
                throw new InvalidOperationException(string.Join('\n', nodes.SelectMany(node => node.Lines)));
            await Task.Delay(Look);
        }
    }

    /// <summary>How many times longer one node took than the two beside it in time, smallest first.</summary>
    private static double[] Ratios(List<(double Parts, double Close)> one, List<(double Parts, double Close)> two, Func<(double Parts, double Close), double> of) =>
        [.. one.Zip(two, (alone, shared) => of(alone) / of(shared)).Order()];

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
