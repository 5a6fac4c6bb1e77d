using System.Text;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Livestream;
using Ledger.Host.Security;
using Xunit;

namespace Ledger.Tests.Adapters.Livestream;

/// <summary>Guaranteed: who is let in, what ends a broadcast, what a viewer, a recording and a contradicted report become.</summary>
public sealed class LivestreamTests : IAsyncLifetime
{
    private LiveWorld _world = null!;

    public async Task InitializeAsync() => _world = await LiveWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_broadcaster_needs_a_live_key_of_the_space_and_bandwidth()
    {
        await _world.OpenAsync("ann", "music", minutes: 5);
        await _world.OpenAsync("bob", "games", minutes: 0);
        using LivestreamEngine engine = _world.Engine();
        MediaDouble media = new();
        (string first, string second) = (await IssueAsync(engine, "music", "ann"), await IssueAsync(engine, "music", "ann"));
        Assert.StartsWith("keys-two-live", (await Assert.ThrowsAsync<KeyRefusedException>(() => IssueAsync(engine, "music", "ann"))).Message, StringComparison.Ordinal);
        Assert.StartsWith("space-unfit", (await Assert.ThrowsAsync<FormatException>(() => IssueAsync(engine, "mu/sic", "ann"))).Message, StringComparison.Ordinal);
        string broke = await IssueAsync(engine, "games", "bob");

        Assert.Null(await PublishAsync(engine, media, "music", first));
        Assert.Null(await PublishAsync(engine, media, "music", second));
        Assert.Equal("stream-key-invalid", await PublishAsync(engine, media, "music", first[..^1] + (first[^1] == '0' ? '1' : '0')));
        string wrongSecret = first[..14] + StreamKey.Generate().Text[14..46];
        Assert.Equal("stream-key-invalid", await PublishAsync(engine, media, "music", wrongSecret + KeyForm.Check(wrongSecret)));
        Assert.Equal("stream-key-invalid", await PublishAsync(engine, media, "music", ""));
        Assert.Equal("stream-key-invalid", await PublishAsync(engine, media, "games", first));
        Assert.Equal("bandwidth-exhausted", await PublishAsync(engine, media, "games", broke));
        await engine.AskAsync((store, now) =>
        {
            store.Revoke(StreamKey.TryParse(first, out StreamKey? key) ? key.Id : "", now);
            return 0;
        });
        Assert.Equal("stream-key-invalid", await PublishAsync(engine, media, "music", first));
        Assert.Null(await PublishAsync(engine, media, "music", second));
        Assert.Empty(_world.Logged<BroadcastStarted>());
    }

    [Fact]
    public async Task A_broadcast_gets_the_minutes_it_bought_and_is_then_ended()
    {
        await _world.OpenAsync("ann", "music", minutes: 3);
        using LivestreamEngine engine = _world.Engine();
        MediaDouble media = new();
        MediaDouble.Connection live = media.Connect("music", await IssueAsync(engine, "music", "ann"));
        Assert.Null(await CallAsync(engine, media.Callback("publish", live)));
        IReadOnlyList<(LiveSession Session, string Publisher)> drops = [];
        for (int look = 0; look < 60 && drops.Count == 0; look++) drops = await LookAsync(engine, media, 5_000);

        Assert.Equal(3, _world.Logged<BroadcastMinute>().Count);
        Assert.Equal(live.Client, Assert.Single(drops).Publisher);
        Assert.Equal(0, (_world.Now.Value / 60_000) - _world.Logged<BroadcastMinute>().Max(m => m.Minute) - 1);
        Assert.Equal("bandwidth-exhausted", await CallAsync(engine, media.Callback("update_publish", live)));
        Assert.Equal("bandwidth-exhausted", await PublishAsync(engine, media, "music", live.Secret));

        await _world.StateAsync(new BandwidthPurchased(new AccountId("ann"), 2, Core.Quantities.TokenAmount.FromWe(1)));
        Assert.Empty(await LookAsync(engine, media, 5_000));
        Assert.Equal(4, _world.Logged<BroadcastMinute>().Count);
    }

