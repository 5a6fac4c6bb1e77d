using Ledger.Core.Merkle;
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

    internal void WriteTo(CanonicalBuffer bytes)
    {
        bytes.Int32(_shares.Count);
        foreach ((int space, List<(long Position, uint ShareBps)> history) in _shares.OrderBy(s => s.Key))
        {
            bytes.Int32(space);
            bytes.Int32(history.Count);
            foreach ((long position, uint shareBps) in history)
            {
                bytes.Int64(position);
                bytes.Int32(unchecked((int)shareBps));
            }
        }

        bytes.Int32(_openedAt.Count);
        foreach ((Day window, long position) in _openedAt.OrderBy(o => o.Key))
        {
            bytes.Day(window);
            bytes.Int64(position);
        }

        bytes.Int32(_sharers.Count);
        foreach ((Day window, Dictionary<(int Visitor, int Space), int> credits) in _sharers.OrderBy(s => s.Key))
        {
            bytes.Day(window);
            bytes.Int32(credits.Count);
            foreach (((int visitor, int space), int sharer) in credits.OrderBy(c => c.Key))
            {
                bytes.Int32(visitor);
                bytes.Int32(space);
                bytes.Int32(sharer);
            }
        }
    }

    internal void Restore(ref CanonicalReader input)
    {
        for (int left = input.Count(); left > 0; left--)
        {
            List<(long Position, uint ShareBps)> history = [];
            _shares.Add(input.Int32(), history);
            for (int entry = input.Count(); entry > 0; entry--) history.Add((input.Int64(), unchecked((uint)input.Int32())));
        }

        for (int left = input.Count(); left > 0; left--) _openedAt.Add(input.Day(), input.Int64());
        for (int left = input.Count(); left > 0; left--)
        {
            Dictionary<(int Visitor, int Space), int> credits = [];
            _sharers.Add(input.Day(), credits);
            for (int credit = input.Count(); credit > 0; credit--) credits.Add((input.Int32(), input.Int32()), input.Int32());
        }
    }
}
