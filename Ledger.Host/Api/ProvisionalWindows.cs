using Ledger.Core.Time;
using Ledger.Projections.DayWindows;

namespace Ledger.Host.Api;

/// <summary>Open windows as if they were closed now, computed once for all who ask within a while.</summary>
internal sealed class ProvisionalWindows(RewardLedger ledger, Recomputations turn, TimeProvider clock)
{
    // At most a fifth of one core's time goes into it, however many ask.
    private const int RestFactor = 4;
    private static readonly TimeSpan RestMin = TimeSpan.FromSeconds(2);

    private volatile Computed? _last;

    /// <summary>The window as of a few seconds ago, or where the ledger stands because an earlier one waits behind its seal.</summary>
    /// <exception cref="KeyNotFoundException"><c>unknown-window</c>, or <c>not-open</c>: it is closed.</exception>
    /// <exception cref="ApiProblemException"><c>too-busy</c>.</exception>
    public async Task<ClosedWindow> OfAsync(Day window, CancellationToken cancel)
    {
        if (Fresh(window) is { } known) return known;
        using IDisposable mine = await turn.TakeAsync(cancel);
        if (Fresh(window) is { } meanwhile) return meanwhile;
        long started = clock.GetTimestamp();
        ClosedWindow close = await ledger.ProvisionalAsync(window, cancel)
            ?? throw new KeyNotFoundException($"not-open: the window {window} is closed; what it came to is at /v1/windows/{window}");
        TimeSpan took = clock.GetElapsedTime(started);
        _last = new Computed(close, clock.GetTimestamp(), took * RestFactor > RestMin ? took * RestFactor : RestMin);
        return close;
    }

    private ClosedWindow? Fresh(Day window) => _last is { } last && last.Close.Window == window && clock.GetElapsedTime(last.At) < last.Rest ? last.Close : null;

    private sealed record Computed(ClosedWindow Close, long At, TimeSpan Rest);
}
