using Akka.Actor;
using Ledger.Core.Kernels;

namespace Ledger.Projections.DayWindows;

/// <summary>What one shard is told.</summary>
/// <param name="Shard">Whose.</param>
/// <param name="Epoch">The feeding it belongs to; a shard that restarted ignores what an earlier feeding still had under way.</param>
internal abstract record ShardOrder(int Shard, int Epoch);

/// <summary>Runs of a shard's activity, in log order. They do not change while the shard lives.</summary>
internal sealed record ShardChunk(int Shard, int Epoch, EventSlice[] Slices) : ShardOrder(Shard, Epoch)
{
    /// <summary>Runs of a full chunk: a message costs more than taking a run of a few hundred events.</summary>
    public const int SlicesMax = 16;
}

/// <summary>Judge what stands before a position.</summary>
internal sealed record FoldShard(int Shard, int Epoch, ShardFold Fold) : ShardOrder(Shard, Epoch);

/// <summary>Everything fed so far is kept outside: let go of it.</summary>
/// <param name="Shard">Whose.</param>
/// <param name="Epoch">The feeding it belongs to.</param>
/// <param name="Parts">How many parts of the keeping hold it.</param>
/// <param name="NextPosition">Behind it.</param>
internal sealed record ShardKept(int Shard, int Epoch, int Parts, long NextPosition) : ShardOrder(Shard, Epoch);

/// <summary>Tell what one account did before a position, to the sender.</summary>
internal sealed record CollectAccount(int Shard, int Epoch, int Account, long Before) : ShardOrder(Shard, Epoch);

/// <summary>What one account did, or why that cannot be told.</summary>
internal sealed record AccountCollected(IReadOnlyList<ShardEvent>? Events, Exception? Fault);

/// <summary>One folding of a window's shards.</summary>
/// <param name="Judges">Judges to rent.</param>
/// <param name="Names">Names of the log: one more than the largest ordinal of any event that is judged.</param>
/// <param name="Before">Events from here on are left out.</param>
/// <param name="Add">Takes a shard's totals, one shard at a time.</param>
/// <param name="Counts">Whether the totals are to tell what was judged.</param>
internal sealed record ShardFold(JudgePool Judges, int Names, long Before, Action<int, ShardTotals> Add, bool Counts = false)
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _added = [];

    /// <summary>Adds a shard's totals where they were made, still in that core's cache; once, whatever restarts.</summary>
    public void Take(int shard, ShardTotals totals)
    {
        lock (_gate)
        {
            if (_added.Add(shard)) Add(shard, totals);
        }
    }
}

/// <summary>What a shard tells its feeder.</summary>
internal abstract record ShardSignal(int Shard, int Epoch);

/// <summary>The shard (re)started and wants its events from a position on.</summary>
/// <param name="Shard">Which.</param>
/// <param name="Epoch">Its feeding from now on.</param>
/// <param name="FromPosition">Where it starts.</param>
/// <param name="Actor">Who takes its orders.</param>
internal sealed record ShardReady(int Shard, int Epoch, long FromPosition, IActorRef Actor) : ShardSignal(Shard, Epoch);

/// <summary>The shard's totals are added in one folding.</summary>
internal sealed record ShardFolded(int Shard, int Epoch, ShardFold Fold) : ShardSignal(Shard, Epoch);

/// <summary>The shard failed more often than its supervisor allows, or where trying again is no help.</summary>
internal sealed record ShardLost(int Shard, string Reason) : ShardSignal(Shard, 0);
