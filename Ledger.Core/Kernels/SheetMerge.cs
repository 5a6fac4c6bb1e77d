using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Core.Kernels;

/// <summary>Adds shards up to a window's sheet, one after another as they are done, in any order; the sheet stands in canonical order.</summary>
/// <remarks>A shard's own totals are not kept: of a large window with many shards only the sum stays in memory.</remarks>
public sealed class SheetMerge
{
    private readonly List<int> _accounts = [];
    private readonly List<long> _points = [];
    private readonly List<long> _teamPoints = [];
    private readonly CreatorTally _creators = new();
    private readonly ulong[] _verdicts = new ulong[Validity.Verdicts.Count];
    private readonly ulong[] _counted = new ulong[EventKinds.ActivityCount];
    private readonly ulong[] _people = new ulong[EventKinds.ActivityCount];
    private readonly ulong[] _present = new ulong[ShardTotals.MinutesPerDay];
    private ulong _active;

    /// <summary>Merges the totals of disjoint sets of accounts.</summary>
    public static ContributionSheet Merge(IEnumerable<ShardTotals> shards, Contributions.Directory directory)
    {
        SheetMerge merge = new();
        foreach (ShardTotals shard in shards) merge.Add(shard);
        return merge.ToSheet(directory);
    }

    /// <summary>Adds a shard, which no other shard shares an account with.</summary>
    public void Add(ShardTotals shard)
    {
        _accounts.AddRange(shard.Account);
        _points.AddRange(shard.PointsMicro);
        _teamPoints.AddRange(shard.TeamPointsMicro);
        _creators.Add(shard.Creators);
        _active += shard.ActiveAccounts;
        for (int i = 0; i < _verdicts.Length; i++) _verdicts[i] += shard.Verdicts[i];
        for (int i = 0; i < _counted.Length; i++) _counted[i] += shard.CountedByKind[i];
        for (int i = 0; i < _people.Length; i++) _people[i] += shard.AccountsByKind[i];
        for (int i = 0; i < _present.Length; i++) _present[i] += (ulong)shard.PresentByMinute[i];
    }

    /// <summary>The sheet of everything added.</summary>
    public ContributionSheet ToSheet(Contributions.Directory directory)
    {
        int[] accounts = [.. _accounts];
        int[] order = CanonicalOrder.Of(accounts, directory.Names);
        int[] creatorOrder = CanonicalOrder.Of(_creators.Creator.AsSpan(0, _creators.Count), directory.Names);
        (int CreatorIndex, string Category, uint Posts)[] categories = Categories(creatorOrder, directory);
        return new ContributionSheet
        {
            Account = Permuted(accounts, order),
            PointsMicro = Permuted([.. _points], order),
            TeamPointsMicro = Permuted([.. _teamPoints], order),
            Creator = Permuted(_creators.Creator, creatorOrder),
            Posts = Column(creatorOrder, CreatorTally.Posts),
            BroadcastMinutes = Column(creatorOrder, CreatorTally.BroadcastMinutes),
            OwnReplies = Column(creatorOrder, CreatorTally.OwnReplies),
            NetFollowers = Array.ConvertAll(Column(creatorOrder, CreatorTally.NetFollowers), count => (int)count),
            Viewers = Column(creatorOrder, CreatorTally.Viewers),
            Likers = Column(creatorOrder, CreatorTally.Likers),
            Commenters = Column(creatorOrder, CreatorTally.Commenters),
            Tippers = Column(creatorOrder, CreatorTally.Tippers),
            Sharers = Column(creatorOrder, CreatorTally.Sharers),
            CategoryCreatorIndex = Array.ConvertAll(categories, row => row.CreatorIndex),
            Category = Array.ConvertAll(categories, row => row.Category),
            CategoryPosts = Array.ConvertAll(categories, row => row.Posts),
            Metrics = Metrics(),
            Verdicts = [.. _verdicts],
        };
    }

    /// <summary>The community's metrics (reward rules R2), in the order of <see cref="WindowClosed.MetricNames"/>; means in thousandths, rounded down.</summary>
    private ulong[] Metrics()
    {
        ulong minutes = _counted[(int)EventKind.BroadcastMinute];
        ulong broadcasters = _people[(int)EventKind.BroadcastMinute];
        return
        [
            _active,
            _counted[(int)EventKind.VideoPublished],
            _people[(int)EventKind.VideoPublished],
            minutes,
            broadcasters,
            _counted[(int)EventKind.Liked],
            _people[(int)EventKind.Liked],
            _counted[(int)EventKind.Commented],
            _people[(int)EventKind.Commented],
            broadcasters == 0 ? 0 : minutes * 1000 / broadcasters,
            _active == 0 ? 0 : _counted[(int)EventKind.PresenceMinute] * 1000 / _active,
            _present.Max(),
        ];
    }

    private (int CreatorIndex, string Category, uint Posts)[] Categories(int[] creatorOrder, Contributions.Directory directory)
    {
        int[] rankOfRow = new int[_creators.Count];
        for (int rank = 0; rank < creatorOrder.Length; rank++) rankOfRow[creatorOrder[rank]] = rank;
        (int CreatorIndex, string Category, uint Posts)[] rows = new (int, string, uint)[_creators.CategoryPosts.Count];
        int next = 0;
        foreach (((int creator, int category), uint posts) in _creators.CategoryPosts)
            rows[next++] = (rankOfRow[_creators.Row(creator)], directory.Category(category), posts);
        Array.Sort(rows, (a, b) => a.CreatorIndex != b.CreatorIndex ? a.CreatorIndex.CompareTo(b.CreatorIndex) : string.CompareOrdinal(a.Category, b.Category));
        return rows;
    }

    private uint[] Column(int[] order, int column)
    {
        uint[] values = new uint[order.Length];
        for (int i = 0; i < order.Length; i++) values[i] = (uint)_creators[order[i], column];
        return values;
    }

    private static T[] Permuted<T>(T[] values, int[] order)
    {
        T[] permuted = new T[order.Length];
        for (int i = 0; i < order.Length; i++) permuted[i] = values[order[i]];
        return permuted;
    }
}
