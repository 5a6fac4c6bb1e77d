using System.Collections.Concurrent;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>Where shards leave what they hold, so that a restarted one goes on from there instead of from the window's start.</summary>
/// <remarks>
/// A snapshot is the list of a shard's slices, which never change once handed over, and the position after the last event in them.
/// It lives as long as the fold: what survives a process is the log.
/// </remarks>
internal sealed class ShardSnapshots
{
    private readonly ConcurrentDictionary<int, Snapshot> _byShard = new();
    private readonly ConcurrentDictionary<int, int> _epochs = new();

    /// <summary>Shards that have started at least once.</summary>
    public int Started => _epochs.Count;

    /// <summary>A number that no feeding of this shard has had yet.</summary>
    public int NextEpoch(int shard) => _epochs.AddOrUpdate(shard, 1, (_, epoch) => epoch + 1);

    /// <summary>Keeps a snapshot in place of the shard's earlier one.</summary>
    public void Save(int shard, IReadOnlyList<EventSlice> slices, long nextPosition) => _byShard[shard] = new Snapshot([.. slices], nextPosition);

    /// <summary>The shard's snapshot: nothing and <paramref name="start"/> when there is none.</summary>
    public Snapshot Load(int shard, long start) => _byShard.GetValueOrDefault(shard) ?? new Snapshot([], start);

    /// <param name="Slices">What the shard held.</param>
    /// <param name="NextPosition">Where its feeding goes on.</param>
    internal sealed record Snapshot(IReadOnlyList<EventSlice> Slices, long NextPosition);
}