    [Fact]
    public async Task Minutes_in_the_log_by_whomever_use_up_bandwidth_across_a_close()
    {
        await _world.OpenAsync("ann", "music", minutes: 4);
        using LivestreamEngine engine = _world.Engine();
        MediaDouble media = new();
        string key = await IssueAsync(engine, "music", "ann");
        long minute = _world.Now.Value / 60_000;
        await _world.StateAsync([.. Enumerable.Range(0, 3).Select(i => new BroadcastMinute(new AccountId("ann"), new SpaceId("music"), minute - i))]);
        await engine.FollowAsync(CancellationToken.None);
        Assert.Null(await PublishAsync(engine, media, "music", key));
        await _world.StateAsync(new BroadcastMinute(new AccountId("ann"), new SpaceId("music"), minute - 3));
        await engine.FollowAsync(CancellationToken.None);
        Assert.Equal("bandwidth-exhausted", await PublishAsync(engine, media, "music", key));

        _world.Clock.Now = _world.Now.PlusMs(Day.LengthMs);
        await _world.Session.Ledger.CloseAsync(Day.Of(_world.Now).Plus(-1));
        await _world.StateAsync(new BandwidthPurchased(new AccountId("ann"), 1, Core.Quantities.TokenAmount.FromWe(1)));
        Assert.Null(await PublishAsync(engine, media, "music", key));
        using LivestreamEngine another = _world.Engine("another");
        Assert.Equal("stream-key-invalid", await PublishAsync(another, media, "music", key));
    }

    [Theory]
    [InlineData(30_000, 1)]
    [InlineData(90_000, 2)]
    public async Task A_reconnect_within_the_grace_is_the_same_broadcast(long silenceMs, int broadcasts)
    {
        await _world.OpenAsync("ann", "music", minutes: 50);
        LivestreamEngine engine = _world.Engine();
        MediaDouble media = new();
        MediaDouble.Connection live = media.Connect("music", await IssueAsync(engine, "music", "ann"));
        await CallAsync(engine, media.Callback("publish", live));
        for (int i = 0; i < 5; i++) await LookAsync(engine, media, 5_000);
        media.Restart(media.Pid);
        engine.Dispose();
        engine = _world.Engine();
        for (long silent = 0; silent < silenceMs; silent += 5_000) await LookAsync(engine, media, 5_000);
        await CallAsync(engine, media.Callback("publish", media.Connect("music", live.Secret)));
        for (int i = 0; i < 20; i++) await LookAsync(engine, media, 5_000);
        media.Restart(7);
        for (int i = 0; i < 20; i++) await LookAsync(engine, media, 5_000);
        engine.Dispose();
        Assert.Equal(broadcasts, _world.Logged<BroadcastStarted>().Count);
        Assert.Equal(_world.Logged<BroadcastStarted>().Select(s => s.Session), _world.Logged<BroadcastEnded>().Select(s => s.Session));
    }

    [Fact]
    public async Task Viewers_with_a_ticket_are_present_and_all_are_counted()
    {
        await _world.OpenAsync("ann", "music", minutes: 50);
        using LivestreamEngine engine = _world.Engine();
        MediaDouble media = new();
        await CallAsync(engine, media.Callback("publish", media.Connect("music", await IssueAsync(engine, "music", "ann"))));
        byte[] secret = engine.TicketSecret;
        DateTimeOffset soon = _world.Clock.GetUtcNow().AddMinutes(1);
        string ticket = PlayTicket.Of(secret, new SpaceId("music"), new AccountId("carl é"), soon);
        string[] worthless = [PlayTicket.Of(secret, new SpaceId("games"), new AccountId("dora"), soon), PlayTicket.Of(new byte[32], new SpaceId("music"), new AccountId("dora"), soon), ticket[1..], "a.b.c", PlayTicket.Of(secret, new SpaceId("music"), new AccountId("dora"), soon.AddMinutes(-3))];
        foreach (string? sent in (string?[])[ticket, ticket, null, .. worthless]) await CallAsync(engine, media.Callback("play", media.Watch("music", sent)));
        for (int i = 0; i < 24; i++) await LookAsync(engine, media, 5_000);

        Assert.Equal(["carl é"], _world.Logged<PresenceMinute>().Select(p => p.Account.Value).Distinct());
        Assert.Equal(2, _world.Logged<PresenceMinute>().Count);
        (LiveSession session, _) = Assert.Single(await engine.BroadcastsAsync(10));
        Assert.Equal(8, session.PeakViewers);
        Assert.Equal(8 * 22 * 5_000, session.WatchMs);
    }

