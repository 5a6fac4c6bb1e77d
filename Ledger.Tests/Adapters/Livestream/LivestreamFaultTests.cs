using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Livestream;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Livestream;

/// <summary>
/// Guaranteed: whatever becomes of callbacks, media servers, hosts and clocks, a minute is recorded once when two looks saw media flow in it, and never
/// when none flowed. The double knows what really flowed; the seed replays a run.
/// </summary>
public sealed class LivestreamFaultTests : IAsyncLifetime
{
    private LiveWorld _world = null!;

    public async Task InitializeAsync() => _world = await LiveWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task No_false_minute_and_no_true_one_lost_or_twice()
    {
        for (int seed = 0; seed < 12 * Soak.Factor; seed++)
        {
            try
            {
                await RunAsync(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}", e);
            }
        }
    }

    private async Task RunAsync(int seed)
    {
        Random random = new(seed);
        MediaDouble media = new();
        bool twoHosts = seed % 3 == 1;
        string[] hosts = twoHosts ? [$"a-{seed}", $"b-{seed}"] : [$"a-{seed}"];
        Dictionary<string, LivestreamEngine> engines = hosts.ToDictionary(h => h, h => _world.Engine(h), StringComparer.Ordinal);
        Dictionary<string, string> keys = [];
        List<MediaDouble.Connection> all = [];
        for (int i = 0; i < 3; i++)
        {
            string space = $"s{seed}-{i}";
            await _world.OpenAsync($"p{seed}-{i}", space, 1_000);
            keys[space] = (await engines[hosts[0]].AskAsync((store, now) => store.Issue(new SpaceId(space), new AccountId($"p{seed}-{i}"), now))).Text;
        }

        // What the host that gets the callbacks must have seen; the other one hears of broadcasts from the log.
        HashSet<(string Space, long Minute)> seen = [];
        Dictionary<string, Dictionary<string, (MediaDouble.Connection Connection, long Bytes, uint Timestamp, UnixMs At)>> looks = hosts.ToDictionary(h => h, _ => new Dictionary<string, (MediaDouble.Connection, long, uint, UnixMs)>(), StringComparer.Ordinal);
        List<byte[]> late = [];
        try
        {
            for (int step = 0; step < 250; step++)
            {
                switch (random.Next(20))
                {
                    case 0 or 1:
                        string space = $"s{seed}-{random.Next(3)}";
                        if (media.Connections.Any(c => c.Space == space)) break;
                        MediaDouble.Connection connection = media.Connect(space, keys[space]);
                        connection.Timestamp = (uint)random.Next(3) * 86_400_000u;
                        Assert.Null(await CallAsync(engines[hosts[0]], media.Callback("publish", connection)));
                        all.Add(connection);
                        if (random.Next(3) == 0) Assert.Null(await CallAsync(engines[hosts[0]], media.Callback("publish", connection)));
                        break;
                    case 2:
                        if (Pick(media.Connections) is not { } leaving) break;
                        media.Disconnect(leaving);
                        late.Add(media.Callback("publish_done", leaving));
                        if (random.Next(2) == 0) await LateAsync();
                        break;
                    case 3:
                        if (Pick(media.Connections) is { } updating) late.Add(media.Callback("update_publish", updating, "&time=5&timestamp=1"));
                        break;
                    case 4:
                        await LateAsync();
                        break;
                    case 5:
                        if (Pick(media.Connections) is { } pausing) pausing.Sends = !pausing.Sends;
                        break;
                    case 6:
                        if (random.Next(3) == 0) media.Restart(random.Next(2) == 0 ? media.Pid : random.Next(100, 200));
                        break;
                    case 7:
                        if (random.Next(2) == 0) break;
                        string host = hosts[random.Next(hosts.Length)];
                        engines[host].Dispose();
                        engines[host] = _world.Engine(host);
                        break;
                    case 8:
                        if (Pick(media.Connections) is { } lying) lying.Timestamp = (uint)random.NextInt64(uint.MaxValue);
                        break;
                    case 9:
                        Assert.Equal("stream-key-invalid", await CallAsync(engines[hosts[0]], media.Callback("publish", new MediaDouble.Connection($"s{seed}-0", StreamKey.Generate().Text, "77"))));
                        break;
                    default:
                        long ms = random.Next(500, 15_000);
                        media.Flow(_world.Now, ms);
                        _world.Clock.Now = _world.Now.PlusMs(ms);
                        foreach (string looking in hosts.Where(_ => random.Next(6) > 0)) await LookAsync(looking);
                        break;
                }
            }

            foreach (string last in hosts) await engines[last].FollowAsync(CancellationToken.None);
        }
        finally
        {
            foreach (LivestreamEngine engine in engines.Values) engine.Dispose();
        }

        List<(string Space, long Minute)> recorded = [.. _world.Logged<BroadcastMinute>().Where(m => m.Space.Value.StartsWith($"s{seed}-", StringComparison.Ordinal)).Select(m => (m.Space.Value, m.Minute))];
        HashSet<(string Space, long Minute)> flowed = [.. all.SelectMany(c => c.FlowedIn.Select(m => (c.Space, m)))];
        Assert.Equal(recorded.Count, recorded.Distinct().Count());
        Assert.Empty(recorded.Except(flowed));
        Assert.Empty(seen.Except(recorded));
        Assert.NotEmpty(seen);
        Assert.Empty(_world.Logged<BroadcastDisputed>());

        MediaDouble.Connection? Pick(IReadOnlyList<MediaDouble.Connection> from) => from.Count == 0 ? null : from[random.Next(from.Count)];

        async Task LookAsync(string host)
        {
            foreach (MediaDouble.Connection c in media.Connections)
            {
                if (looks[host].TryGetValue(c.Space, out var before) && before.Connection == c && c.Bytes > before.Bytes && c.Timestamp != before.Timestamp && before.At.Value / 60_000 == _world.Now.Value / 60_000 && host == hosts[0])
                    seen.Add((c.Space, _world.Now.Value / 60_000));
                looks[host][c.Space] = (c, c.Bytes, c.Timestamp, _world.Now);
            }

            foreach (string gone in looks[host].Keys.Except(media.Connections.Select(c => c.Space)).ToArray()) looks[host].Remove(gone);
            await engines[host].SampleAsync(engines[host].Server("edge-1")!, media.Stat(), _world.Now);
            if (random.Next(4) == 0) await engines[host].FollowAsync(CancellationToken.None);
        }

        // Out of order, some of them twice, some never.
        async Task LateAsync()
        {
            while (late.Count > 0)
            {
                int index = random.Next(late.Count);
                byte[] callback = late[index];
                if (random.Next(4) > 0) late.RemoveAt(index);
                await CallAsync(engines[hosts[0]], callback);
            }
        }
    }

    private static Task<string?> CallAsync(LivestreamEngine engine, byte[] callback) => engine.CallbackAsync(engine.Server("edge-1")!, callback);
}
