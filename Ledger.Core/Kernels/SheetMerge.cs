using System.Runtime.CompilerServices;
using Ledger.Core.Contributions;
using Ledger.Core.Events;
using Ledger.Core.Identity;

namespace Ledger.Core.Kernels;

/// <summary>Adds shards up to a window's sheet, one after another as they are done, in any order; the sheet stands in canonical order.</summary>
/// <remarks>A shard's own totals are not kept: of a large window with many shards only the sum stays in memory.</remarks>
public sealed class SheetMerge(FoldContext context)
{
    private readonly SubjectTable _subjects = context.Subjects;
    private readonly int[] _received = new int[context.Subjects.OwnerCount * CreatorTally.Columns];
    private readonly List<ShardTotals.Made> _made = [];
    private readonly Dictionary<(int Creator, int Category), uint> _categoryPosts = [];
    private readonly List<int> _accounts = [];
    private readonly List<long> _points = [];
    private readonly List<long> _teamPoints = [];
    private readonly ulong[] _verdicts = new ulong[Validity.Verdicts.Count];
    private readonly ulong[] _counted = new ulong[EventKinds.ActivityCount];
    private readonly ulong[] _people = new ulong[EventKinds.ActivityCount];
    private readonly ulong[] _present = new ulong[ShardTotals.MinutesPerDay];
    private ulong _active;

    /// <summary>Merges the totals of disjoint sets of accounts.</summary>
    public static ContributionSheet Merge(IEnumerable<ShardTotals> shards, FoldContext context)
    {
        SheetMerge merge = new(context);
        foreach (ShardTotals shard in shards) merge.Add(shard);
        return merge.ToSheet();
    }

    /// <summary>Adds a shard, which no other shard shares an account with.</summary>
    public void Add(ShardTotals shard)
    {
        _accounts.AddRange(shard.Account);
        _points.AddRange(shard.PointsMicro);
        _teamPoints.AddRange(shard.TeamPointsMicro);
        AddReceived(shard.ReceivedOwner, shard.ReceivedPacked);
        _made.AddRange(shard.MadeByAccount);
        foreach (((int, int) key, uint posts) in shard.CategoryPosts) _categoryPosts[key] = _categoryPosts.GetValueOrDefault(key) + posts;
        _active += shard.ActiveAccounts;
        for (int i = 0; i < _verdicts.Length; i++) _verdicts[i] += shard.Verdicts[i];
        for (int i = 0; i < _counted.Length; i++) _counted[i] += shard.CountedByKind[i];
        for (int i = 0; i < _people.Length; i++) _people[i] += shard.AccountsByKind[i];
        for (int i = 0; i < _present.Length; i++) _present[i] += (ulong)shard.PresentByMinute[i];
    }

    /// <summary>The sheet of everything added.</summary>
    public ContributionSheet ToSheet()
    {
        NameTable names = context.Directory.Names;
        int[] accounts = [.. _accounts];
        int[] order = CanonicalOrder.Of(accounts, names);
        int[] creators = Creators();
        ShardTotals.Made[] made = MadeBy(creators);
        (int CreatorIndex, string Category, uint Posts)[] categories = Categories(creators);
        return new ContributionSheet
        {
            Account = Permuted(accounts, order),
            PointsMicro = Permuted([.. _points], order),
            TeamPointsMicro = Permuted([.. _teamPoints], order),
            Creator = creators,
            Posts = Array.ConvertAll(made, row => row.Posts),
            BroadcastMinutes = Array.ConvertAll(made, row => row.BroadcastMinutes),
            OwnReplies = Array.ConvertAll(made, row => row.OwnReplies),
            NetFollowers = Array.ConvertAll(Column(creators, CreatorTally.Followers), count => (int)count),
            Viewers = Column(creators, CreatorTally.Viewers),
            Likers = Column(creators, CreatorTally.Likers),
            Commenters = Column(creators, CreatorTally.Commenters),
            Tippers = Column(creators, CreatorTally.Tippers),
            Sharers = Column(creators, CreatorTally.Sharers),
            CategoryCreatorIndex = Array.ConvertAll(categories, row => row.CreatorIndex),
            Category = Array.ConvertAll(categories, row => row.Category),
            CategoryPosts = Array.ConvertAll(categories, row => row.Posts),
            Metrics = Metrics(),
            Verdicts = [.. _verdicts],
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddReceived(ReadOnlySpan<int> owners, ReadOnlySpan<ulong> packed)
    {
        for (int i = 0; i < owners.Length && i < packed.Length; i++)
        {
            Span<int> counts = _received.AsSpan(owners[i] * CreatorTally.Columns, CreatorTally.Columns);
            for (int column = 0; column < counts.Length; column++) counts[column] += (int)CreatorTally.Unpack(packed[i], column);
        }
    }

    /// <summary>Everyone who made or received anything, in canonical order.</summary>
    private int[] Creators()
    {
        HashSet<int> makers = [.. _made.Select(row => row.Account)];
        List<int> creators = [.. makers];
        for (int owner = 0; owner < _subjects.OwnerCount; owner++)
        {
            int ordinal = _subjects.OrdinalOf(owner);
            if (_received.AsSpan(owner * CreatorTally.Columns, CreatorTally.Columns).ContainsAnyExcept(0) && !makers.Contains(ordinal)) creators.Add(ordinal);
        }

        int[] ordinals = [.. creators];
        return Permuted(ordinals, CanonicalOrder.Of(ordinals, context.Directory.Names));
    }

    /// <summary>What each creator made: an account stands in one shard, so it has one row at most.</summary>
    private ShardTotals.Made[] MadeBy(int[] creators)
    {
        Dictionary<int, ShardTotals.Made> byAccount = _made.ToDictionary(row => row.Account);
        return Array.ConvertAll(creators, creator => byAccount.GetValueOrDefault(creator));
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

    private (int CreatorIndex, string Category, uint Posts)[] Categories(int[] creators)
    {
        if (_categoryPosts.Count == 0) return [];
        Dictionary<int, int> indexOf = new(creators.Length);
        for (int i = 0; i < creators.Length; i++) indexOf.Add(creators[i], i);
        (int CreatorIndex, string Category, uint Posts)[] rows =
            [.. _categoryPosts.Select(entry => (indexOf[entry.Key.Creator], context.Directory.Category(entry.Key.Category), entry.Value))];
        Array.Sort(rows, (a, b) => a.CreatorIndex != b.CreatorIndex ? a.CreatorIndex.CompareTo(b.CreatorIndex) : string.CompareOrdinal(a.Category, b.Category));
        return rows;
    }

    private uint[] Column(int[] creators, int column) =>
        Array.ConvertAll(creators, creator => _subjects.IndexOf(creator) is var owner and >= 0 ? (uint)_received[(owner * CreatorTally.Columns) + column] : 0);

    private static T[] Permuted<T>(T[] values, int[] order)
    {
        T[] permuted = new T[order.Length];
        for (int i = 0; i < order.Length; i++) permuted[i] = values[order[i]];
        return permuted;
    }
}