    [Fact]
    public async Task A_reported_minute_that_the_servers_contradict_is_disputed_once()
    {
        await _world.OpenAsync("ann", "music", minutes: 50);
        await _world.OpenAsync("bob", "games", minutes: 50);
        LivestreamEngine engine = _world.Engine();
        MediaDouble media = new();
        await CallAsync(engine, media.Callback("publish", media.Connect("music", await IssueAsync(engine, "music", "ann"))));
        for (int i = 0; i < 30; i++) await LookAsync(engine, media, 5_000);
        long minute = (_world.Now.Value / 60_000) - 1;
        EventId[] reported = await _world.StateAsync(
            new BroadcastMinute(new AccountId("ann"), new SpaceId("music"), minute),
            new BroadcastMinute(new AccountId("eve"), new SpaceId("music"), minute),
            new BroadcastMinute(new AccountId("bob"), new SpaceId("games"), minute),
            new BroadcastMinute(new AccountId("eve"), new SpaceId("music"), minute - 60));
        await engine.FollowAsync(CancellationToken.None);
        Assert.Empty(_world.Logged<BroadcastDisputed>());
        for (int i = 0; i < 13; i++) await LookAsync(engine, media, 5_000);
        await engine.FollowAsync(CancellationToken.None);
        engine.Dispose();
        engine = _world.Engine();
        await engine.FollowAsync(CancellationToken.None);
        engine.Dispose();
        Assert.Equal(new BroadcastDisputed(new SpaceId("music"), new AccountId("eve"), minute, reported[1]), Assert.Single(_world.Logged<BroadcastDisputed>()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("call=publish")]
    [InlineData("call=nonsense&app=live&name=music&clientid=1")]
    [InlineData("app=live&call=publish&name=music&clientid=1&key=x&name=games")]
    public void A_callback_that_leaves_any_doubt_is_refused(string form) => Assert.Throws<MediaCallbackException>(() => NginxRtmp.Callback(Encoding.UTF8.GetBytes(form)));

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"action":"on_publish","app":"live","client_id":"1"}""")]
    [InlineData("""{"action":"on_publish","app":"live","stream":"music","client_id":"1","stream":"games"}""")]
    [InlineData("""{"action":"on_publish","app":"live","stream":"music","client_id":"1","param":"?key=a&key=b"}""")]
    public void The_same_of_SRS(string json) => Assert.Throws<MediaCallbackException>(() => Srs.Callback(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void SRS_speaks_of_the_same_things()
    {
        MediaCallback publish = Srs.Callback("""{"server_id":"vid-0","action":"on_publish","client_id":"9308h583","ip":"192.168.1.10","vhost":"__defaultVhost__","app":"live","tcUrl":"rtmp://x/live?key=other","stream":"music","param":"?key=wesk_1","stream_url":"video.test.com/live/music","stream_id":"vid-124q9y3"}"""u8.ToArray());
        Assert.Equal(new MediaCallback(MediaCall.Publish, "live", "music", "9308h583", "wesk_1"), publish);
        Assert.Equal(MediaCall.PlayDone, Srs.Callback("""{"action":"on_stop","client_id":1985,"app":"live","stream":"music"}"""u8.ToArray()).Call);
        Assert.Equal(MediaCall.Other, Srs.Callback("""{"action":"on_hls","client_id":"1","duration":9.36,"file":"./objs/x.ts","seq_no":100}"""u8.ToArray()).Call);
        Assert.Equal("/usr/local/srs/objs/music.1.flv", Srs.Callback("""{"action":"on_dvr","client_id":"1","app":"live","stream":"music","cwd":"/usr/local/srs","file":"objs/music.1.flv"}"""u8.ToArray()).Path);
        MediaSample sample = Srs.Stat("""{"streams":{"code":0,"server":"vid-0","service":"a","pid":"7","streams":[{"id":"vid-1","name":"music","vhost":"v","app":"live","live_ms":1,"clients":2,"frames":125,"send_bytes":5,"recv_bytes":900,"publish":{"active":true,"cid":"9308h583"}},{"id":"vid-2","name":"x","app":"other","frames":1,"recv_bytes":1,"publish":{"active":false}}]},"clients":{"code":0,"clients":[{"id":"9308h583","stream":"vid-1","publish":true,"send_bytes":1},{"id":"v1","stream":"vid-1","publish":false,"send_bytes":77}]}}"""u8.ToArray(), "live");
        StreamSample stream = Assert.Single(sample.Streams);
        Assert.Equal(("vid-0/a/7", "music", "9308h583", 900L, 125L), (sample.Instance, stream.Name, stream.Publisher, stream.Bytes, stream.Frames));
        Assert.Equal([new ViewerSample("v1", 77)], stream.Viewers);
    }

    [Fact]
    public async Task What_was_captured_gives_the_same_minutes_when_it_is_replayed()
    {
        string capture = Path.GetTempFileName();
        try
        {
            await _world.OpenAsync("ann", "music", minutes: 50);
            MediaDouble media = new();
            string key;
            using (LivestreamEngine engine = _world.Engine(settings: LiveWorld.Settings() with { Capture = capture }))
            {
                key = await IssueAsync(engine, "music", "ann");
                MediaDouble.Connection live = media.Connect("music", key);
                await CallAsync(engine, media.Callback("publish", live));
                for (int i = 0; i < 40; i++) await LookAsync(engine, media, 5_000);
                await CallAsync(engine, media.Callback("publish_done", live));
            }

            await using LiveWorld other = await LiveWorld.StartAsync();
            await other.OpenAsync("ann", "music", minutes: 50);
            using (LivestreamEngine engine = other.Engine())
            {
                string own = await IssueAsync(engine, "music", "ann");
                await RawFeed.ReplayAsync(RawFeed.Read(capture).Select(m => m with { Body = m.Body.Replace(key, own, StringComparison.Ordinal) }), engine, at => other.Clock.Now = at);
            }

            Assert.Equal(4, other.Logged<BroadcastMinute>().Count);
            Assert.Equal(_world.Logged<BroadcastMinute>(), other.Logged<BroadcastMinute>());
            Assert.Equal(_world.Logged<BroadcastStarted>(), other.Logged<BroadcastStarted>());
        }
        finally
        {
            File.Delete(capture);
        }
    }

    private static async Task<string> IssueAsync(LivestreamEngine engine, string space, string account) =>
        (await engine.AskAsync((store, now) => store.Issue(new SpaceId(space), new AccountId(account), now))).Text;

    private static Task<string?> CallAsync(LivestreamEngine engine, byte[] callback) => engine.CallbackAsync(engine.Server("edge-1")!, callback);

    private static Task<string?> PublishAsync(LivestreamEngine engine, MediaDouble media, string space, string key) => CallAsync(engine, media.Callback("publish", new MediaDouble.Connection(space, key, "99")));

    private Task<IReadOnlyList<(LiveSession Session, string Publisher)>> LookAsync(LivestreamEngine engine, MediaDouble media, long ms)
    {
        media.Flow(_world.Now, ms);
        _world.Clock.Now = _world.Now.PlusMs(ms);
        return engine.SampleAsync(engine.Server("edge-1")!, media.Stat(), _world.Now);
    }
}
