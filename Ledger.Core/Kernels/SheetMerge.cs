using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Core.Kernels;

/// <summary>Adds shards up to a window's sheet, in canonical order.</summary>
public static class SheetMerge
{
    /// <summary>Merges totals of disjoint sets of accounts, given in any order.</summary>
    public static ContributionSheet Merge(IReadOnlyList<ShardTotals> shards, Contributions.Directory directory)
    {
        NameTable names = directory.Names;
        int[] accounts = Concat(shards, s => s.Account);
        long[] points = Concat(shards, s => s.PointsMicro);
        long[] teamPoints = Concat(shards, s => s.TeamPointsMicro);
        int[] order = CanonicalOrder.Of(accounts, names);

        CreatorTally creators = AddUp(shards);
        int[] creatorOrder = CanonicalOrder.Of(creators.Creator.AsSpan(0, creators.Count), names);
        (int CreatorIndex, string Category, uint Posts)[] categories = Categories(creators, creatorOrder, directory);

        return new ContributionSheet
        {
            Account = Permuted(accounts, order),
            PointsMicro = Permuted(points, order),
            TeamPointsMicro = Permuted(teamPoints, order),
            Creator = Permuted(creators.Creator, creatorOrder),
            Posts = Column(creators, creatorOrder, CreatorTally.Posts),
            BroadcastMinutes = Column(creators, creatorOrder, CreatorTally.BroadcastMinutes),
            OwnReplies = Column(creators, creatorOrder, CreatorTally.OwnReplies),
            NetFollowers = Array.ConvertAll(Column(creators, creatorOrder, CreatorTally.NetFollowers), count => (int)count),
            Viewers = Column(creators, creatorOrder, CreatorTally.Viewers),
            Likers = Column(creators, creatorOrder, CreatorTally.Likers),
            Commenters = Column(creators, creatorOrder, CreatorTally.Commenters),
            Tippers = Column(creators, creatorOrder, CreatorTally.Tippers),
            Sharers = Column(creators, creatorOrder, CreatorTally.Sharers),
            CategoryCreatorIndex = Array.ConvertAll(categories, row => row.CreatorIndex),
            Category = Array.ConvertAll(categories, row => row.Category),
            CategoryPosts = Array.ConvertAll(categories, row => row.Posts),
            Metrics = Metrics(shards),
            Verdicts = Sum(shards, Validity.Verdicts.Count, (s, i) => s.Verdicts[i]),
        };
    }

    /// <summary>Sums do not depend on their order, so halves are added up side by side.</summary>
    private static CreatorTally AddUp(IReadOnlyList<ShardTotals> shards)
    {
        CreatorTally even = new(), odd = new();
        Parallel.Invoke(() => AddEverySecond(even, 0), () => AddEverySecond(odd, 1));
        even.Add(odd);
        return even;

        void AddEverySecond(CreatorTally sum, int first)
        {
            for (int i = first; i < shards.Count; i += 2) sum.Add(shards[i].Creators);
        }
    }

    /// <summary>The community's metrics (reward rules R2), in the order of <see cref="WindowClosed.MetricNames"/>; means in thousandths, rounded down.</summary>
    private static ulong[] Metrics(IReadOnlyList<ShardTotals> shards)
    {
        ulong[] counted = Sum(shards, EventKinds.ActivityCount, (s, i) => s.CountedByKind[i]);
        ulong[] people = Sum(shards, EventKinds.ActivityCount, (s, i) => s.AccountsByKind[i]);
        ulong active = Sum(shards, 1, (s, _) => s.ActiveAccounts)[0];
        ulong minutes = counted[(int)EventKind.BroadcastMinute];
        ulong broadcasters = people[(int)EventKind.BroadcastMinute];
        ulong peak = Sum(shards, ShardTotals.MinutesPerDay, (s, i) => (ulong)s.PresentByMinute[i]).Max();
        return
        [
            active,
            counted[(int)EventKind.VideoPublished],
            people[(int)EventKind.VideoPublished],
            minutes,
            broadcasters,
            counted[(int)EventKind.Liked],
            people[(int)EventKind.Liked],
            counted[(int)EventKind.Commented],
            people[(int)EventKind.Commented],
            broadcasters == 0 ? 0 : minutes * 1000 / broadcasters,
            active == 0 ? 0 : counted[(int)EventKind.PresenceMinute] * 1000 / active,
            peak,
        ];
    }

    private static (int CreatorIndex, string Category, uint Posts)[] Categories(CreatorTally creators, int[] creatorOrder, Contributions.Directory directory)
    {
        int[] rankOfRow = new int[creators.Count];
        for (int rank = 0; rank < creatorOrder.Length; rank++) rankOfRow[creatorOrder[rank]] = rank;
        (int CreatorIndex, string Category, uint Posts)[] rows = new (int, string, uint)[creators.CategoryPosts.Count];
        int next = 0;
        foreach (((int creator, int category), uint posts) in creators.CategoryPosts)
            rows[next++] = (rankOfRow[creators.Row(creator)], directory.Category(category), posts);
        Array.Sort(rows, (a, b) => a.CreatorIndex != b.CreatorIndex ? a.CreatorIndex.CompareTo(b.CreatorIndex) : string.CompareOrdinal(a.Category, b.Category));
        return rows;
    }

    private static uint[] Column(CreatorTally creators, int[] order, int column)
    {
        uint[] values = new uint[order.Length];
        for (int i = 0; i < order.Length; i++) values[i] = (uint)creators[order[i], column];
        return values;
    }

    private static ulong[] Sum(IReadOnlyList<ShardTotals> shards, int count, Func<ShardTotals, int, ulong> value)
    {
        ulong[] sum = new ulong[count];
        foreach (ShardTotals shard in shards)
        {
            for (int i = 0; i < count; i++) sum[i] += value(shard, i);
        }

        return sum;
    }

    private static T[] Concat<T>(IReadOnlyList<ShardTotals> shards, Func<ShardTotals, List<T>> column)
    {
        List<T> all = new(shards.Sum(s => column(s).Count));
        foreach (ShardTotals shard in shards) all.AddRange(column(shard));
        return [.. all];
    }

    private static T[] Permuted<T>(T[] values, int[] order)
    {
        T[] permuted = new T[order.Length];
        for (int i = 0; i < order.Length; i++) permuted[i] = values[order[i]];
        return permuted;
    }
}
