using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Projections.EventLog.EventStoreDb;

/// <summary>The names of the streams of activity, each made once.</summary>
internal sealed class ActivityStreams
{
    private readonly Dictionary<int, StreamName[]> _windows = [];

    /// <summary>The stream of an account's activity in a window.</summary>
    public StreamName Of(Day window, ReadOnlySpan<byte> account)
    {
        if (!_windows.TryGetValue(window.Number, out StreamName[]? shards)) _windows.Add(window.Number, shards = Shards(window));
        return shards[NameTable.Hash(account) % StreamName.ActivityShards];
    }

    private static StreamName[] Shards(Day window) => [.. Enumerable.Range(0, StreamName.ActivityShards).Select(shard => StreamName.Activity(window, shard))];
}
