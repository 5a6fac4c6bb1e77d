using System.Threading.Channels;
using Ledger.Core.Contributions;
using Ledger.Core.Kernels;
using Ledger.Core.Merkle;
using Ledger.Core.Time;

namespace Ledger.Projections.DayWindows.Cluster;

/// <summary>Folds parts of the sealed window on this machine, as many as wait in one reading of the log, and stores them.</summary>
public sealed class PartFolder : IAsyncDisposable
{
    // The driver asks for all parts at once, and one folding serves all that wait: the first to arrive must not set off without the others that live here.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(30);

    private readonly ISheetStore _sheets;
    private readonly int _partCount;
    private readonly Channel<Request> _waiting = Channel.CreateUnbounded<Request>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Task _run;
    private Offer? _offer;
    private ulong _placed; // a bit for each part
    private TaskCompletionSource _offered = NewSignal();

    /// <param name="sheets">Where parts go.</param>
    /// <param name="partCount">Parts per window; the same on every machine.</param>
    public PartFolder(ISheetStore sheets, int partCount)
    {
        (_sheets, _partCount) = (sheets, partCount);
        _run = Task.Run(RunAsync);
    }

    /// <summary>Parts that live on this machine: those it folds when they are asked for.</summary>
    public WindowParts Placed => new(_partCount, Volatile.Read(ref _placed));

    /// <summary>Parts stored by this machine since it started.</summary>
    public long StoredCount { get; private set; }

    /// <summary>Parts that this machine folded for a driver whose term was over.</summary>
    public long FencedCount { get; private set; }

    /// <summary>The window that waits for its parts here, if one does.</summary>
    public (Day Window, long SealedAt)? Open
    {
        get
        {
            lock (_gate) return _offer is { } offer ? (offer.Context.Window, offer.Context.SealedAt) : null;
        }
    }

    /// <summary>A part has come to live here.</summary>
    public void Place(int part) => Interlocked.Or(ref _placed, 1ul << part);

    /// <summary>A part has gone.</summary>
    public void Displace(int part) => Interlocked.And(ref _placed, ~(1ul << part));

    /// <summary>This machine's ledger has come to the seal of a window: from here on its parts can be folded here.</summary>
    public void Begin(FoldContext context, IPartFold fold)
    {
        lock (_gate)
        {
            _offer = new Offer(context, fold);
            _offered.TrySetResult();
        }
    }

    /// <summary>The window is closed here, or the ledger that it was folded for is gone.</summary>
    public void End()
    {
        lock (_gate)
        {
            _offer = null;
            if (_offered.Task.IsCompleted) _offered = NewSignal();
        }
    }

    /// <summary>Folds a part and stores it. Completes when it is stored, refused, or no longer wanted (then with null).</summary>
    public Task<PartWrite?> FoldAsync(PartKey key, long term)
    {
        Request request = new(key, term, new TaskCompletionSource<PartWrite?>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_waiting.Writer.TryWrite(request)) request.Done.SetResult(null);
        return request.Done.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        List<Request> batch = [];
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                Offer offer = await OfferAsync().ConfigureAwait(false);
                batch.Clear();
                do
                {
                    while (_waiting.Reader.TryRead(out Request? request))
                    {
                        // Whoever still wants a part of another window asks again.
                        if (request.Key.SealedAt == offer.Context.SealedAt) batch.Add(request);
                        else request.Done.SetResult(null);
                    }

                    if (Placed.Without(PartsOf(batch)).IsEmpty) break;
                    await Task.Delay(Settle, _stop.Token).ConfigureAwait(false);
                }
                while (_waiting.Reader.TryPeek(out _));

                if (batch.Count > 0) await FoldAsync(offer, batch).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: what waits is told below.
        }

        foreach (Request request in batch) request.Done.TrySetResult(null);
        while (_waiting.Reader.TryRead(out Request? request)) request.Done.TrySetResult(null);
    }

    private async Task FoldAsync(Offer offer, List<Request> batch)
    {
        try
        {
            // A part asked for twice, in two terms, is folded once.
            IReadOnlyDictionary<int, SheetMerge> folded = await offer.Fold.FoldPartsAsync(offer.Context, PartsOf(batch), _stop.Token).ConfigureAwait(false);
            Dictionary<int, (byte[] Bytes, Digest Digest)> bytes = folded.ToDictionary(part => part.Key, part => part.Value.ToPart());
            IReadOnlyList<PartWrite> written = await _sheets.PutAsync(
                [.. batch.Select(request => new FoldedPart(request.Key, request.Term, bytes[request.Key.Part].Bytes, bytes[request.Key.Part].Digest))], _stop.Token).ConfigureAwait(false);
            StoredCount += written.Count(write => write == PartWrite.Stored);
            FencedCount += written.Count(write => write == PartWrite.Fenced);
            foreach ((Request request, PartWrite write) in batch.Zip(written)) request.Done.TrySetResult(write);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            foreach (Request request in batch) request.Done.TrySetException(e);
        }
    }

    private WindowParts PartsOf(List<Request> batch) => WindowParts.Of(_partCount, batch.Select(request => request.Key.Part));

    private async Task<Offer> OfferAsync()
    {
        while (true)
        {
            Task offered;
            lock (_gate)
            {
                if (_offer is { } offer) return offer;
                offered = _offered.Task;
            }

            await offered.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
    }

    private sealed record Offer(FoldContext Context, IPartFold Fold);

    private sealed record Request(PartKey Key, long Term, TaskCompletionSource<PartWrite?> Done);
}
