using System.Collections.Concurrent;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>Where shards leave their state and find it again when they restart.</summary>
/// <remarks>
/// A snapshot is how much of a shard is kept outside, the list of its slices since, which never change once handed over, and the position after the last
/// event in them. It lives as long as the shards: what survives a process is the log, and what a live window keeps beside it.
/// </remarks>
/// <param name="initial">Every shard's snapshot at first.</param>
internal sealed class ShardSnapshots(ShardSnapshots.Snapshot initial)
{
    private readonly ConcurrentDictionary<int, Snapshot> _byShard = new();
    private readonly ConcurrentDictionary<int, int> _epochs = new();

    /// <summary>A number that no feeding of this shard has had yet.</summary>
    public int NextEpoch(int shard) => _epochs.AddOrUpdate(shard, 1, (_, epoch) => epoch + 1);

    /// <summary>Keeps a snapshot in place of the shard's earlier one.</summary>
    public void Save(int shard, Snapshot snapshot) => _byShard[shard] = snapshot;

    /// <summary>The shard's snapshot.</summary>
    public Snapshot Load(int shard) => _byShard.GetValueOrDefault(shard) ?? initial;

    /// <param name="KeptParts">How many parts of the keeping hold its first events.</param>
    /// <param name="Slices">What the shard held besides.</param>
    /// <param name="NextPosition">Where its feeding goes on.</param>
    internal sealed record Snapshot(int KeptParts, IReadOnlyList<EventSlice> Slices, long NextPosition);
}
