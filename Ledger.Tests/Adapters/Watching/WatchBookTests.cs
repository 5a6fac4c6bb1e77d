using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Host.Adapters.Watching;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Adapters.Watching;

/// <summary>Guaranteed for any heartbeats whatever: no view has more than time passed or the video has, no account more than time passed, and restarts change nothing upwards.</summary>
public sealed class WatchBookTests
{
    [Fact]
    public void The_recorded_heartbeats_give_the_recorded_views()
    {
        string path = Repository.PathOf("Ledger.Tests/Vectors/watching.ndjson");
        string[] expected = [.. File.ReadLines(path).Where(l => l.StartsWith('#')).Select(l => l[2..])];
        Assert.Equal(expected, WatchReplay.Events(WatchReplay.Read(path)).Select(Line));
    }

    [Property(MaxTest = 300)]
    public void Nobody_watches_more_than_there_is(int seed)
    {
        RawBeat[] beats = Random(seed);
        Viewed[] viewed = [.. WatchReplay.Events(beats).Select(e => (Viewed)e.Payload)];
        foreach (IGrouping<string, RawBeat> account in beats.Where(b => b.State is not null).GroupBy(b => b.Account))
        {
            long passedMs = account.Max(b => b.AtMs) - account.Min(b => b.AtMs);
            Assert.True(viewed.Where(v => v.Account.Value == account.Key).Sum(v => v.WatchSeconds * 1_000L) <= passedMs, $"seed {seed}: {account.Key}");
        }

        foreach (Viewed v in viewed) Assert.True(v.WatchSeconds <= beats.First(b => b.Content == v.Content.Value).LengthSeconds, $"seed {seed}");
    }

    [Property(MaxTest = 300)]
    public void One_view_at_a_time_has_exactly_what_it_attests(int seed)
    {
        RawBeat[] beats = [.. Random(seed).Select(b => b with { Account = $"only-{b.View}" })];
        Dictionary<int, long> oracle = Oracle(beats);
        Dictionary<string, uint> found = WatchReplay.Events(beats).Select(e => (Viewed)e.Payload).ToDictionary(v => v.Account.Value, v => v.WatchSeconds);
        foreach ((int view, long ms) in oracle)
            Assert.True(found.GetValueOrDefault($"only-{view}") == ms / 1_000, $"seed {seed}: view {view} has {found.GetValueOrDefault($"only-{view}")} s, {ms} ms attested");
    }

    [Property(MaxTest = 200)]
    public void A_restart_anywhere_gives_nobody_more_and_one_viewer_the_same(int seed)
    {
        long clock = 0; // a clock that goes back over a restart is another one
        RawBeat[] beats = [.. Random(seed).Select(b => b with { AtMs = clock = Math.Max(clock, b.AtMs) })];
        Random random = new(seed);
        bool[] restarts = [.. beats.Select(_ => random.Next(3) == 0)];
        Dictionary<EventId, uint> straight = Seconds(WatchReplay.Events(beats));
        Dictionary<EventId, uint> restarted = Seconds(WatchReplay.Events(beats, at => restarts[at]));
        foreach ((EventId view, uint seconds) in restarted) Assert.True(seconds <= straight.GetValueOrDefault(view), $"seed {seed}");

        RawBeat[] alone = [.. beats.Select(b => b with { Account = $"only-{b.View}" })];
        Assert.Equal(Seconds(WatchReplay.Events(alone)), Seconds(WatchReplay.Events(alone, at => restarts[at])));
    }

    [Fact]
    public void What_is_over_stays_over_until_its_token_is_dead_and_then_is_forgotten()
    {
        WatchBook book = new();
        ViewToken token = new RawBeat(0, 1, "ann", "clip", 60, null).Token;
        book.Beat(token, 1_000, PlayerState.Playing);
        WatchedView view = book.Beat(token, 6_000, PlayerState.Ended)!;
        Assert.Equal((ViewStage.Over, 5_000L), (view.Stage, view.WatchedMs));
        Assert.Null(book.Beat(token, 11_000, PlayerState.Playing));
        view.Stage = ViewStage.Stated;
        Assert.Empty(book.Sweep(WatchReplay.ExpiresMs - 1));
        Assert.Null(book.Beat(token, 12_000, PlayerState.Playing));
        Assert.Same(view, Assert.Single(book.Sweep(WatchReplay.ExpiresMs)));
        Assert.Equal(0, book.Count);
    }

    private static Dictionary<EventId, uint> Seconds(IReadOnlyList<SubmittedEvent> events) => events.ToDictionary(e => e.Id, e => ((Viewed)e.Payload).WatchSeconds);

    private static string Line(SubmittedEvent e) => $"{((Viewed)e.Payload).Account} {((Viewed)e.Payload).Content} {((Viewed)e.Payload).WatchSeconds} s at {e.OccurredAt.Value}";

    /// <summary>Views of few accounts, beats early, late, twice, out of order of the clock, and silences of every length.</summary>
    private static RawBeat[] Random(int seed)
    {
        Random random = new(seed);
        List<RawBeat> beats = [];
        long now = 1_000_000;
        for (int i = 0; i < 120; i++)
        {
            now += random.Next(12) switch { 0 => -random.Next(5_000), 1 => random.Next(200_000), 2 => 30_000, 3 => 30_001, _ => random.Next(12_000) };
            int view = random.Next(6);
            beats.Add(new RawBeat(now, view, $"account-{view % 3}", $"clip-{view}", (uint)(5 + (40 * view)), random.Next(20) switch { 0 => PlayerState.Ended, < 4 => PlayerState.Paused, 4 => null, _ => PlayerState.Playing }));
        }

        return [.. beats];
    }

    /// <summary>The rule once more, view by view over its own beats.</summary>
    private static Dictionary<int, long> Oracle(RawBeat[] beats)
    {
        Dictionary<int, long> watched = [];
        long clock = 0;
        (long AtMs, RawBeat Beat)[] timed = [.. beats.Select(b => (clock = Math.Max(clock, b.AtMs), b))];
        foreach (int view in beats.Select(b => b.View).Distinct())
        {
            (long sum, (long AtMs, PlayerState State)? before, bool over) = (0, null, false);
            foreach ((long at, RawBeat beat) in timed)
            {
                if (before is { } silent && beat.State is null && at - silent.AtMs > WatchBook.SilenceMsMax) over = true;
                if (over) break;
                if (beat.View != view || beat.State is not { } state) continue;
                if (before is { State: PlayerState.Playing } last && at - last.AtMs <= WatchBook.GapMsMax) sum = Math.Min(beat.LengthSeconds * 1_000L, sum + at - last.AtMs);
                before = (at, state);
                over = state == PlayerState.Ended || sum == beat.LengthSeconds * 1_000L;
            }

            watched[view] = sum;
        }

        return watched;
    }
}
