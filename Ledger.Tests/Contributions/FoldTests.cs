using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Validity;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.Contributions;

/// <summary>Guaranteed: the kernels judge and add up as the reference does, whatever the shards and the numbering of names.</summary>
public sealed class FoldTests
{
    [Property(MaxTest = 300)]
    public void Verdicts_are_those_of_the_reference(int seed, NonNegativeInt activity)
    {
        World world = new(seed, activity.Get * 3);
        ReferenceFold reference = new(world);
        NameTable names = Names(world, 0);
        FoldContext context = world.Context(names);
        foreach (IGrouping<string, (RecordedEvent Event, Verdict Verdict)> account in reference.Judged.GroupBy(j => ((ActivityPayload)j.Event.Payload).Actor.Value))
        {
            ActivityColumns columns = new();
            foreach ((RecordedEvent e, _) in account) Append(columns, context, e);
            Verdict[] verdicts = new Verdict[columns.Count];
            new AccountJudge(context).Judge(names.Find(account.Key), Events(columns), new ShardTotals(), verdicts);
            Assert.Equal(account.Select(j => (j.Event.Position, j.Event.Payload.Kind, j.Verdict)),
                account.Zip(verdicts, (j, verdict) => (j.Event.Position, j.Event.Payload.Kind, verdict)));
        }
    }

    [Fact]
    public void Generated_worlds_reach_every_verdict()
    {
        HashSet<Verdict> met = [];
        for (int seed = 0; seed < 40; seed++) met.UnionWith(new ReferenceFold(new World(seed, 300)).Judged.Select(j => j.Verdict));
        Assert.Equal(Enum.GetValues<Verdict>(), met.Order());
    }

    [Property(MaxTest = 200)]
    public void Sheet_is_that_of_the_reference(int seed, NonNegativeInt activity)
    {
        World world = new(seed, activity.Get * 3);
        ReferenceFold reference = new(world);
        NameTable names = Names(world, 0);
        ContributionSheet sheet = Fold(world, names, shards: 4);

        string[] active = [.. reference.ActiveAccounts.Order(StringComparer.Ordinal)];
        Assert.Equal(active, sheet.Account.Select(names.Text));
        Assert.Equal(active.Select(a => reference.Points(a, null)), sheet.PointsMicro);
        TeamRoster roster = world.Context(names).Roster;
        Assert.Equal(active.Select(a => roster.TeamSpaceOf(names.Find(a)) is var space and >= 0 ? reference.Points(a, names.Text(space)) : 0), sheet.TeamPointsMicro);

        string[] creators = [.. sheet.Creator.Select(names.Text)];
        Assert.Equal(creators.Order(StringComparer.Ordinal), creators);
        Assert.Equal(creators.Select(c => reference.CountedOf(c, EventKind.VideoPublished)), sheet.Posts.Select(n => (int)n));
        Assert.Equal(creators.Select(c => reference.CountedOf(c, EventKind.BroadcastMinute)), sheet.BroadcastMinutes.Select(n => (int)n));
        Assert.Equal(creators.Select(reference.NewFollowers), sheet.NetFollowers);
        Assert.Equal(creators.Select(reference.OwnReplies), sheet.OwnReplies.Select(n => (int)n));
        Assert.Equal(creators.Select(c => reference.Distinct(c, EventKind.Viewed)), sheet.Viewers.Select(n => (int)n));
        Assert.Equal(creators.Select(c => reference.Distinct(c, EventKind.Liked)), sheet.Likers.Select(n => (int)n));
        Assert.Equal(creators.Select(c => reference.Distinct(c, EventKind.Commented)), sheet.Commenters.Select(n => (int)n));
        Assert.Equal(creators.Select(c => reference.Distinct(c, EventKind.Tipped, EventKind.GiftSent)), sheet.Tippers.Select(n => (int)n));
        Assert.Equal(creators.Select(c => reference.Distinct(c, EventKind.Shared, EventKind.ShareVisited)), sheet.Sharers.Select(n => (int)n));
        Assert.Equal((ulong)reference.Judged.Count, sheet.Verdicts.Aggregate(0UL, (sum, n) => sum + n));
        Assert.Equal((ulong)active.Length, sheet.Metrics[0]);
        Assert.Equal((ulong)active.Sum(a => reference.CountedOf(a, EventKind.Liked)), sheet.Metrics[5]);
    }

    [Property(MaxTest = 100)]
    public void Shards_and_the_numbering_of_names_change_nothing(int seed, NonNegativeInt activity)
    {
        World world = new(seed, activity.Get * 5);
        NameTable names = Names(world, 0);
        Core.Merkle.Digest expected = SheetDigest.Of(Fold(world, names, shards: 1), names);
        foreach ((int shards, int shuffle) in new[] { (2, 1), (8, 2), (64, 3) })
        {
            NameTable other = Names(world, shuffle);
            Assert.Equal(expected, SheetDigest.Of(Fold(world, other, shards), other));
        }
    }

