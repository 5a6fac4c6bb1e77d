using System.Globalization;
using Akka.Actor;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Rulesets;
using Ledger.Core.Time;
using Ledger.Host.Api;
using Ledger.Host.Client;
using Ledger.Host.Composition;
using Ledger.Host.Security;
using Ledger.Projections.Audit;
using Ledger.Projections.DayWindows;
using Ledger.Projections.DayWindows.Cluster;
using Ledger.Projections.EventLog;
using Ledger.Projections.Ingest;
using Ledger.Projections.Simulation;
using Ledger.Tests.EventLog.Postgres;
using Ledger.Tests.Support;
using Xunit;
using Xunit.Abstractions;
using Scope = Ledger.Host.Security.Scope;

namespace Ledger.Tests.DayWindows.Cluster;

/// <summary>
/// Guaranteed: real processes that form a cluster close each window exactly once and with the same bits as one process alone, although members
/// are killed, frozen and thawed, join, and are restarted one after the other.
/// </summary>
[TakesMinutes]
public sealed class ClusterTests(ITestOutputHelper output) : IDisposable
{
    private static readonly Day FirstDay = Day.FromNumber(20_458);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-").FullName;
    private readonly List<NodeProcess> _nodes = [];
    private readonly List<int> _seeds = [];
    private readonly CommunityRun _life = new Community(new CommunitySettings { Accounts = 300, Days = 5, EventsPerDay = 20_000, FirstDay = FirstDay, Seed = 11 }).Begin();

    private LogAddress _log = LogAddress.Folder("");

