using System.Collections.Concurrent;
using System.Numerics;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>Reads a stretch of the log on all cores and deals its activity to shards, in log order for each shard.</summary>
/// <remarks>
/// The stretch is cut into ranges of positions; each worker reads, decodes and partitions whole ranges on its own, and what it made is sent
/// when everything before it has been sent. Arrays are kept from pass to pass: a window larger than memory is folded in the memory of one pass.
/// </remarks>
internal sealed class LogFeed(IEventLog log, ActivityScope scope, int shards, int eventsPerGroup)
{
    private readonly GroupRoom _room = new(eventsPerGroup);
    private readonly int _workers = Environment.ProcessorCount;
    private readonly ConcurrentBag<Worker> _idle = []; // what they have grown is used again: a page of new memory is dear

    /// <summary>Takes all room back. Only when nobody holds a slice any more.</summary>
    public void Recycle() => _room.Recycle();

    /// <summary>Leaves the room of all slices to their holders.</summary>
    public void Forget() => _room.Forget();

    /// <summary>Feeds shards, each from its own position up to a common one.</summary>
    /// <param name="fromByShard">Where each starts; <see cref="long.MaxValue"/> for a shard that is not fed.</param>
    /// <param name="to">Where it ends; the log goes that far.</param>
    /// <param name="frame">What the events are relative to.</param>
    /// <param name="sparsity">How many times more positions a group may span than it should hold events: the shards of the window to each that is fed.</param>
    /// <param name="send">Takes a shard's next slice. Called by one thread at a time.</param>
    /// <param name="report">Told the position behind what was sent.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LogFaultException">The log is damaged; the first damage is named.</exception>
    public async Task RunAsync(
        long[] fromByShard, long to, EventFrame frame, int sparsity, Action<int, EventSlice> send, Action<long> report, CancellationToken cancel)
    {
        long start = fromByShard.Min();
        long span = (long)eventsPerGroup * sparsity;
        int ranges = (int)((Math.Max(0, to - start) + span - 1) / span);
        (PackedEvent[] Events, int[] Starts)?[] dealt = new (PackedEvent[], int[])?[ranges];
        Exception?[] failures = new Exception?[ranges];
        int next = 0, sent = 0, failed = 0;
        Lock gate = new();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(_workers, ranges)).Select(_ => Task.Run(Work, CancellationToken.None))).ConfigureAwait(false);
        if (failures.FirstOrDefault(failure => failure is not null) is { } first) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);

        void Work()
        {
            Worker worker = WorkerFor(frame);
            EventDealer dealer = worker.Dealer;
            dealer.FeedFrom(fromByShard);
            while (Volatile.Read(ref failed) == 0 && Interlocked.Increment(ref next) - 1 is var range && range < ranges)
            {
                try
                {
                    long from = start + (range * span);
                    foreach (LogBlock block in log.ReadBlocks(from, Math.Min(from + span, to), new BlockRequest(Rows: true, Columns: true, scope.Window), cancel))
                        dealer.Take(scope.MergeRows(block, to, worker.Merged));
                    Publish(range, dealer.Deal(_room.Rent));
                }
                catch (Exception e)
                {
                    failures[range] = e;
                    Volatile.Write(ref failed, 1);
                    return; // half a group stays with the dealer
                }
            }

            _idle.Add(worker);
        }

        void Publish(int range, (PackedEvent[], int[]) group)
        {
            lock (gate)
            {
                dealt[range] = group;
                for (; sent < ranges && dealt[sent] is { } ready; sent++)
                {
                    for (int shard = 0; shard < shards; shard++)
                    {
                        int count = ready.Starts[shard + 1] - ready.Starts[shard];
                        if (count > 0) send(shard, new EventSlice(ready.Events, ready.Starts[shard], count));
                    }

                    dealt[sent] = null;
                    report(Math.Min(start + ((sent + 1) * span), to));
                }
            }
        }
    }

    private Worker WorkerFor(EventFrame frame)
    {
        int names = scope.Names.Count;
        while (_idle.TryTake(out Worker? idle))
        {
            if (ReferenceEquals(idle.Frame, frame) && idle.NamesMax >= names) return idle;
        }

        int most = (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)names + 1) - 1, int.MaxValue);
        return new Worker(frame, most, new EventDealer(shards, most, frame), new ActivityColumns());
    }

    /// <summary>What a thread deals with.</summary>
    private sealed record Worker(EventFrame Frame, int NamesMax, EventDealer Dealer, ActivityColumns Merged);
}
