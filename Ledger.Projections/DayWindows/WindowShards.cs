using System.Threading.Channels;
using Akka.Actor;
using Ledger.Core.Kernels;
using Ledger.Projections.EventLog;

namespace Ledger.Projections.DayWindows;

/// <summary>The shard actors of one window, fed from the log and judged when asked, as often as asked.</summary>
/// <remarks>
/// For one caller at a time. A feeding that was stopped leaves shards that know too much or too little: <see cref="IsTorn"/>.
/// </remarks>
internal sealed class WindowShards : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly ShardSetup _setup;
    private readonly int[] _mine;
    private readonly int _workers = Environment.ProcessorCount;
    private readonly string _window;
    private readonly IActorRef _actor;
    private readonly ChannelReader<ShardSignal> _signals;
    private readonly long[] _next; // where the feeding of each shard goes on
    private readonly int[] _epoch; // 0 before it has started
    private readonly IActorRef[] _shards; // told directly: the window's actor only supervises
    private readonly List<EventSlice>[] _slices; // what each shard is told next
    private int _unready;

    /// <param name="actors">Where the actors are made.</param>
    /// <param name="setup">What they share.</param>
    /// <param name="mine">The shards that are wanted.</param>
    /// <param name="window">Named in faults.</param>
    public WindowShards(IActorRefFactory actors, ShardSetup setup, int[] mine, string window)
    {
        (_setup, _mine, _window, FedTo) = (setup, mine, window, setup.First.NextPosition);
        _signals = setup.Signals.Reader;
        _next = new long[setup.Shards];
        _epoch = new int[setup.Shards];
        _shards = new IActorRef[setup.Shards];
        _slices = [.. Enumerable.Range(0, setup.Shards).Select(_ => new List<EventSlice>(ShardChunk.SlicesMax))];
        _unready = mine.Length;
        _actor = actors.ActorOf(Props.Create(() => new WindowActor(setup, mine)));
    }

    /// <summary>Everything before this position has been fed.</summary>
    public long FedTo { get; private set; }

    /// <summary>Whether a feeding was stopped halfway; then only disposing is allowed.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Feeds what the log holds up to a position.</summary>
    /// <param name="feed">Reads the log.</param>
    /// <param name="to">The position; what was fed already is not fed again.</param>
    /// <param name="fed">Told of each slice that no shard had before.</param>
    /// <param name="report">Told the position behind what was fed.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LogFaultException">The log is damaged, or a shard keeps failing.</exception>
    public async Task FeedAsync(LogFeed feed, long to, Action<int, EventSlice>? fed, Action<long>? report, CancellationToken cancel)
    {
        while (_signals.TryRead(out ShardSignal? signal) || _unready > 0)
            Note(signal ?? await _signals.ReadAsync(cancel).ConfigureAwait(false));

        // Those that restarted first: from here on all stand at one position.
        await FeedFromAsync(feed, FedTo, null, report, cancel).ConfigureAwait(false);
        if (to <= FedTo) return;
        await FeedFromAsync(feed, to, fed, report, cancel).ConfigureAwait(false);
        FedTo = to;
    }

    /// <summary>Judges what was fed.</summary>
    /// <param name="feed">Reads the log again for shards that restart meanwhile.</param>
    /// <param name="shards">Which of the shards.</param>
    /// <param name="fold">How.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LogFaultException">The log is damaged, or a shard keeps failing.</exception>
    public async Task FoldAsync(LogFeed feed, int[] shards, ShardFold fold, CancellationToken cancel)
    {
        // As many at a time as can be at work: each has a judge, whose tables every further one would push out of the cache.
        HashSet<int> left = [.. shards], told = [];
        Queue<int> waiting = new(shards);
        for (int worker = 0; worker < _workers; worker++) TellNext();
        while (left.Count > 0)
        {
            ShardSignal signal = await _signals.ReadAsync(cancel).ConfigureAwait(false);
            Note(signal);
            if (signal is ShardFolded result && result.Fold == fold && left.Remove(result.Shard)) TellNext();
            if (signal is not ShardReady) continue;
            HashSet<int> restarted = [signal.Shard];
            while (_signals.TryPeek(out ShardSignal? more) && more is ShardReady && _signals.TryRead(out more))
            {
                Note(more);
                restarted.Add(more.Shard);
            }

            await FeedFromAsync(feed, FedTo, null, null, cancel).ConfigureAwait(false);
            foreach (int shard in restarted.Where(shard => told.Contains(shard) && left.Contains(shard))) Tell(new FoldShard(shard, _epoch[shard], fold));
        }

        void TellNext()
        {
            if (!waiting.TryDequeue(out int shard)) return;
            told.Add(shard);
            Tell(new FoldShard(shard, _epoch[shard], fold));
        }
    }

    /// <summary>Lets every shard go of what is kept outside from now on: everything fed so far.</summary>
    public void Keep(int parts)
    {
        foreach (int shard in _mine) Tell(new ShardKept(shard, _epoch[shard], parts, FedTo));
    }

    /// <summary>What one account did before a position that everything was fed up to.</summary>
    public async Task<IReadOnlyList<ShardEvent>> CollectAsync(int account, long before, TimeSpan patience, CancellationToken cancel)
    {
        int shard = account & (_setup.Shards - 1);
        AccountCollected answer = await _shards[shard].Ask<AccountCollected>(new CollectAccount(shard, _epoch[shard], account, before), patience, cancel).ConfigureAwait(false);
        return answer.Events ?? throw new LogFaultException("fold-failed", $"shard {shard} of window {_window} cannot tell: {answer.Fault!.Message}", answer.Fault);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _actor.GracefulStop(StopTimeout).ConfigureAwait(false);

    private async Task FeedFromAsync(LogFeed feed, long to, Action<int, EventSlice>? fed, Action<long>? report, CancellationToken cancel)
    {
        long[] from = new long[_setup.Shards];
        Array.Fill(from, long.MaxValue);
        foreach (int shard in _mine)
        {
            if (_next[shard] < to) from[shard] = _next[shard];
        }

        if (from.Min() == long.MaxValue) return;
        IsTorn = true;
        await feed.RunAsync(
            from, to, _setup.Frame, _setup.Shards / _mine.Length,
            (shard, slice) =>
            {
                _slices[shard].Add(slice);
                if (_slices[shard].Count == ShardChunk.SlicesMax) TellSlices(shard);
                fed?.Invoke(shard, slice);
            },
            report ?? (_ => { }), cancel).ConfigureAwait(false);
        foreach (int shard in _mine) TellSlices(shard);
        foreach (int shard in _mine)
        {
            if (from[shard] != long.MaxValue) _next[shard] = to;
        }

        IsTorn = false;
    }

    private void Note(ShardSignal signal)
    {
        switch (signal)
        {
            case ShardReady ready:
                if (_epoch[ready.Shard] == 0) _unready--;
                (_epoch[ready.Shard], _next[ready.Shard], _shards[ready.Shard]) = (ready.Epoch, ready.FromPosition, ready.Actor);
                break;
            case ShardLost lost:
                throw new LogFaultException("fold-failed", $"shard {lost.Shard} of window {_window} {lost.Reason}");
        }
    }

    private void TellSlices(int shard)
    {
        if (_slices[shard].Count == 0) return;
        Tell(new ShardChunk(shard, _epoch[shard], [.. _slices[shard]]));
        _slices[shard].Clear();
    }

    private void Tell(ShardOrder order) => _shards[order.Shard].Tell(order);
}