    public void Dispose()
    {
        StopAll();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Windows_close_once_with_the_same_bits_whatever_happens_to_the_members()
    {
        _log = LogAddress.Folder(Path.Combine(_folder, "log"));
        await StartAsync(3);
        await CloseNextDayAsync();
        Assert.True((await StatusesAsync()).Count(status => status.PartsStored > 0) >= 2, "parts are folded on more than one machine");

        NodeProcess folder = (await FolderAsync())!;
        await CloseNextDayAsync(() => Task.Run(folder.Kill));
        Assert.True(folder.HasExited, "the folding member was killed");
        await JoinAsync();

        (NodeProcess driver, long term) = await DriverAsync();
        await CloseNextDayAsync(() => Task.Run(driver.Kill));
        Assert.True(driver.HasExited, "the driver was killed");
        Assert.True((await DriverAsync()).Term > term, "another drives, in a later term");
        await JoinAsync();

        (NodeProcess frozen, long frozenTerm) = await DriverAsync();
        frozen.Signal("STOP");
        Assert.True((await DriverAsync(except: frozen)).Term > frozenTerm, "the others went on without the frozen driver");
        await CloseNextDayAsync();
        frozen.Signal("CONT");
        Assert.True(await frozen.ExitsAsync(Patience), "a member that was given up for dead leaves when it comes back");
        Assert.Equal(4, frozen.ExitCode);

        foreach (NodeProcess old in _nodes.Where(node => !node.HasExited).ToArray())
        {
            await JoinAsync();
            old.Signal("TERM");
            Assert.True(await old.ExitsAsync(Patience), "a member that is asked to leave leaves");
            Assert.Equal(0, old.ExitCode);
        }

        await CloseNextDayAsync();
        await CheckAsync(_life.Day.Number - FirstDay.Number);
    }

    [Fact]
    public async Task Members_fold_their_parts_of_an_open_window_while_it_fills()
    {
        _log = LogAddress.Folder(Path.Combine(_folder, "log"));
        await StartAsync(3);
        Day today = Day.Of(UnixMs.From(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())); // nobody seals it within the hour
        CommunityRun life = new Community(new CommunitySettings { Accounts = 300, Days = 1, EventsPerDay = 20_000, FirstDay = today, Seed = 12 }).Begin();
        ManualClock midnight = new(today.Next.Start.ToString());
        Queue<SubmittedEvent[]> events = new(life.NextDay().Chunk(5_000));
        await SubmitAsync(midnight, [events.Dequeue(), events.Dequeue()]);
        await FollowedAsync();

        _nodes[^1].Kill();
        await SubmitAsync(midnight, events);
        await JoinAsync();
        await FollowedAsync();
        await using (IEventLog log = await WriterAsync()) await EventIntake.Open(log, midnight).SealAsync(today);
        await ClosedAsync(today);
        await CheckAsync(1);
    }

    [PartFact("postgres")]
    public async Task Members_that_share_nothing_but_a_server_close_with_the_same_bits()
    {
        await using PostgresHarness server = new();
        _log = LogAddress.Of(await server.AddressAsync(), path => path);
        await StartAsync(3);
        NodeProcess folder = (await FolderAsync())!;
        await CloseNextDayAsync(() => Task.Run(folder.Kill));
        Assert.True(folder.HasExited, "the folding member was killed");
        Assert.Equal(2, (await StatusesAsync()).Count(status => status.PartsStored > 0));
        await CheckAsync(_life.Day.Number - FirstDay.Number);
        StopAll(); // before their server goes
    }

    [Fact]
    public async Task A_server_takes_events_while_a_sealed_window_waits_for_the_members_and_closes_with_what_they_fold()
    {
        _log = LogAddress.Folder(Path.Combine(_folder, "log"));
        string data = Path.Combine(_folder, "served");
        await using (IEventLog log = await LogStores.WriteAsync(_log, CancellationToken.None)) await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
        Day first = _life.Day;
        await SubmitAsync(TimeProvider.System, _life.NextDay().Chunk(5_000));
        string key = ServerProcess.NewKey(data, "app", [.. Scope.All.Where(scope => scope.Verb == ScopeVerb.Write).Select(scope => scope.ToString())]);
        string[] arguments = ["--log", _log.Value, "--cluster", "--close-after", "0"];
        using (ServerProcess sealing = await ServerProcess.StartAsync(data, arguments))
        {
            await UntilAsync($"window {first} is sealed", () => HasAsync(EventIntake.Seal(first, default).Id));
            Assert.Equal(0, await sealing.StopAsync());
        }

        // A server that starts does not wait for the members either.
        using ServerProcess server = await ServerProcess.StartAsync(data, arguments);
        Assert.Contains($"\"waitsForCluster\":{{\"window\":\"{first}\",\"partsHeld\":0,", await ReadyAsync(server), StringComparison.Ordinal);

        Day second = _life.Day;
        using (LedgerClient app = new(new LedgerClientOptions { Address = server.Http, Key = key }))
        {
            foreach (SubmittedEvent[] events in _life.NextDay().Chunk(1_000))
                Assert.All(await app.SubmitAsync(events), verdict => Assert.Null(verdict.Code));
        }

        Assert.False(await HasAsync(RewardLedger.ClosedId(first)), "nobody folds, so nothing is closed");

        await JoinAsync(3);
        (await FolderAsync())!.Kill();
        await ClosedAsync(first);
        await ClosedAsync(second);
        await UntilAsync("nothing waits", async () => (await ReadyAsync(server)).Contains("\"waitsForCluster\":null", StringComparison.Ordinal));
        Assert.Contains(await StatusesAsync(), status => status.PartsStored > 0);
        Assert.Equal(0, await server.StopAsync());
        await CheckAsync(2);
    }

    private static async Task<string> ReadyAsync(ServerProcess server)
    {
        using HttpClient client = new();
        return await client.GetStringAsync(new Uri(server.Http, "/health/ready"));
    }

    private void StopAll()
    {
        foreach (NodeProcess node in _nodes) node.Dispose();
        _nodes.Clear();
    }

    private async Task StartAsync(int members)
    {
        await using (IEventLog log = await LogStores.WriteAsync(_log, CancellationToken.None)) await LedgerGenesis.EnsureAsync(log, Ruleset.Default, TimeProvider.System);
        await JoinAsync(members);
    }

    /// <summary>Starts the first members, all at once.</summary>
    private async Task JoinAsync(int members)
    {
        (int Port, int Http)[] ports = [.. Enumerable.Range(0, members).Select(_ => NodeProcess.FreePorts())];
        _seeds.AddRange(ports.Select(p => p.Port));
        foreach ((int, int) port in ports) Start(port);
        await UntilAsync($"{members} members are up and have parts", async () =>
            (await StatusesAsync()).Count(status => status.PartsPlaced > 0 && status.Members.Count(member => member.Status == "up") == members) == members);
    }

    private NodeProcess Start((int Port, int Http) ports)
    {
        NodeProcess node = NodeProcess.Start(_log.Value, Path.Combine(_folder, ports.Port.ToString(CultureInfo.InvariantCulture)), ports, _seeds);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Appends a day, lets something happen, and waits until the day is closed.</summary>
    private async Task CloseNextDayAsync(Func<Task>? meanwhile = null)
    {
        Day day = _life.Day;
        await SubmitAsync(TimeProvider.System, _life.NextDay().Chunk(5_000));
        if (meanwhile is not null) await meanwhile();
        await ClosedAsync(day);
    }

    private async Task SubmitAsync(TimeProvider clock, IEnumerable<SubmittedEvent[]> batches)
    {
        await using IEventLog log = await WriterAsync();
        EventIntake intake = EventIntake.Open(log, clock);
        foreach (SubmittedEvent[] events in batches) await intake.SubmitAsync(events);
    }

    private Task ClosedAsync(Day day) => UntilAsync($"window {day} is closed", () => HasAsync(RewardLedger.ClosedId(day)));

    private async Task<bool> HasAsync(EventId id)
    {
        await using IEventLog log = await LogStores.ReadAsync(_log, CancellationToken.None);
        return await log.FindAsync(id) is not null;
    }

    /// <summary>Waits until every part of the open window is kept up with to the end of the log, on the member where it lives.</summary>
    private Task FollowedAsync() => UntilAsync("every part is kept up with where it lives", async () =>
    {
        await using IEventLog log = await LogStores.ReadAsync(_log, CancellationToken.None);
        List<NodeStatus> members = await StatusesAsync();
        return members.Sum(member => member.PartsFollowed) == ClusterFold.PartCount
            && members.TrueForAll(member => member.PartsFollowed == member.PartsPlaced && member.FollowedTo == log.Head);
    });

    private Task<IEventLog> WriterAsync() => LedgerLog.WriteAfterDriverAsync(_log, TimeProvider.System, CancellationToken.None);

    private async Task JoinAsync()
    {
        NodeProcess joined = Start(NodeProcess.FreePorts());
        await UntilAsync("the new member is up", async () => (await joined.StatusAsync())?.Members.Any(member => member.Address.EndsWith($":{joined.Port}", StringComparison.Ordinal) && member.Status == "up") == true);
        _seeds.Insert(0, joined.Port);
    }

    private async Task<(NodeProcess Node, long Term)> DriverAsync(NodeProcess? except = null)
    {
        (NodeProcess, long)? found = null;
        await UntilAsync("somebody drives", async () =>
        {
            foreach (NodeProcess node in _nodes.Where(node => !node.HasExited && node != except))
            {
                if ((await node.StatusAsync())?.Term is { } term) found = (node, term);
            }

            return found is not null;
        });
        return found!.Value;
    }

    private async Task<NodeProcess?> FolderAsync()
    {
        foreach (NodeProcess node in _nodes)
        {
            if (await node.StatusAsync() is { Term: null }) return node;
        }

        return null;
    }

    private async Task<List<NodeStatus>> StatusesAsync()
    {
        List<NodeStatus> statuses = [];
        foreach (NodeProcess node in _nodes)
        {
            if (await node.StatusAsync() is { } status) statuses.Add(status);
        }

        return statuses;
    }

    /// <summary>Every close stands once in the log, and recomputing everything in one process gives every recorded number.</summary>
    private async Task CheckAsync(int windows)
    {
        using ActorSystem actors = ActorSystem.Create("cluster-check", "akka.loglevel = OFF");
        await using IEventLog log = await LogStores.ReadAsync(_log, CancellationToken.None);
        int closes = 0;
        await foreach (RecordedEvent e in log.ReadAllAsync(0))
        {
            if (e.Payload is WindowClosed) closes++;
        }

        AuditReport report = await LedgerAudit.RunAsync(log, actors, new FoldOptions());
        Assert.Equal(windows, closes);
        Assert.Equal(closes, report.Windows.Count);
        Assert.Empty(report.Differences);
    }

    private async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        using CancellationTokenSource late = new(Patience);
        while (!await holds())
        {
            if (late.IsCancellationRequested)
            {
                foreach (NodeProcess node in _nodes) output.WriteLine($"{node.Port}: {string.Join("\n  ", node.Lines)}");
                Assert.Fail($"not in {Patience}: {what}");
            }

            await Task.Delay(200);
        }
    }
}
