using FsCheck.Xunit;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Kernels;
using Ledger.Core.Time;
using Ledger.Tests.Support;
using Xunit;
using Directory = Ledger.Core.Contributions.Directory;

namespace Ledger.Tests.Kernels;

/// <summary>Guaranteed: accounts with many plain events, judged in blocks on cards, come out as they do when every event is judged in full.</summary>
public sealed class PlainActivityTests
{
    private const int Accounts = 12, Videos = 90, Shards = 2;
    private static readonly Day Window = Day.FromNumber(20_000);

    [Property(MaxTest = 120)]
    public void Short_way_gives_what_the_long_way_gives(int seed)
    {
        Random random = new(seed);
        FoldContext context = Context(random);
        ActivityColumns columns = Activity(random, context);
        EventFrame frame = new(context.OpenedAt, context.Window.Start.Value);
        EventDealer dealer = new(Shards, context.Directory.Names.Count, frame);
        dealer.Take(columns);
        (PackedEvent[] dealt, int[] starts) = dealer.Deal(count => new PackedEvent[count]);
        AccountJudge judge = new(context);
        ContributionSheet sheet = SheetMerge.Merge(Enumerable.Range(0, Shards).Select(Fold), context);

        ContributionSheet whole = SheetMerge.Merge([JudgedInFull(columns, context)], context);
        Assert.Equal(whole.Account, sheet.Account);
        Assert.Equal(whole.PointsMicro, sheet.PointsMicro);
        Assert.Equal(whole.TeamPointsMicro, sheet.TeamPointsMicro);
        Assert.Equal(whole.Creator, sheet.Creator);
        Assert.Equal(whole.OwnReplies, sheet.OwnReplies);
        Assert.Equal(whole.Viewers, sheet.Viewers);
        Assert.Equal(whole.Likers, sheet.Likers);
        Assert.Equal(whole.Commenters, sheet.Commenters);
        Assert.Equal(whole.Sharers, sheet.Sharers);
        Assert.Equal(whole.Verdicts, sheet.Verdicts);
        Assert.Equal((ulong)columns.Count, sheet.Verdicts.Aggregate(0UL, (sum, n) => sum + n));

        ShardTotals Fold(int shard)
        {
            ShardBuffer buffer = new(shard, Shards);
            buffer.Add(new EventSlice(dealt, starts[shard], starts[shard + 1] - starts[shard]));
            return buffer.Fold(judge, context.Directory.Names.Count, frame);
        }
    }

    private static ShardTotals JudgedInFull(ActivityColumns columns, FoldContext context)
    {
        ShardTotals totals = new();
        AccountJudge judge = new(context);
        foreach (IGrouping<int, ShardEvent> account in Enumerable.Range(0, columns.Count).Select(i => ShardEvent.From(columns, i)).GroupBy(e => e.Account))
            judge.Judge(account.Key, account.ToArray(), totals);
        judge.Finish(totals);
        return totals;
    }

    // Views as long as ten minutes make some videos too long for a card, a few seconds none.
    private static FoldContext Context(Random random)
    {
        NameTable names = new();
        Directory directory = new(names);
        long position = 0;
        for (int i = 0; i < Accounts; i++) Apply(new AccountOpened(new AccountId($"account-{i}")));
        for (int i = 0; i < 3; i++) Apply(new SpaceOpened(new SpaceId($"space-{i}"), new AccountId($"account-{i}")));
        for (int i = 0; i < Videos; i++)
            Apply(new VideoPublished(new ContentId($"video-{i}"), new SpaceId($"space-{random.Next(3)}"), new AccountId($"account-{random.Next(Accounts)}"), "music", (uint)random.Next(3_000)));
        return new FoldContext
        {
            Window = Window,
            OpenedAt = position,
            SealedAt = position + 10_000,
            Rules = World.Rules with { Cap = [.. Caps(random)], MinIntervalMs = [.. Intervals(random)], MinViewSeconds = random.Next(2) == 0 ? 3u : 600u },
            Directory = directory,
            Roster = TeamRoster.Empty,
            Retractions = new Retractions(names),
            Bandwidth = new NoBandwidth(),
            Unfunded = new HashSet<long>(),
        };

        void Apply(EventPayload payload)
        {
            Day before = Window.Plus(-10);
            directory.Apply(new RecordedEvent(position, 0, new NewEvent(new EventId((UInt128)(ulong)position + 1), before.Start, before.Start, before, payload)));
            position++;
        }
    }

    // Some that nobody reaches, some that are reached within a block, some that are never far.
    private static IEnumerable<uint> Caps(Random random)
    {
        uint times = (uint)random.Next(3) switch { 0 => 1u, 1 => 20u, _ => 1_000u };
        return World.Rules.Cap.Select(cap => random.Next(8) == 0 ? 0 : cap * times);
    }

    private static IEnumerable<long> Intervals(Random random)
    {
        int part = random.Next(3) switch { 0 => 1, 1 => 10, _ => 1_000 };
        return World.Rules.MinIntervalMs.Select(ms => random.Next(8) == 0 ? 0 : ms / part);
    }

    // In the order of the log, now and then close to each other; or anyhow; or in order but for a few, some of them days off.
    private static Func<int, long> Times(Random random)
    {
        int kind = random.Next(3);
        long at = 0;
        return i =>
        {
            at += random.Next(10) == 0 ? random.Next(3) : random.Next(30_000);
            return kind switch
            {
                0 => at,
                1 => (i * 1_000L) + random.Next(5_000),
                _ => random.Next(200) switch { 0 => at - random.Next(60_000), 1 => at + (random.Next(-3, 4) * Day.LengthMs), _ => at },
            };
        };
    }

    private static ActivityColumns Activity(Random random, FoldContext context)
    {
        Func<int, long> times = Times(random);
        NameTable names = context.Directory.Names;
        ActivityColumns columns = new();
        int count = random.Next(3_000);
        for (int i = 0; i < count; i++)
        {
            EventKind kind = random.Next(20) switch { < 10 => EventKind.Viewed, < 15 => EventKind.Liked, < 17 => EventKind.Commented, < 19 => EventKind.Shared, _ => EventKind.Followed };
            int target = names.Find(kind == EventKind.Followed ? $"account-{random.Next(Accounts)}" : $"video-{random.Next(Videos)}");
            long value = kind switch { EventKind.Viewed => random.Next(1_000), EventKind.Commented => ActivityColumns.CommentValue((byte)random.Next(5), (ulong)random.Next(200)), _ => 0 };

            // Half of everything is one account's, so that it fills several blocks.
            int account = names.Find($"account-{(random.Next(2) == 0 ? 5 : random.Next(Accounts))}");
            columns.Add(context.OpenedAt + 1 + i, kind, account, target, value, Window.Start.Value + times(i));
        }

        return columns;
    }

    private sealed class NoBandwidth : IBandwidth
    {
        public long MinutesAt(int account, long position) => 0;
    }
}
