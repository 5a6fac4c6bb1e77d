using System.Threading.Channels;
using Ledger.Core.Events;

namespace Ledger.Host.Adapters.Watching;

/// <summary>Takes heartbeats from all players one after the other, makes many durable at once, then answers; states the views that are over.</summary>
internal sealed class WatchEngine
{
    private const int WaitingMax = 16_384;
    private const int BatchMax = 4_096;

    /// <summary>Views remembered at once: about half a GiB.</summary>
    private const int ViewsMax = 1_000_000;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly AdapterContext _context;
    private readonly WatchStore _store;
    private readonly WatchBook _book = new();
    private readonly Channel<Beat> _beats = Channel.CreateBounded<Beat>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });

    // Over and not stated yet; after a start, also what the last run could not state any more.
    private readonly Dictionary<Core.Identity.EventId, WatchedView> _over = [];

    public WatchEngine(AdapterContext context, WatchStore store)
    {
        (_context, _store) = (context, store);
        foreach (WatchedView view in store.Load())
        {
            _book.Restore(view);
            if (view.Stage == ViewStage.Over) _over.Add(view.Token.View, view);
        }
    }

    /// <summary>Views that are remembered.</summary>
    public int Views => _book.Count;

    private long NowMs => _context.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A heartbeat; durable when it returns.</summary>
    /// <returns>What was watched so far, milliseconds, and whether the view is over.</returns>
    public async Task<BeatAnswer> BeatAsync(ViewToken token, PlayerState state)
    {
        Beat beat = new(token, NowMs, state, new TaskCompletionSource<BeatAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
        return _beats.Writer.TryWrite(beat) ? await beat.Answer.Task : BeatAnswer.Busy;
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        List<Beat> batch = [];
        long sweptMs = 0;
        try
        {
            while (true)
            {
                await WaitAsync(cancel);
                batch.Clear();
                while (batch.Count < BatchMax && _beats.Reader.TryRead(out Beat? beat)) batch.Add(beat);
                bool sweeps = NowMs - sweptMs >= SweepEvery.TotalMilliseconds || NowMs < sweptMs;
                if (sweeps) sweptMs = NowMs;
                Step(batch, sweeps);
                await StateAsync();
            }
        }
        catch (Exception fault)
        {
            _beats.Writer.TryComplete();
            foreach (Beat beat in batch) Fail(beat, fault);
            while (_beats.Reader.TryRead(out Beat? beat)) Fail(beat, fault);
            throw;
        }
    }

    /// <summary>Not taken: a server that stops asks for another try, a fault is told as what it is.</summary>
    private static void Fail(Beat beat, Exception fault)
    {
        if (fault is OperationCanceledException) beat.Answer.TrySetResult(BeatAnswer.Busy);
        else beat.Answer.TrySetException(fault);
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        using CancellationTokenSource sweep = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        sweep.CancelAfter(SweepEvery);
        try
        {
            await _beats.Reader.WaitToReadAsync(sweep.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Time to look for silent views.
        }
    }

    private void Step(List<Beat> batch, bool sweeps)
    {
        HashSet<WatchedView> changed = [];
        List<(Beat Beat, BeatAnswer Answer)> answers = [];
        foreach (Beat beat in batch)
        {
            if (_book.Count >= ViewsMax && !_book.Knows(beat.Token.View)) answers.Add((beat, BeatAnswer.Busy));
            else if (_book.Beat(beat.Token, beat.AtMs, beat.State) is not { } view) answers.Add((beat, BeatAnswer.Over));
            else
            {
                changed.Add(view);
                answers.Add((beat, new BeatAnswer(view.WatchedMs, view.Stage != ViewStage.Live)));
            }
        }

        IReadOnlyList<WatchedView> swept = sweeps ? _book.Sweep(NowMs) : [];
        changed.UnionWith(swept.Where(v => v.Stage == ViewStage.Over));
        foreach (WatchedView view in changed.Where(v => v.Stage == ViewStage.Over)) _over[view.Token.View] = view;
        List<WatchedView> forgotten = [.. swept.Where(v => v.Stage == ViewStage.Stated)];
        if (changed.Count + forgotten.Count > 0) _store.Save(changed, forgotten);
        foreach ((Beat beat, BeatAnswer answer) in answers) beat.Answer.TrySetResult(answer);
    }

    private async Task StateAsync()
    {
        if (_over.Count == 0) return;
        WatchedView[] over = [.. _over.Values];
        // A refusal (a sealed day under the policy 'refuse') is counted by the context and would be the same again.
        await _context.SubmitAsync([.. over.Select(v => v.Event).OfType<SubmittedEvent>()]);
        foreach (WatchedView view in over) view.Stage = ViewStage.Stated;
        _store.Save(over, []);
        _over.Clear();
    }

    private sealed record Beat(ViewToken Token, long AtMs, PlayerState State, TaskCompletionSource<BeatAnswer> Answer);
}

/// <summary>What a player is told.</summary>
/// <param name="WatchedMs">What was watched so far; negative when the heartbeat was not taken.</param>
/// <param name="IsOver">Whether the view is over.</param>
internal readonly record struct BeatAnswer(long WatchedMs, bool IsOver)
{
    /// <summary>Too many at once; not taken.</summary>
    public static BeatAnswer Busy { get; } = new(-1, false);

    /// <summary>The view was over before; not taken.</summary>
    public static BeatAnswer Over { get; } = new(-1, true);
}
