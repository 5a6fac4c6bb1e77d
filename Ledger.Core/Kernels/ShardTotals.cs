using Ledger.Core.Events;

namespace Ledger.Core.Kernels;

/// <summary>One shard's part of a window: a row per account, creators' tallies, and counts that add up over shards.</summary>
public sealed class ShardTotals
{
    /// <summary>Minutes in a day; the concurrency histogram has one bin each.</summary>
    public const int MinutesPerDay = 1440;

    internal List<int> Account { get; } = [];

    internal List<long> PointsMicro { get; } = [];

    internal List<long> TeamPointsMicro { get; } = [];

    internal CreatorTally Creators { get; } = new();

    /// <summary>Activity events by verdict.</summary>
    public ulong[] Verdicts { get; } = new ulong[Validity.Verdicts.Count];

    /// <summary>Counted events by kind.</summary>
    internal ulong[] CountedByKind { get; } = new ulong[EventKinds.ActivityCount];

    /// <summary>Accounts with a counted event of the kind.</summary>
    internal ulong[] AccountsByKind { get; } = new ulong[EventKinds.ActivityCount];

    internal ulong ActiveAccounts { get; set; }

    /// <summary>Accounts present in each minute of the window's day.</summary>
    internal int[] PresentByMinute { get; } = new int[MinutesPerDay];
}
