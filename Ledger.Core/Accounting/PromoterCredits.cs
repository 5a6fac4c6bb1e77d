using Ledger.Core.Time;

namespace Ledger.Core.Accounting;

/// <summary>Who brought whom, and what part of a visitor's payments that is worth (white paper sections 3.4.2 and 3.4.3).</summary>
/// <remarks>A window works with the shares that were set before it opened. Within a window the last sharer who brought a visitor to a space has the credit.</remarks>
internal sealed class PromoterCredits
{
    private readonly Dictionary<int, List<(long Position, uint ShareBps)>> _shares = [];
    private readonly Dictionary<Day, long> _openedAt = [];
    private readonly Dictionary<Day, Dictionary<(int Visitor, int Space), int>> _sharers = [];

    internal void Opened(Day window, long position) => _openedAt.TryAdd(window, position);

    internal void SetShare(int space, long position, uint shareBps)
    {
        if (!_shares.TryGetValue(space, out List<(long Position, uint ShareBps)>? history)) _shares.Add(space, history = []);
        history.Add((position, shareBps));
    }

    internal void Credit(Day window, int visitor, int space, int sharer)
    {
        if (!_sharers.TryGetValue(window, out Dictionary<(int Visitor, int Space), int>? credits)) _sharers.Add(window, credits = []);
        credits[(visitor, space)] = sharer;
    }

    /// <summary>Who gets a part of what <paramref name="visitor"/> pays in a space, or null.</summary>
    internal int? SharerOf(Day window, int visitor, int space) =>
        _sharers.TryGetValue(window, out Dictionary<(int Visitor, int Space), int>? credits) && credits.TryGetValue((visitor, space), out int sharer) ? sharer : null;

    /// <summary>The share set last before the window opened; null when none was.</summary>
    internal uint? ShareBps(Day window, int space)
    {
        if (!_shares.TryGetValue(space, out List<(long Position, uint ShareBps)>? history)) return null;
        long openedAt = _openedAt.GetValueOrDefault(window, 0);
        uint? share = null;
        foreach ((long position, uint shareBps) in history)
        {
            if (position < openedAt) share = shareBps;
        }

        return share;
    }

    internal void Forget(Day window)
    {
        _sharers.Remove(window);
        _openedAt.Remove(window);
    }
}
