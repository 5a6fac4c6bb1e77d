using System.Runtime.InteropServices;
using Ledger.Core.Identity;

namespace Ledger.Host.Adapters.Watching;

/// <summary>Turns heartbeats into watched time. Knows no clock and no disk; for one thread.</summary>
/// <remarks>
/// Time is watched between two heartbeats of a view that are at most <see cref="GapMsMax"/> apart, the first of which said that it plays.
/// An account watches one thing at a time: what one view was given, no other view of the account gets.
/// So a view never has more than the time since its token was issued, nor more than the video is long, and all views of an account
/// together never more than the time that passed.
/// </remarks>
internal sealed class WatchBook
{
    /// <summary>A longer silence attests nothing.</summary>
    public const long GapMsMax = 30_000;

    /// <summary>A view without a heartbeat for so long is over.</summary>
    public const long SilenceMsMax = 120_000;

    private readonly Dictionary<EventId, WatchedView> _views = [];
    private readonly Dictionary<string, (long GivenUntilMs, int Views)> _accounts = new(StringComparer.Ordinal);
    private long _nowMs;

    /// <summary>Views that are remembered.</summary>
    public int Count => _views.Count;

    /// <summary>Puts back a view that was remembered elsewhere.</summary>
    public void Restore(WatchedView view)
    {
        _views.Add(view.Token.View, view);
        _nowMs = Math.Max(_nowMs, view.LastMs);
        Enter(view);
    }

    /// <summary>Whether a view is known.</summary>
    public bool Knows(EventId view) => _views.ContainsKey(view);

    /// <summary>A heartbeat.</summary>
    /// <param name="token">Of which view; its signature and time have been checked.</param>
    /// <param name="nowMs">When it came, by the ledger's clock. A clock that goes back stands still here.</param>
    /// <param name="state">What the player says.</param>
    /// <returns>The view; null when it was over before.</returns>
    public WatchedView? Beat(ViewToken token, long nowMs, PlayerState state)
    {
        _nowMs = Math.Max(_nowMs, nowMs);
        if (!_views.TryGetValue(token.View, out WatchedView? view))
        {
            view = new WatchedView(token) { LastMs = _nowMs };
            _views.Add(token.View, view);
            Enter(view);
        }

        if (view.Stage != ViewStage.Live) return null;
        if (view.IsPlaying) Give(view);
        (view.LastMs, view.IsPlaying) = (_nowMs, state == PlayerState.Playing);
        if (state == PlayerState.Ended || view.WatchedMs == LengthMs(view)) view.Stage = ViewStage.Over;
        return view;
    }

    /// <summary>Ends what is silent or whose time is over, and forgets what was stated and whose token is dead.</summary>
    /// <returns>What changed; the forgotten ones are <see cref="ViewStage.Stated"/>.</returns>
    public IReadOnlyList<WatchedView> Sweep(long nowMs)
    {
        _nowMs = Math.Max(_nowMs, nowMs);
        List<WatchedView> changed = [];
        foreach (WatchedView view in _views.Values)
        {
            if (view.Stage == ViewStage.Live && (_nowMs - view.LastMs > SilenceMsMax || _nowMs >= view.Token.ExpiresMs)) view.Stage = ViewStage.Over;
            else if (view.Stage != ViewStage.Stated || _nowMs < view.Token.ExpiresMs) continue;
            changed.Add(view);
        }

        foreach (WatchedView view in changed.Where(v => v.Stage == ViewStage.Stated)) Forget(view);
        return changed;
    }

    private static long LengthMs(WatchedView view) => view.Token.LengthSeconds * 1_000L;

    private void Give(WatchedView view)
    {
        ref (long GivenUntilMs, int Views) account = ref CollectionsMarshal.GetValueRefOrNullRef(_accounts, view.Token.Account.Value);
        long fromMs = Math.Max(view.LastMs, account.GivenUntilMs);
        if (_nowMs - view.LastMs > GapMsMax || fromMs >= _nowMs) return;
        view.WatchedMs = Math.Min(LengthMs(view), view.WatchedMs + (_nowMs - fromMs));
        account.GivenUntilMs = _nowMs;
    }

    private void Enter(WatchedView view)
    {
        ref (long GivenUntilMs, int Views) account = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, view.Token.Account.Value, out _);
        account.Views++;
        // A restored view may have been given all the time up to its last heartbeat.
        if (view.WatchedMs > 0) account.GivenUntilMs = Math.Max(account.GivenUntilMs, view.LastMs);
    }

    private void Forget(WatchedView view)
    {
        _views.Remove(view.Token.View);
        ref (long GivenUntilMs, int Views) account = ref CollectionsMarshal.GetValueRefOrNullRef(_accounts, view.Token.Account.Value);
        if (--account.Views == 0) _accounts.Remove(view.Token.Account.Value);
    }
}