    [Property(MaxTest = 100)]
    public void Order_of_events_of_different_accounts_changes_nothing(int seed, NonNegativeInt activity)
    {
        World world = new(seed, activity.Get * 5);
        NameTable names = Names(world, 0);
        FoldContext context = world.Context(names);

        // Neighbours that act for different accounts and state nothing about anything change places; their positions stay where they were.
        List<RecordedEvent> events = [.. Activity(world)];
        Random random = new(seed);
        for (int i = 0; i + 1 < events.Count; i++)
        {
            if (random.Next(2) == 0 || !IsIndependent(events[i], events[i + 1])) continue;
            (events[i], events[i + 1]) = (events[i + 1] with { Position = events[i].Position }, events[i] with { Position = events[i + 1].Position });
        }

        Assert.Equal(SheetDigest.Of(Fold(world, names, shards: 4), names), SheetDigest.Of(FoldEvents(events, context, shards: 4), names));
    }

    [Property(MaxTest = 200)]
    public void One_event_more_never_lowers_its_own_accounts_points(int seed, NonNegativeInt activity)
    {
        World world = new(seed, activity.Get * 3);
        NameTable names = Names(world, 0);
        FoldContext context = world.Context(names);
        List<RecordedEvent> window = [.. Activity(world)];
        foreach (IGrouping<string, RecordedEvent> account in window.GroupBy(e => ((ActivityPayload)e.Payload).Actor.Value))
        {
            long before = 0;
            ActivityColumns columns = new();
            foreach (RecordedEvent e in account)
            {
                // What retracts is known to the context whether or not its event is given, so only what is added differs here.
                Append(columns, context, e);
                ShardTotals totals = new();
                new AccountJudge(context).Judge(names.Find(account.Key), Events(columns), totals);
                long points = SheetMerge.Merge([totals], context).PointsMicro.Sum();
                Assert.True(points >= before, $"{e.Payload} took {account.Key} from {before} to {points}");
                before = points;
            }
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(5_000_000, 0, 5_000_000)]
    [InlineData(5_000_000, 5_000_000, 5_000_000)]
    [InlineData(20_000_000, 5_000_000, 10_000_000)]
    [InlineData(long.MaxValue, long.MaxValue, long.MaxValue)]
    public void Damping_is_linear_to_the_knee_and_a_root_beyond(long points, long knee, long damped) =>
        Assert.Equal(damped, PairDamping.Damp(points, knee));

    internal static IEnumerable<RecordedEvent> Activity(World world) =>
        world.Events.Where(e => e.Position < world.SealedAt && e.Payload is ActivityPayload && e.Event.Window == World.Window);

    private static ContributionSheet Fold(World world, NameTable names, int shards)
    {
        return FoldEvents(Activity(world), world.Context(names), shards);
    }

    // Tips, purchases and what retracts or publishes is known to the context by position, so it keeps its place.
    private static bool IsIndependent(RecordedEvent a, RecordedEvent b) =>
        a.Payload.Kind.IsColumnar() && b.Payload.Kind.IsColumnar() && a.Payload is not BroadcastMinute && b.Payload is not BroadcastMinute
        && ((ActivityPayload)a.Payload).Actor != ((ActivityPayload)b.Payload).Actor && a.Position + 1 == b.Position;

    private static ContributionSheet FoldEvents(IEnumerable<RecordedEvent> events, FoldContext context, int shards)
    {
        NameTable names = context.Directory.Names;
        EventFrame frame = new(context.OpenedAt, context.Window.Start.Value);
        EventDealer dealer = new(shards, names.Count, frame);
        ShardBuffer[] buffers = [.. Enumerable.Range(0, shards).Select(shard => new ShardBuffer(shard, shards))];
        foreach (RecordedEvent[] group in events.Chunk(50))
        {
            ActivityColumns columns = new();
            foreach (RecordedEvent e in group) Append(columns, context, e);
            dealer.Take(columns);
            (PackedEvent[] dealt, int[] starts) = dealer.Deal(count => new PackedEvent[count]);
            for (int shard = 0; shard < shards; shard++) buffers[shard].Add(new EventSlice(dealt, starts[shard], starts[shard + 1] - starts[shard]));
        }

        AccountJudge judge = new(context);
        return SheetMerge.Merge(buffers.Reverse().Select(buffer => buffer.Fold(judge, names.Count, frame)), context);
    }

    private static ShardEvent[] Events(ActivityColumns columns) => [.. Enumerable.Range(0, columns.Count).Select(i => ShardEvent.From(columns, i))];

    private static void Append(ActivityColumns columns, FoldContext context, RecordedEvent e) =>
        ActivityRows.Add(columns, context.Directory.Names, e, e.Payload is TipRefunded refund && context.Retractions.KnowsTip(refund, context.SealedAt));

    /// <summary>All names of the world, numbered in an order that depends on <paramref name="shuffle"/>.</summary>
    private static NameTable Names(World world, int shuffle)
    {
        NameTable collected = new();
        ActivityColumns ignored = new();
        foreach (RecordedEvent e in world.Events)
        {
            if (e.Payload is ActivityPayload) ActivityRows.Add(ignored, collected, e, false);
        }

        NameTable names = new();
        foreach (int ordinal in Enumerable.Range(0, collected.Count).OrderBy(i => unchecked((uint)(i * shuffle * 7919) % 101))) names.Intern(collected.Bytes(ordinal));
        return names;
    }
}
