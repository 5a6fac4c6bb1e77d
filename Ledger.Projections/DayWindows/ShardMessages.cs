using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>A run of a shard's activity, in log order. It does not change while the fold lasts.</summary>
/// <param name="Shard">Whose.</param>
/// <param name="Epoch">The feeding it belongs to; a shard that restarted ignores what an earlier feeding still had under way.</param>
/// <param name="Events">The events; at least one.</param>
internal sealed record ShardChunk(int Shard, int Epoch, EventSlice Events);

/// <summary>Everything has been fed: judge it.</summary>
internal sealed record FoldShard(int Shard, int Epoch);

/// <summary>What a shard tells its feeder.</summary>
internal abstract record ShardSignal(int Shard, int Epoch);

/// <summary>The shard (re)started and wants its events from a position on.</summary>
internal sealed record ShardReady(int Shard, int Epoch, long FromPosition) : ShardSignal(Shard, Epoch);

/// <summary>The shard's totals.</summary>
internal sealed record ShardFolded(int Shard, int Epoch, ShardTotals Totals) : ShardSignal(Shard, Epoch);

/// <summary>The shard failed more often than its supervisor allows.</summary>
internal sealed record ShardLost(int Shard, string Reason) : ShardSignal(Shard, 0);
